import { Weekday } from '#libs/model';
import { fold, wordsOf } from '../../fold.js';

/** Days near today, as phrases of folded words, for each language that is shipped. */
const near: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  en: { today: 0, tomorrow: 1, 'day after tomorrow': 2, yesterday: -1, tonight: 0, 'in a week': 7 },
  de: { heute: 0, morgen: 1, ubermorgen: 2, gestern: -1, 'in einer woche': 7 },
  es: { hoy: 0, manana: 1, 'pasado manana': 2, ayer: -1, 'en una semana': 7 },
  fr: { 'aujourd hui': 0, demain: 1, 'apres demain': 2, hier: -1, 'dans une semaine': 7 },
  it: { oggi: 0, domani: 1, dopodomani: 2, ieri: -1, 'tra una settimana': 7 },
  pt: { hoje: 0, amanha: 1, 'depois de amanha': 2, ontem: -1, 'em uma semana': 7 },
  nl: { vandaag: 0, morgen: 1, overmorgen: 2, gisteren: -1, 'over een week': 7 },
};

/** The languages whose words are shipped, for bots that name none. */
export const shippedLanguages: readonly string[] = Object.keys(near);

const months = memo((language) =>
  named(language, 12, (index) => new Date(Date.UTC(2026, index, 15)), 'month'),
);
// 2026-11-23 is a Monday.
const weekdays = memo((language) =>
  named(language, 7, (index) => new Date(Date.UTC(2026, 10, 23 + index)), 'weekday'),
);

/** Folded names of months, long and short, and the month from 1. */
export function monthWords(languages: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    languages.flatMap((language) => months(language).map(({ word, index }) => [word, index + 1])),
  );
}

/** Folded names of weekdays, long and short. */
export function weekdayWords(languages: readonly string[]): ReadonlyMap<string, Weekday> {
  return new Map(
    languages.flatMap((language) =>
      weekdays(language).map(({ word, index }) => [word, Weekday.options[index]!]),
    ),
  );
}

/** Phrases for days near today, the longest first, and how many days they are away. */
export function dayWords(languages: readonly string[]): readonly (readonly [string, number])[] {
  return languages
    .flatMap((language) => Object.entries(near[language.slice(0, 2).toLowerCase()] ?? {}))
    .sort(([a], [b]) => b.length - a.length);
}

interface Named {
  readonly word: string;
  readonly index: number;
}

/** The platform's own names of months and weekdays; names of more than one word are left out. */
function named(
  language: string,
  count: number,
  dateOf: (index: number) => Date,
  part: 'month' | 'weekday',
): Named[] {
  const all = Array.from({ length: count }, (_, index) => index).flatMap((index) =>
    (['long', 'short'] as const).flatMap((style) => {
      const format = new Intl.DateTimeFormat(language, { [part]: style, day: 'numeric', timeZone: 'UTC' });
      const name = format.formatToParts(dateOf(index)).find(({ type }) => type === part)?.value ?? '';
      const words = wordsOf(fold(name));
      // "mar" is a month and a weekday in some languages, and a short word in others: three letters are enough.
      return words.length === 1 && words[0]!.length >= 3 && !/\d/.test(words[0]!)
        ? [{ word: words[0]!, index }]
        : [];
    }),
  );
  return all;
}

function memo(make: (language: string) => Named[]): (language: string) => readonly Named[] {
  const known = new Map<string, readonly Named[]>();
  return (language) => {
    const before = known.get(language);
    if (before) return before;
    let made: readonly Named[] = [];
    try {
      made = make(language);
    } catch {
      // A tag that the platform does not take has no names.
    }
    if (known.size > 200) known.clear();
    known.set(language, made);
    return made;
  };
}
