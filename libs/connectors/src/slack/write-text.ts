import { cutText } from '../shared/cut-text.js';
import { toMarkup, type MarkupStyle } from '../shared/markup.js';

/** Longest address, and longest words of a link, that stay a link: so that a link always fits a section. */
const LINK_MAX = 2_048;
const WORDS_MAX = 400;

/**
 * Slack's signs. Only `&`, `<` and `>` have escapes; because they are always escaped, no text can call a channel or a person.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
const mrkdwn: MarkupStyle = {
  marks: { bold: '*', italic: '_', strike: '~' },
  code: '`',
  quote: '> ',
  bullet: '• ',
  link: (words, shown) => {
    const url = urlOf(shown);
    return url.length > LINK_MAX || words.length > WORDS_MAX || /[\n<>]/.test(words)
      ? `${words} (${escape(shown)})`
      : `<${url}|${words}>`;
  },
  bareLink: (shown) => {
    const url = urlOf(shown);
    return url.length > LINK_MAX
      ? escape(shown)
      : url === escape(shown)
        ? `<${url}>`
        : `<${url}|${escape(shown)}>`;
  },
  escape,
};

/** A text in the Markdown subset as Slack writes it; never blank unless the text is. */
export function slackText(markdown: string): string {
  const text = toMarkup(markdown, mrkdwn);
  return text.trim() === '' ? escape(markdown) : text;
}

/** Makes a text that is not Markdown mean itself. */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Whole links, whole escapes, and what we use as their stand-ins. */
const ATOM = /<[^<>\n]*>|&(?:amp|lt|gt);|[\u{F0000}-\u{10FFFF}]/gu;
const FENCE = '```';

/**
 * Cuts what `slackText` wrote, never inside a link or an escape; a code block that is cut is one in both pieces.
 *
 * @param max  UTF-16 code units; at least 3 000
 */
export function cutSlackText(text: string, max: number): string[] {
  if (text.length <= max) return text === '' ? [] : [text];
  const atoms = new Map<string, string>();
  const standIn = new Map<string, string>();
  const flat = text.replace(ATOM, (atom) => {
    const known = standIn.get(atom) ?? String.fromCodePoint(0xf0000 + standIn.size);
    standIn.set(atom, known);
    atoms.set(known, atom);
    return known;
  });
  const restore = (piece: string): string =>
    piece.replace(/[\u{F0000}-\u{10FFFF}]/gu, (known) => atoms.get(known) ?? known);
  const room = max - 2 * (FENCE.length + 1);
  return fenced(cutText(flat, room, (piece) => restore(piece).length).map(restore));
}

function fenced(pieces: readonly string[]): string[] {
  let isOpen = false;
  return pieces.map((piece) => {
    const before = isOpen ? `${FENCE}\n` : '';
    if (piece.split(FENCE).length % 2 === 0) isOpen = !isOpen;
    return `${before}${piece}${isOpen ? `\n${FENCE}` : ''}`;
  });
}

/** Signs that end a link or its address are encoded. */
function urlOf(shown: string): string {
  const url = /^https?:/i.test(shown) ? shown : `${shown.includes('@') ? 'mailto' : 'tel'}:${shown}`;
  return url.replace(/[<>|\s]/g, encodeURIComponent).replaceAll('&', '&amp;');
}
