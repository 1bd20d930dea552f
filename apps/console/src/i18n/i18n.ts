import i18next, { type FormatterModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en/index.js';

/** The languages of the console, by code, in their own words. */
export const languages = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  ar: 'العربية',
} as const;
/** The code of a language of the console. */
export type Language = keyof typeof languages;

type Words = Record<string, object>;
const packs: Record<Exclude<Language, 'en'>, () => Promise<Words>> = {
  de: async () => (await import('./de/index.js')).de,
  fr: async () => (await import('./fr/index.js')).fr,
  es: async () => (await import('./es/index.js')).es,
  ar: async () => (await import('./ar/index.js')).ar,
};

const KEY = 'parley.language';

/** The language that was chosen in this browser, else the browser's own, else English. */
export function startLanguage(): Language {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages].map((tag) => (tag ?? '').slice(0, 2));
  return wanted.find(isLanguage) ?? 'en';
}

/** Whether the console speaks it. */
export function isLanguage(code: string): code is Language {
  return code in languages;
}

/** Whether a language is written from right to left. */
export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}

/** Loads the words of a language and speaks it from now on. */
export async function speak(language: Language): Promise<void> {
  if (language !== 'en' && !i18next.hasResourceBundle(language, 'shell')) {
    for (const [namespace, words] of Object.entries(await packs[language]())) {
      i18next.addResourceBundle(language, namespace, words);
    }
  }
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
  await i18next.changeLanguage(language);
}

/**
 * What is put into a text, as its language writes it: numbers by Intl; and among Arabic words everything else stands by
 * itself, so that an address or an English sentence keeps its own direction and its full stop.
 */
export const insertions: FormatterModule = {
  type: 'formatter',
  init: () => undefined,
  add: () => undefined,
  addCached: () => undefined,
  format: (value: unknown, _format, language = 'en') => {
    if (typeof value === 'number') return new Intl.NumberFormat(language).format(value);
    const text = typeof value === 'string' ? value : '';
    return language === 'ar' && /[a-z]/i.test(text) ? `\u2068${text}\u2069` : text;
  },
};

/** Makes the words ready; English is there at once. */
export async function startWords(): Promise<void> {
  await i18next
    .use(initReactI18next)
    .use(insertions)
    .init({
      lng: 'en',
      fallbackLng: 'en',
      resources: { en },
      defaultNS: 'shell',
      interpolation: { escapeValue: false, alwaysFormat: true },
      returnNull: false,
    });
  await speak(startLanguage()).catch(() => undefined);
}
