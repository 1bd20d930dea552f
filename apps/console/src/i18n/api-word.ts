import i18next from 'i18next';

/** Words for what the API calls by a short name. */
export type WordGroup = 'address' | 'event' | 'origin' | 'source' | 'state';

/**
 * The word for a name of the API in the language of the console. One without a word stays as it is: connectors, pages and
 * people bring names of their own.
 */
export function apiWord(group: WordGroup, name: string): string {
  const key = `parts:${group}.${name}`;
  return i18next.exists(key) ? i18next.t(key, name) : name;
}
