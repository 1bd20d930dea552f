import { wordsOf } from '../fold.js';
import { listNumberOf } from './number.js';
import type { Question } from './question.js';
import { forgiven, slips } from './typo.js';

type Option = Question['options'][number];

/** How an option was recognised. */
export type ChoiceVia = 'pressed' | 'label' | 'number' | 'id' | 'typo';

/** An option of an open question that a text names. */
export interface Match {
  readonly optionId: string;
  readonly label: string;
  readonly via: Exclude<ChoiceVia, 'pressed'>;
  /** 0 for the newest open question, 1 for the one before it, … */
  readonly questionAge: number;
}

type Found = { option: Option; via: Match['via'] } | 'ambiguous' | null;

/** Longer than any label with its slips. */
const textMax = 256;

/**
 * Understands a text as an option of an open question.
 *
 * First what a person sees (the label as written, then without case, accents and punctuation; the number), then the
 * option's id, then a misspelt label; each in the newest question first. A text that could mean two options of the
 * same question means none.
 *
 * @param questions  newest first
 */
export function matchOption(text: string, questions: readonly Question[]): Match | null {
  if (text.length > textMax) return null;
  for (const read of [readExactly, readId, readTypo]) {
    for (const [questionAge, { options }] of questions.entries()) {
      const found = read(text, options);
      if (found === 'ambiguous') return null;
      if (found) return { optionId: found.option.id, label: found.option.label, via: found.via, questionAge };
    }
  }
  return null;
}

/** What labels are compared by; a label without letters and digits, such as an emoji, is compared as it is. */
function keyOf(text: string): string {
  return wordsOf(text).join(' ') || text.trim().normalize('NFKC');
}

function readExactly(text: string, options: readonly Option[]): Found {
  const number = listNumberOf(text);
  const numbered = number === null ? undefined : options[number - 1];
  const labelled = withLabel(text, options);
  if (labelled === 'ambiguous') return numbered ? { option: numbered, via: 'number' } : labelled;
  // Of the options "3", "2", "1" a "3" is the first by its label and the third by its number.
  if (labelled && numbered && labelled !== numbered) return 'ambiguous';
  if (labelled) return { option: labelled, via: 'label' };
  return numbered ? { option: numbered, via: 'number' } : null;
}

function withLabel(text: string, options: readonly Option[]): Option | 'ambiguous' | null {
  const written = text.trim();
  const same = options.filter((option) => option.label.trim() === written);
  if (same.length === 1) return same[0]!;
  const key = keyOf(text);
  const alike = options.filter((option) => keyOf(option.label) === key);
  return alike.length > 1 ? 'ambiguous' : (alike[0] ?? null);
}

function readId(text: string, options: readonly Option[]): Found {
  const written = text.trim();
  const option = options.find(({ id }) => id === written);
  return option ? { option, via: 'id' } : null;
}

function readTypo(text: string, options: readonly Option[]): Found {
  const key = keyOf(text);
  const near = options
    .map((option) => ({ option, distance: distanceTo(key, keyOf(option.label)) }))
    .filter(({ distance }) => distance !== null)
    .sort((a, b) => a.distance! - b.distance!);
  const [best, second] = near;
  if (!best) return null;
  return best.distance === second?.distance ? 'ambiguous' : { option: best.option, via: 'typo' };
}

/** Slips between a text and a label; null when there are too many. Digits are never misspelt: 12 is not 21. */
function distanceTo(key: string, label: string): number | null {
  const max = forgiven(label);
  if (max === 0 || digitsOf(key) !== digitsOf(label)) return null;
  const distance = slips(key, label, max);
  return distance > max ? null : distance;
}

function digitsOf(text: string): string {
  return text.match(/\p{Nd}+/gu)?.join(' ') ?? '';
}
