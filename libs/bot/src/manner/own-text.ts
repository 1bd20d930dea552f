import { fold } from '../fold.js';

/** A text of which some stretches are not the writer's own; what was taken out keeps its length, so places hold. */
export interface OwnText {
  /** Without code, links, addresses and quotes. */
  readonly unquoted: string;
  /** Without code, links and addresses, and without those quotes and that code which only repeat what somebody said. */
  readonly answered: string;
}

/** Stands in place of each sign that was taken out: no letter, no space, and so never part of a sentence. */
const gone = '\uFFFC';
/** A longer one is the text itself, not a quote in it. */
const quoteMax = 500;
const links =
  /\bhttps?:\/\/[^\s)>\]]+|\bwww\.[^\s)>\]]+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|\]\([^()\s]{1,2000}\)/gu;
const code = /```[\s\S]*?(?:```|$)|`[^`\n]{1,500}`/gu;
const quotes = new RegExp(
  [
    ['„', '[“”]'],
    ['“', '”'],
    ['«', '»'],
    ['»', '«'],
    ['"', '"'],
    ['‚', '[‘’]'],
    ['‹', '›'],
  ]
    .map(([open, close]) => `${open}[^\\n${open}${close!.replaceAll(/[[\]]/g, '')}]{1,${quoteMax}}${close}`)
    .concat('^[ \\t]*>.*$')
    .join('|'),
  'gmu',
);

/**
 * Takes out what is not a bot's own wording: code, links, mail addresses, what stands in quotation marks or behind `>`.
 *
 * @param said  what the person wrote; a quote that is found there is nothing the bot chose to say
 */
export function ownText(text: string, said: readonly string[]): OwnText {
  const heard = said.map((each) => fold(each)).join('\n');
  const without = (from: string, pattern: RegExp): string =>
    from.replace(pattern, (found) => gone.repeat(found.length));
  const repeats = (found: string): string => {
    const bare = fold(found.replaceAll(/^[\s>`„“”«»"‚‘’‹›]+|[\s`„“”«»"‚‘’‹›]+$/gu, ''));
    return bare !== '' && heard.includes(bare) ? gone.repeat(found.length) : found;
  };
  const noLinks = without(text, links);
  return {
    unquoted: without(without(noLinks, code), quotes),
    answered: noLinks.replace(code, repeats).replace(quotes, repeats),
  };
}
