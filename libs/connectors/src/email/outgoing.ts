import { fault } from '#libs/faults';
import type { Content } from '#libs/model';
import type { FetchedMedia } from '../connection.js';
import type { Destination, Io, Part } from '../connector.js';
import { normalAddress } from '../shared/mail/addresses.js';
import { safeFileName } from '../shared/mail/mail.js';
import { baseSubject, mintId, referencesFor, tokenOf } from '../shared/mail/thread.js';
import { compose } from './compose.js';
import type { EmailSettings } from './manifest.js';
import { loopMark } from './own-marks.js';
import { contentOf } from './plan.js';

/** A mail that is ready to be given to whoever sends it. Every text is one line where a header is one line. */
export interface OutgoingMail {
  from: { address: string; name: string };
  to: { address: string; name: string };
  replyTo: string | null;
  subject: string;
  /** Without angle brackets. */
  messageId: string;
  inReplyTo: string | null;
  references: string[];
  headers: Record<string, string>;
  text: string;
  html: string;
  files: OutgoingFile[];
}
export interface OutgoingFile {
  fileName: string;
  mimeType: string;
  bytes: Uint8Array;
  /** For files that the HTML shows. */
  contentId: string | null;
}

/**
 * Writes the mail of a delivery: the same for every attempt of the same key, but for files that have changed.
 *
 * @throws Fault `channel/rejected` when there is no address to write to; what reading a stored file throws
 */
export async function writeMail(
  part: Part,
  to: Destination,
  key: string,
  io: Io<EmailSettings>,
): Promise<OutgoingMail> {
  const { settings } = io;
  const parent = parentOf(to);
  const address = normalAddress(parent.replyTo ?? to.address?.value ?? '');
  if (address === null)
    throw fault('channel/rejected', { detail: 'The conversation has no e-mail address.' });
  const token = tokenOf(to.thread, { secret: settings.token_secret });
  const subject = subjectFor(parent.subject, settings);
  const withToken = settings.address.replace('@', `+${token}@`);
  // Amazon puts an id of its own over ours: there the token in the address is what leads answers back.
  const asksByToken = settings.reply_tokens || settings.send === 'ses';
  const answersTo = asksByToken && withToken.indexOf('@') <= 64 ? withToken : settings.address;
  const attached = await attach(contentOf(part), io);
  const { text, html } = compose(contentOf(part), {
    answerLink: ({ label }) => answerLink(answersTo, subject, label, token),
    fileLink: (url) => attached.links.get(url) ?? null,
  });
  return {
    from: { address: settings.address, name: settings.from_name ?? '' },
    to: { address, name: oneLine(to.address?.name ?? '') },
    replyTo: asksByToken ? answersTo : null,
    subject,
    messageId: mintId({ key: safeKey(key), token, mark: parent.mark }, domainOf(settings.address)),
    inReplyTo: parent.messageId,
    references:
      parent.messageId === null
        ? []
        : referencesFor({ references: parent.references, messageId: parent.messageId }),
    headers: marksFor(settings, {
      isAnswer: parent.messageId !== null,
      isByBot: to.saidBefore !== undefined,
    }),
    text,
    html,
    files: attached.files,
  };
}

interface Parent {
  subject: string;
  messageId: string | null;
  references: string[];
  replyTo: string | null;
  mark: string;
}

/** What is known of the mail that this one answers. */
function parentOf({ lastInboundRef, lastInboundMetadata }: Destination): Parent {
  const told = lastInboundMetadata ?? {};
  const id = told['message_id'] ?? lastInboundRef;
  return {
    subject: told['subject'] ?? '',
    messageId: id !== null && isId(id) ? id : null,
    references: (told['references'] ?? '').split(/\s+/).filter(isId),
    replyTo: told['reply_to'] ?? null,
    mark: /^[a-z0-9]{1,16}$/.test(told['text_mark'] ?? '') ? told['text_mark']! : '',
  };
}

/** Characters that a message id may hold, and no others: so that nothing said by somebody else can become a header. */
const isId = (id: string): boolean =>
  /^[!-;=?-~]{1,400}@[!-;=?-~]{1,400}$|^[!-;=?-~]{1,400}$/.test(id) && !/[<>]/.test(id) && id.includes('@');

/**
 * Our own mark on everything. What the bot answers, and what begins a conversation, says that it is automatic; what a person
 * answers does not.
 *
 * @see RFC 3834 §§3.1, 5 (read 2026-11-21); the second header is for Exchange, which keeps to its own
 */
function marksFor(
  settings: EmailSettings,
  { isAnswer, isByBot }: { isAnswer: boolean; isByBot: boolean },
): Record<string, string> {
  const mark = { 'X-Parley-Loop': loopMark(settings.token_secret) };
  if (!settings.mark_automatic || (isAnswer && !isByBot)) return mark;
  return {
    ...mark,
    'Auto-Submitted': isAnswer ? 'auto-replied' : 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
  };
}

function subjectFor(subject: string, settings: EmailSettings): string {
  const base = baseSubject(oneLine(subject));
  return base === '' ? settings.subject : `Re: ${base}`.slice(0, 900);
}

/** Opens a mail whose text is the label: sent as it is, it is the choice. @see RFC 6068 (read 2026-11-21) */
function answerLink(address: string, subject: string, label: string, token: string): string {
  const body = `${label}\r\n\r\n--\r\nref:${token}`;
  return `mailto:${encodeURIComponent(address).replace('%40', '@')}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
}

/** Files go along while they fit; what does not fit, or cannot be read, goes as a link. */
async function attach(
  contents: readonly Content[],
  io: Io<EmailSettings>,
): Promise<{ files: OutgoingFile[]; links: Map<string, string> }> {
  const files: OutgoingFile[] = [];
  const links = new Map<string, string>();
  let room = io.settings.attachment_bytes_max;
  for (const { url, isShown, name } of filesOf(contents)) {
    if (links.has(url)) continue;
    const media =
      room > 0 && (url.startsWith('media:') || isShown)
        ? await io.readMedia(url, room).catch(() => null)
        : null;
    if (media) {
      room -= media.bytes.length;
      const file = fileOf(media, files.length + 1, isShown, name);
      files.push(file);
      links.set(url, `cid:${file.contentId ?? `file-${files.length}`}`);
    } else links.set(url, url.startsWith('media:') ? await io.linkTo(url) : url);
  }
  return { files, links };
}

interface NamedFile {
  url: string;
  isShown: boolean;
  name: string | undefined;
}

function filesOf(contents: readonly Content[]): NamedFile[] {
  return contents.flatMap((content): NamedFile[] => {
    if (content.type === 'image') return [{ url: content.url, isShown: true, name: content.file_name }];
    if (content.type === 'audio' || content.type === 'video' || content.type === 'file')
      return [{ url: content.url, isShown: false, name: content.file_name }];
    const cards = content.type === 'card' ? [content] : content.type === 'carousel' ? content.cards : [];
    return cards.flatMap(({ image_url }) =>
      image_url === undefined ? [] : [{ url: image_url, isShown: true, name: undefined }],
    );
  });
}

function fileOf(
  { bytes, mimeType, fileName }: FetchedMedia,
  number: number,
  isShown: boolean,
  name: string | undefined,
): OutgoingFile {
  const type = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(mimeType ?? '')
    ? mimeType!
    : 'application/octet-stream';
  return {
    fileName: oneLine(safeFileName(name ?? fileName ?? null) ?? `file-${number}`),
    mimeType: type,
    bytes,
    contentId: isShown && type.startsWith('image/') ? `file-${number}@parley` : null,
  };
}

const oneLine = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what this takes out
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
const safeKey = (key: string): string => key.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 64);
const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();
