import { z } from 'zod';

/**
 * Words that alone in a message stop, resume or explain the messages of a sender.
 *
 * @see https://support.twilio.com/hc/en-us/articles/223134027 (STOP STOPALL UNSUBSCRIBE CANCEL END QUIT; START YES UNSTOP; HELP
 *   INFO; single-word messages only) and https://www.twilio.com/docs/proxy/opt-out-keywords (ARRET and its spellings), read 2026-11-21.
 *   OPTOUT and REVOKE stand in newer lists of US carriers.
 */
export const defaultKeywords = {
  stop: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'OPTOUT', 'REVOKE', 'ARRET'],
  start: ['START', 'UNSTOP', 'YES'],
  help: ['HELP', 'INFO'],
} as const;

export type Keyword = keyof typeof defaultKeywords;

const words = (defaults: readonly string[], what: string) =>
  z
    .array(z.string().trim().min(1).max(40).regex(/^\S+$/, 'must be one word'))
    .max(50)
    .default([...defaults])
    .describe(`Words that, alone in a message, ${what}; case and accents do not matter`);

/** Settings that every SMS connector has for the words of its country. */
export const keywordSettings = {
  stop_words: words(defaultKeywords.stop, 'stop all messages to that person').refine(
    (list) => list.length > 0,
    { error: 'people must be able to stop messages' },
  ),
  start_words: words(defaultKeywords.start, 'allow messages again'),
};
export interface KeywordSettings {
  stop_words: readonly string[];
  start_words: readonly string[];
}

/** Which keyword a message is, if it is nothing but one; a full stop or exclamation mark behind it does not matter. */
export function keywordOf(text: string, { stop_words, start_words }: KeywordSettings): Keyword | null {
  const word = plain(text).replace(/[.!]+$/, '');
  if (word === '' || /\s/.test(word)) return null;
  const isIn = (list: readonly string[]): boolean => list.some((one) => plain(one) === word);
  if (isIn(stop_words)) return 'stop';
  if (isIn(start_words)) return 'start';
  return isIn(defaultKeywords.help) ? 'help' : null;
}

function plain(text: string): string {
  return text.trim().normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
}
