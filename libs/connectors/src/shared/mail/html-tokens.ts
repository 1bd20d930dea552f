import { decodeEntities } from './html-entities.js';

/** A piece of an HTML text, in order. */
export type HtmlToken =
  | { kind: 'text'; text: string }
  | { kind: 'open'; name: string; attributes: ReadonlyMap<string, string>; isVoid: boolean }
  | { kind: 'close'; name: string };

const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));
/** What stands in these is no markup. */
const RAW = new Set(['script', 'style', 'title', 'textarea', 'xmp', 'noembed', 'noframes']);
/** Characters of one tag that are read; browsers have no limit, hostile mails have no shame. */
const TAG_CHARS = 16_384;
const ATTRIBUTES_MAX = 64;

/**
 * Reads HTML as mail programs write it: tags, attributes, text; comments and declarations are left out. Builds no tree, and
 * takes time linear in the length whatever the text.
 */
export function* htmlTokens(html: string): Generator<HtmlToken> {
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    if (open > at) yield { kind: 'text', text: decodeEntities(html.slice(at, open)) };
    const next = html.charCodeAt(open + 1);
    if (next === 0x21 || next === 0x3f) at = endOfDeclaration(html, open);
    else if (isLetter(next) || (next === 0x2f && isLetter(html.charCodeAt(open + 2)))) {
      const end = endOfTag(html, open);
      const token = tagOf(html.slice(open + 1, end));
      yield token;
      at = end + 1;
      if (token.kind === 'open' && RAW.has(token.name)) at = endOfRaw(html, at, token.name);
    } else {
      yield { kind: 'text', text: '<' };
      at = open + 1;
    }
  }
  if (at < html.length) yield { kind: 'text', text: decodeEntities(html.slice(at)) };
}

const isLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;

/** Comments end at `-->`, everything else that begins so at `>`; what never ends reaches to the end. */
function endOfDeclaration(html: string, open: number): number {
  const isComment = html.startsWith('<!--', open);
  const end = html.indexOf(isComment ? '-->' : '>', open + (isComment ? 4 : 2));
  return end < 0 ? html.length : end + (isComment ? 3 : 1);
}

/** The `>` that ends a tag: one inside quoted values does not, unless the quotes never end. */
function endOfTag(html: string, open: number): number {
  const limit = Math.min(html.length, open + TAG_CHARS);
  let quote = '';
  for (let at = open + 1; at < limit; at++) {
    const char = html.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '>') return at;
    else if ((char === '"' || char === "'") && /[=\s]/.test(html.charAt(at - 1))) quote = char;
  }
  const end = html.indexOf('>', open);
  return end < 0 ? html.length : end;
}

function endOfRaw(html: string, from: number, name: string): number {
  const close = new RegExp(`</${name}[\\s>/]`, 'gi');
  close.lastIndex = from;
  return close.exec(html)?.index ?? html.length;
}

function tagOf(inner: string): HtmlToken {
  const isClose = inner.startsWith('/');
  const name = (/^\/?([a-zA-Z][^\s/>]{0,64})/.exec(inner)?.[1] ?? '').toLowerCase();
  if (isClose) return { kind: 'close', name };
  const attributes = attributesOf(inner.slice(name.length, TAG_CHARS));
  return { kind: 'open', name, attributes, isVoid: VOID.has(name) };
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const one = /([^\s=/"'<>]{1,128})(?:\s{0,16}=\s{0,16}(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?/g;
  for (let match = one.exec(text); match && found.size < ATTRIBUTES_MAX; match = one.exec(text)) {
    const name = match[1]!.toLowerCase();
    if (!found.has(name)) found.set(name, decodeEntities(match[2] ?? match[3] ?? match[4] ?? ''));
  }
  return found;
}
