import { en, type Texts } from './en.js';

const others = {
  ar: () => import('./ar.js'),
  de: () => import('./de.js'),
  es: () => import('./es.js'),
  fr: () => import('./fr.js'),
};

/** A language of the widget. */
export type Language = 'en' | keyof typeof others;

/**
 * The first of some wishes that the widget speaks, by its main language; else English.
 *
 * @param wishes  BCP 47 tags, the dearest first; empty ones count as no wish
 */
export function languageFor(wishes: readonly string[]): Language {
  const known = ['en', ...Object.keys(others)];
  const main = wishes.map((wish) => wish.split('-')[0]?.toLowerCase() ?? '');
  return (main.find((each) => known.includes(each)) ?? 'en') as Language;
}

/** The words of a language; those of all but English are loaded. Without them, English. */
export async function textsOf(language: Language): Promise<Texts> {
  if (language === 'en') return en;
  return others[language]().then(
    ({ texts }) => texts,
    () => en,
  );
}

/** Which way a language is written. */
export const directionOf = (language: Language): 'rtl' | 'ltr' => (language === 'ar' ? 'rtl' : 'ltr');
