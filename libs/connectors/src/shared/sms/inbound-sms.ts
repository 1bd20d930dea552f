import type { Content, InboundMessage } from '#libs/model';
import { keywordOf, type Keyword, type KeywordSettings } from './keywords.js';
import { phoneAddress, toE164 } from './phone.js';

/** A message of a phone, as a provider reports it. */
export interface ReceivedSms {
  /** The provider's id of the message, or one derived from it. */
  id: string;
  from: string;
  to: string;
  /** A part of a long message may begin or end with half a surrogate pair. */
  text: string;
  media?: readonly Content[];
  /** ISO 8601. */
  sentAt?: string | undefined;
  /** Which part of a long message it is. */
  part?: { ref: string; part: number; total: number } | null;
  /** What the provider says the message is, where it knows. */
  keyword?: Keyword | null;
}

/**
 * A message of a phone as an event: STOP and START become consent, in the conversation of the sender's number.
 *
 * @returns null when it says nothing
 */
export function inboundSms(
  { id, from, to, text, media = [], sentAt, part, keyword }: ReceivedSms,
  settings: KeywordSettings & { country?: string | undefined },
): InboundMessage | null {
  const address = phoneAddress(from, settings.country);
  const isPart = part && part.total > 1 && part.part >= 1 && part.part <= part.total;
  const { whole, halves } = isPart
    ? splitHalves(text)
    : { whole: text.replace(/\p{Surrogate}/gu, '\ufffd'), halves: undefined };
  const isBlank = isPart ? whole === '' : whole.trim() === '';
  const content: Content[] = [...(isBlank ? [] : [{ type: 'text' as const, text: whole }]), ...media];
  if (content.length === 0 || address.value === '') return null;
  const word = part || media.length > 0 ? null : (keyword ?? keywordOf(whole, settings));
  const consent = word === 'stop' ? 'opted-out' : word === 'start' ? 'opted-in' : null;
  return {
    kind: 'message',
    event_key: id,
    provider_id: id,
    thread: address.value,
    from: address,
    content,
    ...(sentAt !== undefined && { sent_at: sentAt }),
    ...(consent && { consent }),
    ...(isPart && {
      join: {
        of: `${part.ref}/${part.total}`,
        part: part.part,
        total: part.total,
        ...(halves && { halves }),
      },
    }),
    metadata: { to: toE164(to, settings.country), ...(word && { keyword: word }) },
  };
}

/** Networks and phones cut UCS-2 by bytes, also within a sign of two code units, such as an emoji. */
function splitHalves(text: string): {
  whole: string;
  halves: { first?: number; last?: number } | undefined;
} {
  const first = /^[\udc00-\udfff]/.exec(text)?.[0];
  const last = /[\ud800-\udbff]$/.exec(text)?.[0];
  const whole = text.slice(first ? 1 : 0, last ? -1 : undefined).replace(/\p{Surrogate}/gu, '\ufffd');
  if (!first && !last) return { whole, halves: undefined };
  return {
    whole,
    halves: {
      ...(first && { first: first.charCodeAt(0) }),
      ...(last && { last: last.charCodeAt(0) }),
    },
  };
}
