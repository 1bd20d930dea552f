import i18next from 'i18next';

/**
 * What the code of a failure means, in the language of the console; null in English, and for a code without words.
 *
 * The server explains every failure in English, with what is peculiar to this one. Other languages say what the code
 * means, and show the English sentence below.
 */
export function meaningOf(code: string): string | null {
  const key = `problems:${code}`;
  return i18next.exists(key, { lng: i18next.language, fallbackLng: [] }) ? i18next.t(key, code) : null;
}

/** The meaning of a code before the server's English sentence, for places that show plain text. */
export function withMeaning(code: string, detail: string): string {
  const meaning = meaningOf(code);
  // The isolates keep the full stop of an English sentence at its end where the line runs from the right.
  return meaning === null ? detail : `${meaning} \u2068${detail}\u2069`;
}
