import { fold } from '../fold.js';
import { isCapitals, placedWords, type PlacedWord } from './words.js';

/** A way of shouting, and where it begins in UTF-16 units. */
export interface Shout {
  readonly kind: 'capitals' | 'exclamation-marks';
  readonly at: number;
}

/** Words that stand in sentences, not in names of products; folded; en, de, fr, es. None that is an abbreviation too. */
const spoken = new Set(
  `you your yours not please now must never always cannot have will should immediately stop listen what why this that
  are were because
  nicht bitte jetzt sofort ihre ihnen mussen konnen haben sind kein keine immer niemals warum unbedingt werden
  vous votre vos jamais maintenant veuillez toujours avez devez pouvez etes aucun aucune pourquoi
  usted ahora nunca siempre favor puede debe tiene esta nuestro nuestra inmediatamente porque`.split(/\s+/),
);
/** So many words in capitals together are no name, whatever they are. */
const runMax = 6;
const together = /^(?:[ \t]+|, ?|['’])[¡¿*_]*$/;

/**
 * Where a text shouts: two exclamation marks together, or at least three words in a row in capitals of which one is a
 * word of sentences. `SMS`, `IBAN`, lists of abbreviations and names such as `HP LASERJET PRO` are no shouting.
 */
export function shoutIn(text: string): Shout | null {
  const marks = /[!！¡]{2}|[!！] ?[!！]|!\?!|‼/u.exec(text);
  if (marks) return { kind: 'exclamation-marks', at: marks.index };
  const run = capitalRuns(text).find((words) => isShouted(words, text));
  return run ? { kind: 'capitals', at: run[0]!.at } : null;
}

function isShouted(run: readonly PlacedWord[], text: string): boolean {
  const words = run.filter(({ word }) => word.length > 1);
  if (words.length < 3) return false;
  if (words.some(({ word }) => spoken.has(fold(word)))) return true;
  const last = run.at(-1)!;
  const isCalled = /^[ *_]*[!！]/u.test(text.slice(last.at + last.word.length));
  const isList = run.slice(1).some(({ gap }) => gap.includes(','));
  return !isList && (isCalled || words.length >= runMax);
}

function capitalRuns(text: string): PlacedWord[][] {
  const runs: PlacedWord[][] = [];
  let run: PlacedWord[] = [];
  for (const word of placedWords(text)) {
    const isLoud = isCapitals(word.word) || (word.word.length === 1 && word.word !== word.word.toLowerCase());
    if (run.length > 0 && (!isLoud || !together.test(word.gap))) {
      runs.push(run);
      run = [];
    }
    if (isLoud) run.push(word);
  }
  return run.length > 0 ? [...runs, run] : runs;
}
