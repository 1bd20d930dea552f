import type { Content, InboundMessage } from '#libs/model';
import { keywordOf, type Keyword, type KeywordSettings } from './keywords.js';
import { phoneAddress, toE164 } from './phone.js';

/** A message of a phone, as a provider reports it. */
export interface ReceivedSms {
  /** The provider's id of the message, or one derived from it. */
  id: string;
  from: string;
  to: string;
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
  const content: Content[] = [...(text.trim() === '' ? [] : [{ type: 'text' as const, text }]), ...media];
  if (content.length === 0 || address.value === '') return null;
  const word = part || media.length > 0 ? null : (keyword ?? keywordOf(text, settings));
  const consent = word === 'stop' ? 'opted-out' : word === 'start' ? 'opted-in' : null;
  const isPart = part && part.total > 1 && part.part >= 1 && part.part <= part.total;
  return {
    kind: 'message',
    event_key: id,
    provider_id: id,
    thread: address.value,
    from: address,
    content,
    ...(sentAt !== undefined && { sent_at: sentAt }),
    ...(consent && { consent }),
    ...(isPart && { join: { of: `${part.ref}/${part.total}`, part: part.part, total: part.total } }),
    metadata: { to: toE164(to, settings.country), ...(word && { keyword: word }) },
  };
}
