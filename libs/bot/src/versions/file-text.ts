import type { Json } from '#libs/model';

/** Keys that a person looks for first, in this order; all others follow by the alphabet. */
const first = [
  'format',
  'schema',
  'id',
  'name',
  'title',
  'type',
  'kind',
  'note',
  'text',
  'label',
  'start',
  'when',
  'says',
  'expect',
  'phrasings',
  'reply',
];
const rankOf = new Map(first.map((key, rank) => [key, rank]));

/** A value as a file: two spaces, keys in one order whoever wrote them, a line break at the end. */
export function fileText(value: Json): string {
  return `${JSON.stringify(ordered(value), null, 2)}\n`;
}

function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => compare(a, b));
  return Object.fromEntries(entries.map(([key, inner]) => [key, ordered(inner)]));
}

function compare(a: string, b: string): number {
  const byRank = (rankOf.get(a) ?? first.length) - (rankOf.get(b) ?? first.length);
  return byRank || (a < b ? -1 : 1);
}

const slugMax = 60;

/** What something is called, as a file's name: small letters, digits and hyphens. */
export function slugOf(text: string): string {
  const slug = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, slugMax)
    .replaceAll(/^-+|-+$/g, '');
  return slug === '' ? 'piece' : slug;
}
