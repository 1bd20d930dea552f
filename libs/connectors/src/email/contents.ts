import { contentLimits, type Content } from '#libs/model';
import { htmlToText, IMAGE_CLOSE, IMAGE_OPEN } from '../shared/mail/html-text.js';
import { mailLimits } from '../shared/mail/limits.js';
import type { Mail, MailFile } from '../shared/mail/mail.js';
import { splitReply, type SplitReply } from '../shared/mail/split-reply.js';

/** What a mail says, as pieces of a message, and what was around it. */
export interface Said extends SplitReply {
  content: Content[];
}

/**
 * What the person wrote, in order, with inline images where they stand, and the other files below it.
 *
 * The HTML is preferred where it alone knows what is old, or where it alone has words; else the plain text, which is what the
 * person's program made for readers like us.
 */
export function contentsOf(mail: Mail): Said {
  const split = wordsOf(mail);
  const shown = new Set<number>();
  const words = piecesOf(split.reply, mail.files, shown);
  // Pictures of a signature are no files that somebody sent.
  const decorations = new Set(
    mail.files.filter((file) => isDecoration(file, mail)).map(({ number }) => number),
  );
  const files = mail.files
    .filter(({ number }) => !shown.has(number) && !decorations.has(number))
    .slice(0, mailLimits.files);
  const content = [...words, ...files.map(fileContent)].slice(0, contentLimits.piecesMax);
  return { ...split, reply: plain(split.reply), quoted: plain(split.quoted), content };
}

function wordsOf({ text, html }: Mail): SplitReply {
  if (html === null || html.trim() === '') return splitReply(text ?? '');
  const rich = htmlToText(html);
  const fromHtml = splitReply(rich.text);
  const merged = { ...fromHtml, signature: [fromHtml.signature, rich.signature].filter(Boolean).join('\n') };
  if (text === null || text.trim() === '') return merged;
  const fromText = splitReply(text);
  const knowsMore = fromText.quoted === '' && fromHtml.quoted !== '' && fromHtml.reply !== '';
  const hasImages = fromHtml.reply.includes(IMAGE_OPEN);
  return knowsMore || hasImages || fromText.reply === '' || isPlaceholder(fromText.reply) ? merged : fromText;
}

/** What some programs write as plain text of a mail that is HTML. */
const isPlaceholder = (text: string): boolean =>
  text.length < 300 &&
  /(?:html[- ](?:e-?mail|message|format|version)|view (?:this|it) (?:e-?mail |message )?in (?:your|a) browser)/i.test(
    text,
  );

/** Text cut where inline images stand; what fits no piece goes on in the next. */
function piecesOf(reply: string, files: readonly MailFile[], shown: Set<number>): Content[] {
  const pieces: Content[] = [];
  for (const piece of reply.split(new RegExp(`(${IMAGE_OPEN}[^${IMAGE_CLOSE}]*${IMAGE_CLOSE})`))) {
    const id = piece.startsWith(IMAGE_OPEN) ? piece.slice(1, -1) : null;
    const image = id === null ? undefined : files.find(({ contentId }) => contentId === id);
    if (id !== null) {
      if (image && !shown.has(image.number)) pieces.push(fileContent(image));
      if (image) shown.add(image.number);
    } else pieces.push(...textPieces(piece));
  }
  return pieces;
}

function textPieces(text: string): Content[] {
  const trimmed = text.trim();
  const pieces: Content[] = [];
  for (let at = 0; at < trimmed.length && pieces.length < 5; at += contentLimits.textMax) {
    pieces.push({ type: 'text', text: trimmed.slice(at, at + contentLimits.textMax) });
  }
  return pieces;
}

const plain = (text: string): string =>
  text.replace(new RegExp(`${IMAGE_OPEN}[^${IMAGE_CLOSE}]*${IMAGE_CLOSE}`, 'g'), '').trim();

/** A picture that only the quoted part or the signature of the HTML shows. */
const isDecoration = ({ isInline, contentId, mimeType }: MailFile, { html }: Mail): boolean =>
  isInline &&
  mimeType.startsWith('image/') &&
  html !== null &&
  contentId !== null &&
  html.includes(`cid:${contentId}`);

const KINDS = ['image', 'audio', 'video'] as const;

function fileContent({ number, name, mimeType, sizeBytes }: MailFile): Content {
  const type = KINDS.find((kind) => mimeType.startsWith(`${kind}/`) && !mimeType.includes('svg')) ?? 'file';
  return {
    type,
    url: `media:${number}`,
    mime_type: mimeType,
    size_bytes: sizeBytes,
    ...(name !== null && { file_name: name }),
  };
}
