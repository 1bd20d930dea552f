import { htmlTokens, type HtmlToken } from './html-tokens.js';

type Open = Extract<HtmlToken, { kind: 'open' }>;

const ELEMENTS = new Set(
  (
    'a b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins li ol p pre q s small span strong sub sup ' +
    'table tbody td tfoot th thead tr u ul'
  ).split(' '),
);
/** Open elements inside each other; browsers stop at 512. */
const DEPTH_MAX = 200;
const LINK = /^(?:https?|mailto|tel):[^\s\p{Cc}]*$/iu;
/** Attributes that say nothing but how text stands, with what they may say. */
const PLAIN: Readonly<Record<string, RegExp>> = {
  align: /^(?:left|right|center|justify)$/i,
  alt: /^[^]{0,500}$/,
  colspan: /^\d{1,3}$/,
  dir: /^(?:ltr|rtl|auto)$/i,
  rowspan: /^\d{1,3}$/,
  start: /^\d{1,6}$/,
  title: /^[^]{0,500}$/,
};

/**
 * The HTML of a mail, written anew from what is known to be harmless: text, structure, links. No script, no style, no form, and
 * nothing that loads by itself: pictures of the mail stay as `cid:` addresses, remote ones become their words. Every element is
 * closed, so that nothing after it is touched. To be shown in a sandboxed frame all the same.
 *
 * Takes time linear in the length, whatever the text.
 *
 * @param maxChars  UTF-16 code units of the result
 * @returns null when the result would be longer
 */
export function safeHtml(html: string, maxChars: number): string | null {
  const pieces: string[] = [];
  const open: string[] = [];
  let length = 0;
  const put = (piece: string): void => {
    pieces.push(piece);
    length += piece.length;
  };
  for (const token of htmlTokens(html)) {
    if (length > maxChars) return null;
    if (token.kind === 'text') put(escape(token.text));
    else if (!ELEMENTS.has(token.name)) continue;
    else if (token.kind === 'close') closeTo(open, token.name, put);
    else if (token.isVoid || open.length < DEPTH_MAX) {
      put(openTag(token));
      if (!token.isVoid) open.push(token.name);
    }
  }
  while (open.length > 0) put(`</${open.pop()}>`);
  return length > maxChars ? null : pieces.join('').trim();
}

/** Ends an element with all that is open inside it; an end without its beginning is nothing. */
function closeTo(open: string[], name: string, put: (piece: string) => void): void {
  if (!open.includes(name)) return;
  let last: string | undefined;
  do {
    last = open.pop();
    put(`</${last}>`);
  } while (last !== name);
}

function openTag({ name, attributes }: Open): string {
  const kept = [...attributes].flatMap(([key, value]) => {
    const isPlain = PLAIN[key]?.test(value) ?? false;
    return isPlain ? [` ${key}="${escape(value)}"`] : [];
  });
  if (name === 'img') return imageTag(attributes, kept);
  const href = name === 'a' ? (attributes.get('href') ?? '').trim() : '';
  if (LINK.test(href))
    kept.push(` href="${escape(href)}" target="_blank" rel="noopener noreferrer nofollow"`);
  return `<${name}${kept.join('')}>`;
}

function imageTag(attributes: ReadonlyMap<string, string>, kept: readonly string[]): string {
  const src = (attributes.get('src') ?? '').trim();
  if (/^cid:[\w.@+$%-]{1,255}$/i.test(src)) return `<img src="${escape(src)}"${kept.join('')}>`;
  const words = (attributes.get('alt') ?? '').trim().slice(0, 200);
  return words === '' ? '' : `[${escape(words)}]`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};
const escape = (text: string): string =>
  text.replace(/[^\P{Cc}\t\n\r]/gu, '').replace(/[&<>"'`]/g, (char) => ESCAPES[char]!);
