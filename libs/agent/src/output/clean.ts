import { isKnownHost } from './hosts.js';

/** What a text of a model may be. */
export interface CleanRules {
  /** Hosts that links may lead to, and what is below them. */
  readonly hosts: readonly string[];
  /** UTF-16 code units. */
  readonly charactersMax: number;
}

/** A text that is safe to be sent, and what was taken out of it. */
export interface Cleaned {
  readonly text: string;
  readonly images: number;
  readonly tags: number;
  readonly links: number;
  readonly isCut: boolean;
}

/** Longer texts are not looked at: what is behind is dropped before anything else. */
const readMax = 40_000;

/** How often things may hide in each other; what is deeper loses its signs. */
const roundsMax = 20;

const invisible =
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;
const image = /!\[([^\]\n]{0,500})\](?:\([^)\n]{0,2000}\)|\[[^\]\n]{0,500}\])?/g;
const reference = /^[ \t]{0,3}\[[^\]\n]{1,500}\]:[^\n]*$/gm;
const tag = /<\/?[a-z][a-z0-9-]*(?:\s[^<>]{0,2000})?\/?>/gi;
const openTag = /<\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?$/i;
const link =
  /\[([^\]\n]{0,500})\]\(\s{0,9}<?([^()\s<>]{0,2000}(?:\([^()\s<>]{0,500}\)[^()\s<>]{0,500})?)>?[^)\n]{0,500}\)/g;
const referenceLink = /\[([^\]\n]{1,500})\]\[[^\]\n]{0,500}\]/g;
const address = /<?\b(?:[a-z][a-z0-9+.-]{1,20}:\/\/|www\.)[^\s<>"'\])]{0,2000}>?/gi;
const scheme = /\b(?:javascript|data|vbscript|file):(?=\S)/gi;

/**
 * Makes a model's text safe: no image, no HTML, no invisible signs, links to known hosts only; others stay as words that
 * lead nowhere. The result may be given in again and comes out the same.
 */
export function cleanText(written: string, rules: CleanRules): Cleaned {
  const count = { images: 0, tags: 0, links: 0 };
  const isKnown = (url: string): boolean => isKnownHost(url, rules.hosts);
  let text = written.slice(0, readMax).replace(/\r\n?/g, '\n').replace(invisible, '');
  // Until nothing changes: taking one thing out must not make another of what is left.
  for (let before = '', rounds = 0; before !== text; rounds++) {
    before = text;
    if (rounds >= roundsMax) text = text.replace(/[<>]|!(?=\[)/g, '');
    text = withoutComments(text, count)
      .replace(image, (_, words: string) => (count.images++, words))
      .replace(tag, (whole: string) => (isAutolink(whole) ? whole : (count.tags++, '')))
      .replace(openTag, () => (count.tags++, ''))
      .replace(reference, () => (count.links++, ''))
      .replace(referenceLink, (_, words: string) => (count.links++, words))
      .replace(scheme, () => (count.links++, ''))
      .replace(link, (whole: string, words: string, url: string) =>
        isKnown(url) ? whole : (count.links++, words),
      )
      .replace(address, (whole: string) => {
        const url = whole.replace(/^<|>$/g, '');
        return isKnown(url) ? whole : (count.links++, asWords(url));
      });
  }
  const cut = cutText(text.replace(/\n{3,}/g, '\n\n').trim(), rules.charactersMax);
  return { ...count, text: cut, isCut: cut.length < text.trim().length && cut.endsWith('…') };
}

function withoutComments(text: string, count: { tags: number }): string {
  let left = '';
  let at = 0;
  for (let begin = text.indexOf('<!--'); begin >= 0; begin = text.indexOf('<!--', at)) {
    left += text.slice(at, begin);
    count.tags++;
    const end = text.indexOf('-->', begin + 4);
    at = end < 0 ? text.length : end + 3;
  }
  return left + text.slice(at);
}

function isAutolink(written: string): boolean {
  return /^<[a-z][a-z0-9+.-]*:\/\//i.test(written);
}

/** An address as words that no program takes for one: the host only, its dots in brackets. */
function asWords(url: string): string {
  const host = url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').split(/[/?#:]/)[0] ?? '';
  return host
    .slice(host.lastIndexOf('@') + 1)
    .replaceAll('.', '[.]')
    .slice(0, 253);
}

/** The whole text, or its beginning up to the end of a sentence or word, with an ellipsis. */
function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const room = text.slice(0, max - 1);
  const sentence = Math.max(room.lastIndexOf('. '), room.lastIndexOf('\n'), room.lastIndexOf('? '));
  const word = room.lastIndexOf(' ');
  const at = sentence > max / 2 ? sentence + 1 : word > max / 2 ? word : room.length;
  // Never half of a pair of surrogates.
  return `${room
    .slice(0, at)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}…`;
}
