import { matchOption } from '../../choices/match.js';
import { forgiven, slips } from '../../choices/typo.js';
import { isSpaceless, wordsOf } from '../../fold.js';
import type { Expected } from '#libs/model';
import { refused, understood, type Answered, type Said } from './answer.js';
import { placeNamed } from './number-words.js';

type ExpectedOption = Extract<Expected, { kind: 'choice' }>['options'][number];

/**
 * Understands an option, by what was pressed, its number, its label, a misspelt label, a synonym, its place (“the
 * second one”), a part of one label, or a sentence that holds exactly one of them.
 *
 * @param prefix  stands before each option's id in the message that asked
 */
export function readChoice(said: Said, options: readonly ExpectedOption[], prefix: string): Answered {
  const pressed = options.find(({ id }) => `${prefix}${id}` === said.optionId);
  if (pressed) return understood(pressed.id);
  const question = { options: options.map(({ id, label }) => ({ id, label })), more: false };
  const named = matchOption(said.text, [question]);
  if (named) return understood(named.optionId);
  const words = wordsOf(said.text.slice(0, 500));
  const spoken = soleOf(options, (phrase) => holdsPhrase(words, phrase, same));
  if (spoken) return understood(spoken.id);
  const place = placeNamed(words, options.length);
  if (place !== null) return understood(options[place - 1]!.id);
  const part = partOf(options, words);
  if (part) return understood(part.id);
  const near = soleOf(options, (phrase) => holdsPhrase(words, phrase, alike));
  return near ? understood(near.id) : refused('no option');
}

/** The only option of which a label or a synonym fits. Of two, one whose words hold the other's is meant. */
function soleOf(
  options: readonly ExpectedOption[],
  fits: (phrase: readonly string[]) => boolean,
): ExpectedOption | null {
  const found = options.flatMap((option) => {
    const phrases = [option.label, ...(option.synonyms ?? [])]
      .map(wordsOf)
      .filter((words) => words.length > 0);
    const longest = Math.max(0, ...phrases.filter(fits).map((phrase) => phrase.length));
    return longest > 0 ? [{ option, longest }] : [];
  });
  found.sort((a, b) => b.longest - a.longest);
  const [best, second] = found;
  return best && best.longest !== second?.longest ? best.option : null;
}

/** The only option whose label has all that was said as a part: “extra” of “Extra large”. */
function partOf(options: readonly ExpectedOption[], words: readonly string[]): ExpectedOption | null {
  if (words.join('').length < 4) return null;
  const found = options.filter(({ label }) => holdsPhrase(wordsOf(label), words, same));
  return found.length === 1 ? found[0]! : null;
}

function holdsPhrase(
  words: readonly string[],
  phrase: readonly string[],
  equal: (said: string, meant: string) => boolean,
): boolean {
  return words.some((_, at) => phrase.every((meant, index) => equal(words[at + index] ?? '', meant)));
}

const same = (said: string, meant: string): boolean => said === meant;

/** Equal but for the slips that a word of its length forgives; digits and scripts without spaces forgive none. */
export function alike(said: string, meant: string): boolean {
  if (said === meant) return true;
  const max = Math.min(2, forgiven(meant));
  return max > 0 && !/\p{Nd}/u.test(said + meant) && !isSpaceless(meant) && slips(said, meant, max) <= max;
}
