import type { BotChange, Json } from '#libs/model';

/** Where a difference is, in both definitions and in words. */
export interface Place {
  readonly before: readonly PropertyKey[];
  readonly after: readonly PropertyKey[];
  /** One for each step of the path; null: it has no name of its own. */
  readonly words: readonly { readonly key: PropertyKey; readonly word: string | null }[];
}

/** How one of a list is called. */
const singles: Readonly<Record<string, string>> = {
  rules: 'rule',
  flows: 'flow',
  nodes: 'node',
  menus: 'menu',
  options: 'option',
  intents: 'intent',
  tools: 'tool',
  mcp_servers: 'server of tools',
  blocked: 'topic',
  models: 'model',
};
/** Lists and sections that go without saying before what is in them. */
const silent = new Set(['understanding', 'nodes', ...Object.keys(singles)]);

const signs: Record<BotChange['kind'], string> = { added: '+', removed: '-', changed: '~', moved: '^' };
const shownMax = 120;

/** A difference as one line: `~ flow “booking”, node “ask-name”, text: “Your name?” → “What is your name?”`. */
export function sentenceOf(change: Omit<BotChange, 'text' | 'pointer'> & { readonly place: Place }): string {
  const { kind, place, before, after } = change;
  const where = placeWords(place);
  return `${signs[kind]} ${where}${valueWords(kind, before, after)}`;
}

function placeWords({ words }: Place): string {
  const parts: string[] = [];
  for (const [index, { key, word }] of words.entries()) {
    const list = index > 0 ? words[index - 1]!.key : null;
    const single = typeof list === 'string' && Object.hasOwn(singles, list) ? singles[list] : undefined;
    const isLast = index === words.length - 1;
    if (single !== undefined && word !== null) parts.push(`${single} “${word}”`);
    else if (word === null) continue;
    else if (typeof key === 'number') parts.push(`“${word}”`);
    else if (isLast || !silent.has(word)) parts.push(word.replaceAll('_', ' '));
  }
  return parts.join(', ') || 'the bot';
}

function valueWords(kind: BotChange['kind'], before: Json | undefined, after: Json | undefined): string {
  if (kind === 'moved') return `: the order is now ${shown(after)}`;
  if (kind === 'changed') return `: ${shown(before)} → ${shown(after)}`;
  const value = kind === 'added' ? after : before;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? '' : `: ${shown(value)}`;
}

function shown(value: Json | undefined): string {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return cut(value.join(', '));
  if (typeof value === 'string') return `“${cut(value)}”`;
  return cut(JSON.stringify(value) ?? 'nothing');
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  const characters = Array.from(line);
  return characters.length > shownMax ? `${characters.slice(0, shownMax).join('')}…` : line;
}
