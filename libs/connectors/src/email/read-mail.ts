import { createHash } from 'node:crypto';
import {
  contentLimits,
  type Address,
  type Content,
  type InboundEvent,
  type ReceiptStatus,
} from '#libs/model';
import type { DecodedEvent } from '../connector.js';
import { sameAddress, withoutPlus } from '../shared/mail/addresses.js';
import { headerOf, type Mail } from '../shared/mail/mail.js';
import type { ReportedRecipient } from '../shared/mail/report.js';
import { automaticOf, type Automatic } from '../shared/mail/robots.js';
import { safeHtml } from '../shared/mail/safe-html.js';
import { readOwnId, threadOf, threadOfToken, type OwnId, type Threaded } from '../shared/mail/thread.js';
import { contentsOf, type Said } from './contents.js';
import type { EmailSettings } from './manifest.js';
import { loopMark, readMark, textMark, timeOfKey, writeMark } from './own-marks.js';
import { eventKeyOfProbe, PROBE_HEADER, threadOfProbe } from './probe.js';
import { proofOf, type Trust } from './trust.js';

/** A mail as it came in, whichever way it came. */
export interface ArrivedMail {
  mail: Mail;
  trust: Trust;
  /** Envelope sender; empty for `<>`, null when nobody told. */
  returnPath: string | null;
  /** What is stored as received. */
  raw: Uint8Array;
  /** Milliseconds since 1970. */
  receivedAt: number;
}

/** Nobody writes the same long text twice a day, each time in answer to us, but machines. */
const REPEAT_WITHIN_MS = 24 * 3_600_000;
/** Nobody gets a mail, reads it, writes and sends within this time, twice in a row; a machine does. */
const AT_ONCE_MS = 20_000;
const AT_ONCE_MAX = 2;

/** The one decoder: every mail, however it came, becomes events here. Pure. */
export function readMail(arrived: ArrivedMail, settings: EmailSettings): DecodedEvent[] {
  const { mail, raw } = arrived;
  const key = keyOf(mail, raw);
  const reports = reportEvents(arrived, key, settings);
  if (reports) return reports.map((event) => ({ event, raw }));
  const { from } = mail;
  if (!from) return [{ event: ignored(key, 'a mail without a sender'), raw }];
  const said = withoutRef(contentsOf(mail), settings);
  const threaded = said.thread
    ? { thread: said.thread, by: 'token' as const, answers: null }
    : find(arrived, from.address, settings);
  const automatic = machineOf(arrived, threaded, said, settings);
  const nonce = automatic === 'own-loop' ? headerOf(mail.headers, PROBE_HEADER.toLowerCase()) : null;
  if (nonce !== null && /^[\w-]{12}$/.test(nonce)) return [{ event: probeEvent(nonce, threaded), raw }];
  if (automatic === 'own-loop' || isOwn(from.address, settings))
    return [{ event: ignored(key, 'a mail that we sent ourselves'), raw }];
  return [{ event: messageOf({ arrived, said, threaded, automatic, key }), raw }];
}

interface Made {
  arrived: ArrivedMail;
  said: Said;
  threaded: Threaded;
  automatic: Machine | null;
  key: string;
}

function messageOf({ arrived, said, threaded, automatic, key }: Made): InboundEvent {
  const { mail } = arrived;
  const subject = mail.subject.trim();
  const fallback = subject === '' ? '(empty mail)' : subject.slice(0, contentLimits.textMax);
  const content = said.content.length > 0 ? said.content : [{ type: 'text' as const, text: fallback }];
  const answers = mail.inReplyTo[0];
  return {
    kind: 'message',
    event_key: key,
    thread: threaded.thread,
    ...(mail.sentAt !== null && { sent_at: mail.sentAt }),
    from: personOf(arrived)!,
    provider_id: (mail.messageId ?? key).slice(0, 512),
    content,
    ...(answers !== undefined && { reply_to: answers.slice(0, 512) }),
    ...(automatic !== null && { automatic: true }),
    metadata: metadataOf(arrived, said, automatic, threaded),
  };
}

/**
 * Who the mail is from: in lower case, for practically every receiver ignores case. Who was proved to be somebody else is
 * another contact: what they say changes nothing of what is known of the person.
 */
function personOf({ mail: { from }, trust }: ArrivedMail): Address | null {
  if (!from) return null;
  const name = from.name.trim().slice(0, 200);
  const kind = proofOf(trust) === 'refuted' ? 'email-refuted' : 'email';
  return { kind, value: from.address.toLowerCase(), ...(name !== '' && { name }) };
}

/**
 * Where the person wants answers, where that is not their address. Only for those who prove who they are, who hold our token,
 * or who begin a conversation: nobody turns somebody else's conversation towards another address.
 */
function answersTo({ mail, trust }: ArrivedMail, { by }: Threaded): string | undefined {
  const address = mail.replyTo[0]?.address;
  if (!address || sameAddress(address, mail.from?.address ?? '')) return undefined;
  const proof = proofOf(trust);
  if (proof === 'refuted') return undefined;
  return proof === 'proved' || by === 'own-id' || by === 'token' || by === 'new' ? address : undefined;
}

function metadataOf(
  arrived: ArrivedMail,
  said: Said,
  automatic: string | null,
  threaded: Threaded,
): Record<string, string> {
  const { mail, trust } = arrived;
  const html = mail.html === null ? '' : safeHtml(mail.html, contentLimits.textMax);
  const list = (boxes: readonly { address: string }[]): string =>
    boxes
      .slice(0, 50)
      .map(({ address }) => address)
      .join(', ');
  const all: Record<string, string | undefined> = {
    subject: mail.subject,
    message_id: mail.messageId ?? undefined,
    references: mail.references.join(' ') || mail.inReplyTo.join(' '),
    to: list(mail.to),
    cc: list(mail.cc),
    reply_to: answersTo(arrived, threaded),
    quoted_text: said.quoted,
    signature: said.signature,
    automatic: automatic ?? undefined,
    threaded_by: threaded.by,
    text_mark: markOf(arrived, threaded.answers, said),
    spf: trust.spf,
    dkim: trust.dkim,
    dmarc: trust.dmarc,
    arc: trust.arc,
    sender: proofOf(trust),
    html: html ?? undefined,
    skipped: [...mail.skipped, ...(html === null ? ['html'] : [])].join(', '),
  };
  const told = Object.entries(all).flatMap(([name, value]) =>
    value ? [[name, value.slice(0, contentLimits.textMax)] as const] : [],
  );
  return Object.fromEntries(told);
}

const find = ({ mail, trust }: ArrivedMail, sender: string, { token_secret }: EmailSettings): Threaded =>
  threadOf(mail, sender, proofOf(trust), { secret: token_secret });

type Machine = Automatic | 'repeating' | 'at-once';

function machineOf(
  arrived: ArrivedMail,
  { answers }: Threaded,
  said: Said,
  settings: EmailSettings,
): Machine | null {
  const { mail, returnPath, receivedAt } = arrived;
  const automatic = automaticOf(mail, { returnPath, ownMarks: [loopMark(settings.token_secret)] });
  if (automatic || !answers) return automatic;
  const { text, atOnce } = readMark(markOf(arrived, answers, said));
  if (atOnce >= AT_ONCE_MAX) return 'at-once';
  const age = ageOf(answers, receivedAt);
  return text !== '' && text === readMark(answers.mark).text && age < REPEAT_WITHIN_MS ? 'repeating' : null;
}

/** Milliseconds since the mail of ours was made. */
const ageOf = ({ key }: OwnId, receivedAt: number): number => receivedAt - (timeOfKey(key) ?? -Infinity);

/** What our answer's id will say of this mail, so that the next one can be compared with it. */
function markOf({ receivedAt }: ArrivedMail, answers: OwnId | null, said: Said): string {
  const isAtOnce = answers !== null && ageOf(answers, receivedAt) < AT_ONCE_MS;
  const atOnce = isAtOnce ? readMark(answers.mark).atOnce + 1 : 0;
  return writeMark({ text: textMark(said.reply), atOnce });
}

const isOwn = (address: string, { address: own, also_addresses }: EmailSettings): boolean =>
  [own, ...also_addresses].some((one) => sameAddress(withoutPlus(address), one));

/** Buttons put a signed reference into the mail that they open: it leads back, and is nobody's words. */
function withoutRef(said: Said, { token_secret }: EmailSettings): Said & { thread: string | null } {
  const match = /\bref:([A-Za-z0-9_~-]{13,412})/.exec(
    `${said.reply.slice(0, 20_000)}\n${said.signature.slice(0, 2_000)}`,
  );
  const thread = match ? threadOfToken(match[1]!, { secret: token_secret }) : null;
  if (!match || !thread) return { ...said, thread: null };
  const clean = (text: string): string =>
    text
      .replace(match[0], '')
      .replace(/\n+--\s*$/, '')
      .trim();
  const content = said.content.flatMap((piece): Content[] => {
    if (piece.type !== 'text') return [piece];
    const text = clean(piece.text);
    return text === '' ? [] : [{ ...piece, text }];
  });
  return { ...said, reply: clean(said.reply), signature: clean(said.signature), content, thread };
}

/** The same mail has the same key, whichever way it comes; another mail cannot take its place by its Message-ID alone. */
function keyOf(mail: Mail, raw: Uint8Array): string {
  const hash = createHash('sha256');
  if (mail.messageId === null) return `x:${hash.update(raw).digest('base64url')}`;
  const basis = [
    mail.messageId,
    mail.from?.address ?? '',
    mail.sentAt ?? '',
    mail.subject,
    textMark(mail.text ?? mail.html ?? ''),
  ];
  return `m:${hash.update(JSON.stringify(basis)).digest('base64url')}`;
}

function ignored(key: string, reason: string): InboundEvent {
  return { kind: 'ignored', event_key: key, reason };
}

function probeEvent(nonce: string, { thread }: Threaded): InboundEvent {
  const isHome = thread === threadOfProbe(nonce);
  return ignored(
    eventKeyOfProbe(nonce, isHome),
    `our test mail, ${isHome ? 'in' : 'out of'} its conversation`,
  );
}

const STATUSES: Readonly<Record<string, ReceiptStatus>> = {
  failed: 'failed',
  delivered: 'delivered',
  relayed: 'sent',
  expanded: 'sent',
  displayed: 'read',
};

/** A report about a mail of ours becomes a receipt; null for everything else, reports about other mails included. */
function reportEvents(arrived: ArrivedMail, key: string, settings: EmailSettings): InboundEvent[] | null {
  const { mail, returnPath } = arrived;
  if (mail.report?.kind === 'complaint') return complaintEvents(mail, key, settings);
  const isBounce = automaticOf(mail, { returnPath, ownMarks: [] }) === 'bounce';
  if (!mail.report && !isBounce) return null;
  const about = aboutOf(mail, isBounce, settings);
  if (!about) return null;
  const failed = headerOf(mail.headers, 'x-failed-recipients');
  const told = mail.report?.recipients ?? [];
  const recipients =
    told.length > 0
      ? told
      : [{ address: failed, action: 'failed', status: statusIn(mail.text), diagnostic: null }];
  return recipients
    .slice(0, 20)
    .map((recipient, at) => receiptOf(recipient, `${key}:${at}`, { ...about, mail }));
}

interface About {
  id: string;
  own: OwnId;
  thread: string;
}

/** The mail of ours that a report is about: named by it, answered by it, or, in bounces of older servers, copied into its text. */
function aboutOf(mail: Mail, isBounce: boolean, { token_secret }: EmailSettings): About | null {
  const named = [mail.report?.originalId ?? '', ...mail.inReplyTo, ...mail.references.toReversed()];
  const copied = isBounce ? [...(mail.text ?? '').slice(0, 100_000).matchAll(OWN_ID)].map(([id]) => id) : [];
  for (const id of [...named, ...copied]) {
    const own = readOwnId(id);
    const thread = own && threadOfToken(own.token, { secret: token_secret });
    if (own && thread) return { id, own, thread };
  }
  return null;
}
const OWN_ID = /[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_~-]{13,412}(?:\.[A-Za-z0-9]{1,16})?\.parley@[\w.-]{1,253}/g;
const statusIn = (text: string | null): string | null =>
  /\b([45]\.\d{1,3}\.\d{1,3})\b/.exec((text ?? '').slice(0, 20_000))?.[1] ?? null;

/** What servers write for people below the address, where they give no diagnostic: Exim does. */
function reasonIn(text: string | null, address: string | null): string | null {
  if (address === null) return null;
  const lines = (text ?? '').slice(0, 20_000).split(/\r?\n/);
  const at = lines.findIndex((line) => line.trim().toLowerCase().replace(/[<>:]/g, '') === address);
  if (at < 0) return null;
  const below = lines.slice(at + 1, at + 6);
  const end = below.findIndex((line) => !/^\s+\S/.test(line));
  const reason = below
    .slice(0, end < 0 ? undefined : end)
    .map((line) => line.trim())
    .join(' ');
  return reason === '' ? null : reason;
}

function receiptOf(
  { address, action, status, diagnostic }: ReportedRecipient,
  key: string,
  { id, own, thread, mail }: About & { mail: Mail },
): InboundEvent {
  const receipt = STATUSES[action];
  if (!receipt)
    return ignored(
      key,
      `a report that the mail to ${address === null ? 'somebody' : 'its recipient'} is ${action.slice(0, 40)}`,
    );
  const words = [
    diagnostic ?? reasonIn(mail.text, address) ?? mail.subject,
    address === null ? '' : `(${address})`,
  ]
    .filter(Boolean)
    .join(' ');
  return {
    kind: 'receipt',
    event_key: key,
    thread,
    ...(mail.sentAt !== null && { sent_at: mail.sentAt }),
    provider_ref: id,
    key: own.key.slice(0, 128),
    status: receipt,
    ...(receipt === 'failed' && {
      error: { name: 'email', code: status ?? 'bounce', message: words.slice(0, 1_000) },
    }),
  };
}

/** Somebody marked a mail of ours as spam: they want no more of them. Believed only for a mail that is really ours. */
function complaintEvents(mail: Mail, key: string, settings: EmailSettings): InboundEvent[] {
  const own = readOwnId(mail.report?.originalId ?? '');
  const thread = own && threadOfToken(own.token, { secret: settings.token_secret });
  const address = mail.report?.recipients[0]?.address;
  if (!thread || !address) return [ignored(key, 'a complaint about a mail that is not ours')];
  return [
    {
      kind: 'message',
      event_key: key,
      thread,
      from: { kind: 'email', value: address },
      provider_id: (mail.messageId ?? key).slice(0, 512),
      content: [{ type: 'text', text: 'Marked as spam at the mail provider.' }],
      consent: 'opted-out',
      automatic: true,
      metadata: { automatic: 'complaint', subject: mail.subject.slice(0, 998) },
    },
  ];
}
