import type { Address } from '#libs/model';
import type { Destination, Io, Part, Refusal } from '../../connector.js';
import { SmsBody } from './plan-sms.js';
import { isReachable } from './phone.js';

/** What is sent: the text with links that the phone can open, and files for MMS. */
export interface ReadySms {
  text: string;
  media: string[];
}

/**
 * Makes links of the files that a part speaks of.
 *
 * @param canMms  whether the provider takes files; else their links are written behind the text
 * @throws what `io.linkTo` throws
 */
export async function readySms(
  part: Part,
  io: Pick<Io<unknown>, 'linkTo'>,
  canMms = false,
): Promise<ReadySms> {
  const body = SmsBody.parse(part.body);
  let { text } = body;
  for (const link of body.links) text = text.replaceAll(link, await io.linkTo(link));
  const media = await Promise.all(
    body.media.map(async (url) => (url.startsWith('media:') ? io.linkTo(url) : url)),
  );
  if (canMms) return { text, media };
  return { text: [text, ...media].filter((line) => line !== '').join('\n'), media: [] };
}

/** The number that a message goes to. */
export const numberOf = (to: Destination): string => to.address?.value ?? to.thread;

/** The thread of a phone number: all that is said with it. Null for other addresses, and for senders with a name. */
export function phoneThread({ kind, value }: Address): string | null {
  return kind === 'phone' && isReachable(value) ? value : null;
}

/** Why an SMS cannot go there at all. */
export function refusesAddress(to: Destination): Refusal | null {
  const isPhone = to.address === null || to.address.kind === 'phone';
  if (isPhone && isReachable(numberOf(to))) return null;
  return {
    code: 'not-a-phone-number',
    reason:
      'An SMS goes to a number with its country code, like +4915112345678, or to a short code; senders with a name cannot be answered.',
  };
}
