import { fault } from '#libs/faults';
import type { Destination, Io, Part, Receipt } from '../connector.js';
import { writeForm } from '../shared/form.js';
import { numberOf, readySms } from '../shared/sms/text-for-phone.js';
import { callTwilio, faultOfTwilio, formPost, jsonOf } from './call.js';
import type { TwilioSmsSettings } from './manifest.js';
import { calledUrl } from './signature.js';
import { SendAnswer } from './wire.js';

/**
 * One `POST /Messages`. The key stands in the address for status reports, so that one settles a send whose answer was lost.
 *
 * @throws the faults of {@link faultOfTwilio}; `channel/outcome-unknown` for a 2xx without the id of a message
 */
export async function deliver(
  part: Part,
  to: Destination,
  key: string,
  io: Io<TwilioSmsSettings>,
): Promise<Receipt> {
  const { from, messaging_service_sid, mms, public_url } = io.settings;
  const { text, media } = await readySms(part, io, mms);
  const body = writeForm({
    To: numberOf(to),
    From: from,
    MessagingServiceSid: messaging_service_sid,
    Body: text === '' ? undefined : text,
    MediaUrl: media,
    StatusCallback: io.hookUrl && statusUrl(io.hookUrl, public_url, key),
  });
  const answer = await callTwilio(io, 'Messages.json', formPost(body));
  if (answer.status < 200 || answer.status > 299) throw faultOfTwilio(answer, io.now());
  const sent = SendAnswer.safeParse(jsonOf(answer));
  if (sent.success) return { providerRef: sent.data.sid };
  throw fault('channel/outcome-unknown', {
    detail: 'Twilio answered 2xx without the id of a message.',
    facts: { status: answer.status, bytes: answer.body.length },
  });
}

function statusUrl(hookUrl: string, publicUrl: string | undefined, key: string): string {
  const url = new URL(calledUrl(hookUrl, publicUrl));
  url.searchParams.set('key', key);
  return url.href;
}
