import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { plusOf } from './addresses.js';
import type { Mail } from './mail.js';

/**
 * How mails find their conversation, in this order:
 *
 * 1. **Our own Message-ID** in `In-Reply-To` or `References` (newest first): it carries the conversation's thread, signed, so
 *    it cannot be made up. Whoever has it got our mail: a reply from another address of the person, or from a colleague who
 *    was in copy, stays in the conversation.
 * 2. **The token in the address** written to (`support+…@shop.example`), which is the same token: for programs that drop headers.
 * 3. **The first reference** (else `In-Reply-To`, else the mail's own id), together with the sender's address: two mails of
 *    one person in one thread meet, and nobody gets into the conversation of somebody else by naming its ids. How sure it is
 *    who the sender is belongs to it too: mails that prove it, mails that prove nothing and mails whose sender is proved false
 *    never meet by a reference.
 * 4. **The subject and the sender**, for an answer ("Re: …") that names no mail at all: with others of its like, never with
 *    mails that have headers. People send the same subject twice, so a subject alone says too little.
 *
 * A changed subject, cc and several recipients change nothing: headers say what is answered. A forwarded mail names the ids of
 * other people's mails and so begins a conversation of its own.
 */
export interface ThreadSecrets {
  /** Signs tokens; of the channel, never shown. */
  secret: string;
}

const TOKEN = /^([A-Za-z0-9_-]{22}|~[A-Za-z0-9_-]{1,400})([A-Za-z0-9_-]{11})$/;
const THREAD = /^t:([A-Za-z0-9_-]{22})$/;

/** The thread for a root id and a sender, and how sure it is who the sender is: the same three always have the same one. */
export function threadFor(root: string, sender: string, proof: string): string {
  const basis = `${root.trim()}\n${sender.toLowerCase()}\n${proof}`;
  return `t:${createHash('sha256').update(basis).digest().subarray(0, 16).toString('base64url')}`;
}

/** The token by which replies name a thread: 33 characters for threads that began with a mail, longer for others. */
export function tokenOf(thread: string, { secret }: ThreadSecrets): string {
  const id = THREAD.exec(thread)?.[1] ?? `~${Buffer.from(thread).toString('base64url')}`;
  return `${id}${sign(id, secret)}`;
}

/** The thread that a token names; null when it is not ours. */
export function threadOfToken(token: string, { secret }: ThreadSecrets): string | null {
  const match = TOKEN.exec(token);
  if (!match) return null;
  const [, id = '', signature = ''] = match;
  const isOurs = timingSafeEqual(Buffer.from(signature), Buffer.from(sign(id, secret)));
  if (!isOurs) return null;
  return id.startsWith('~') ? Buffer.from(id.slice(1), 'base64url').toString() : `t:${id}`;
}

/** 64 bits are enough for what cannot be tried out offline, and short enough for a mailbox name. */
function sign(id: string, secret: string): string {
  return createHmac('sha256', secret)
    .update(`parley-mail-thread:${id}`)
    .digest()
    .subarray(0, 8)
    .toString('base64url');
}

/** What our own Message-ID says. */
export interface OwnId {
  /** The delivery's key. */
  key: string;
  token: string;
  /** Mark of the text that the mail answered; empty for none. */
  mark: string;
}

/**
 * Our Message-ID, minted before the call: the same for every attempt of a delivery.
 *
 * @param key   letters, digits and underscores
 * @param mark  letters and digits, may be empty
 * @returns without angle brackets
 */
export function mintId({ key, token, mark }: OwnId, domain: string): string {
  return `${key}.${token}${mark === '' ? '' : `.${mark}`}.parley@${domain}`;
}

/** Reads an id of ours; null for any other. Says nothing yet about whether the token is genuine. */
export function readOwnId(id: string): OwnId | null {
  const match =
    /^([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_~-]{13,412})(?:\.([A-Za-z0-9]{1,16}))?\.parley@[^@\s]+$/.exec(
      id.trim(),
    );
  return match ? { key: match[1]!, token: match[2]!, mark: match[3] ?? '' } : null;
}

export interface Threaded {
  thread: string;
  /** By which rule: for tests and for people who wonder. */
  by: 'own-id' | 'token' | 'reference' | 'subject' | 'new';
  /** The mail of ours that this one answers; null when it does not say. */
  answers: OwnId | null;
}

/**
 * Which conversation a mail belongs to. Pure.
 *
 * @param proof  how sure it is who the sender is: `proved`, `open` or `refuted`
 */
export function threadOf(mail: Mail, sender: string, proof: string, secrets: ThreadSecrets): Threaded {
  const ids = [...mail.inReplyTo, ...mail.references.toReversed()];
  for (const id of ids) {
    const own = readOwnId(id);
    const thread = own && threadOfToken(own.token, secrets);
    if (own && thread) return { thread, by: 'own-id', answers: own };
  }
  for (const { address } of [...mail.to, ...mail.cc]) {
    const thread = threadOfToken(plusOf(address)?.split('+').at(-1) ?? '', secrets);
    if (thread) return { thread, by: 'token', answers: null };
  }
  const root = rootOf(mail);
  const subject = root === null ? answeredSubject(mail) : null;
  const basis = root ?? subject ?? mail.messageId ?? JSON.stringify([mail.subject, mail.sentAt]);
  const by = root !== null ? 'reference' : subject !== null ? 'subject' : 'new';
  return { thread: threadFor(basis, sender, proof), by, answers: null };
}

/** The subject that an answer without headers answers; null for a mail that is none, and for a subject that says nothing. */
function answeredSubject({ subject }: Pick<Mail, 'subject'>): string | null {
  const base = baseSubject(subject);
  const isAnswer =
    base !== subject.trim() && !/^\s*(?:fwd?|wg|tr|rv|enc|转发|轉寄|пересл)\s*[:：]/iu.test(subject);
  // No id of a mail has a blank in it: the two cannot be taken for one another.
  return isAnswer && base.length >= 4 ? `subject ${base.toLowerCase()}` : null;
}

/** The mail that began the thread, as far as this mail knows; null when it answers nothing. */
export function rootOf({ references, inReplyTo }: Pick<Mail, 'references' | 'inReplyTo'>): string | null {
  return references.find(isTelling) ?? inReplyTo.find(isTelling) ?? null;
}

/** Asked for a Message-ID, people have answered "yes", and thousands of mails answer `<yes>`: nobody's mail has such an id. */
const isTelling = (id: string): boolean => /[^@]@[^@]/.test(id) || id.length >= 16;

/**
 * The References of an answer: those of the mail it answers and that mail's own id, cut in the middle where they would get too
 * long; the first one is what threads begin with.
 *
 * @see RFC 5322 §3.6.4 (read 2026-11-21)
 */
export function referencesFor(parent: { references: readonly string[]; messageId: string }): string[] {
  const all = [...new Set([...parent.references, parent.messageId])];
  return all.length <= 12 ? all : [all[0]!, ...all.slice(-11)];
}

/** The subject without the signs of answers and forwards, for comparing. */
export function baseSubject(subject: string): string {
  let text = subject.trim();
  for (let before = ''; before !== text;) {
    before = text;
    text = text
      .replace(
        /^\s*(?:\[[^\]]{1,60}\]\s*)?(?:(?:re|aw|sv|antw|vs|odp|rv|res|fwd?|wg|tr|rif|r|ynt|yön|İlt|ילנ|回复|回覆|答复|轉寄|转发|ref|antwort|réf|enc|пересл|отв)(?:\[\d+\]|\s*\(\d+\))?\s*[:：])\s*/iu,
        '',
      )
      .trim();
  }
  return text;
}
