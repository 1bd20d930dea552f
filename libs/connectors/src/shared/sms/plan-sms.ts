import { optionsOf, type Content } from '#libs/model';
import { z } from 'zod';
import type { Limit, Part, Plan } from '../../connector.js';
import { cutText } from '../cut-text.js';
import { toMarkup, type MarkupStyle } from '../markup.js';
import { escaped } from '../numbered-choices.js';
import { changeOf, plainText } from '../plain.js';
import { sizeOf } from './segments.js';

/** What a part of every SMS connector holds: one understands another's. */
export const SmsBody = z.object({
  /** As the phone shows it, but for files of ours, which stand as `media:…` until a link is made of them. Empty for files alone. */
  text: z.string(),
  encoding: z.enum(['gsm-7', 'ucs-2']),
  /** Messages that the network makes of it. */
  segments: z.int().positive(),
  /** Files of ours in the text. */
  links: z.array(z.string()),
  /** Files that go along as MMS, where the provider can; else their addresses are written behind the text. */
  media: z.array(z.string()),
});
export type SmsBody = z.infer<typeof SmsBody>;

/** The word by which SMS connectors know each other's parts. */
export const SMS_PARTS = 'sms';
/** Characters that are kept free for the signed link to a file of ours. */
export const LINK_LENGTH = 200;
/** Three joined messages in UCS-2 hold a link: with less it would have to be cut. */
export const SEGMENTS_MIN = 3;
/** @see https://www.twilio.com/docs/glossary/what-sms-character-limit (2025-12): 1 600 characters, which are 10 segments */
export const SEGMENTS_MAX = 10;

export const smsSettings = {
  max_segments: z
    .int()
    .min(SEGMENTS_MIN)
    .max(SEGMENTS_MAX)
    .default(SEGMENTS_MAX)
    .describe(
      'Longest message, in segments of 153 (or 67 with other letters) characters; longer texts become several',
    ),
};

/** Limits that every SMS connector states. */
export const smsLimits: readonly Limit[] = [
  {
    name: 'segments',
    value: SEGMENTS_MAX,
    unit: 'segments of a message: 160 or 153 septets in GSM-7, 70 or 67 UTF-16 code units in UCS-2',
    source: '3GPP TS 23.040 §9.2.3.24.1; twilio.com/docs/glossary/what-sms-character-limit (read 2025-12-01)',
  },
];

export interface SmsPlanOptions {
  maxSegments: number;
  /** Whether files go along as MMS. */
  hasMedia?: boolean;
}

/**
 * A message as texts of phones. Everything that can be said in words stands in one text, in its order, because networks do not keep
 * the order of messages; only what is too long is cut. Choices are numbered. With MMS each file is a message with its caption.
 */
export function planSms(contents: readonly Content[], options: SmsPlanOptions): Plan {
  const runs: Run[] = [];
  const lost: string[] = [];
  let nextNumber = 1;
  for (const content of contents) {
    const run = options.hasMedia ? mediaRun(content) : null;
    const text = run ? '' : plainText(content, nextNumber, escaped);
    nextNumber += optionsOf(content).length;
    if (run) runs.push(run);
    else addText(runs, phoneText(text));
    const change = run ? null : changeOf(content, text);
    if (change) lost.push(change);
  }
  const links = linksOf(contents);
  return { parts: runs.flatMap((run) => partsOf(run, links, options.maxSegments)), lost };
}

/** Text that may be cut, or files that go out together. */
interface Run {
  text: string;
  media: string[];
}

function addText(runs: Run[], text: string): void {
  const last = runs.at(-1);
  if (text === '') return;
  if (last && last.media.length === 0) last.text += `\n\n${text}`;
  else runs.push({ text, media: [] });
}

function mediaRun(content: Content): Run | null {
  const isMedia =
    content.type === 'image' ||
    content.type === 'audio' ||
    content.type === 'video' ||
    content.type === 'file';
  return isMedia ? { text: phoneText(content.caption ?? ''), media: [content.url] } : null;
}

function partsOf({ text, media }: Run, links: readonly string[], maxSegments: number): Part[] {
  const measure = (piece: string): number => sizeOf(withRoom(piece, links)).segments;
  const pieces = cutText(text, maxSegments, measure).filter((piece) => piece.trim() !== '');
  if (pieces.length === 0 && media.length > 0) pieces.push('');
  return pieces.map((piece, index) => smsPart(piece, links, index === 0 ? media : []));
}

function smsPart(text: string, links: readonly string[], media: string[]): Part {
  const { encoding, segments } = sizeOf(withRoom(text, links));
  const body: SmsBody = {
    text,
    encoding,
    segments,
    links: links.filter((link) => text.includes(link)),
    media,
  };
  return { body, rendering: media.length > 0 ? 'mms' : 'text' };
}

/** The text with its links as long as they may become. */
function withRoom(text: string, links: readonly string[]): string {
  return links.reduce((all, link) => all.replaceAll(link, 'x'.repeat(LINK_LENGTH)), text);
}

/** Files of ours that a message speaks of. Longest first: one address may begin with another. */
function linksOf(contents: readonly Content[]): string[] {
  const urls = contents.flatMap((content) => {
    if ('url' in content) return [content.url];
    if (content.type === 'card') return [content.image_url];
    return content.type === 'carousel' ? content.cards.map((card) => card.image_url) : [];
  });
  const ours = urls.filter((url): url is string => url?.startsWith('media:') === true);
  return [...new Set(ours)].toSorted((a, b) => b.length - a.length);
}

/** Phones show no markup: words stay, addresses of links stand behind them. */
const phone: MarkupStyle = {
  marks: { bold: null, italic: null, strike: null },
  code: null,
  quote: '> ',
  bullet: '- ',
  link: (words, url) => `${words} (${url})`,
  escape: (text) => text,
};

function phoneText(markdown: string): string {
  const text = toMarkup(markdown, phone);
  return text.trim() === '' ? markdown : text;
}
