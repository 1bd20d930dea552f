import { fault } from '#libs/faults';
import type { Destination, Io, Part, Receipt } from '../connector.js';
import { writeForm } from '../shared/form.js';
import { encodingOf } from '../shared/sms/segments.js';
import { numberOf, readySms } from '../shared/sms/text-for-phone.js';
import { callVonage, faultOfAnswer, faultOfVonage, jsonOf } from './call.js';
import type { VonageSmsSettings } from './manifest.js';
import { SendAnswer } from './wire.js';

/**
 * One `POST /sms/json`. The key goes along as `client-ref` and comes back in receipts; the reference is that of the last segment.
 *
 * @throws the faults of {@link faultOfVonage} and {@link faultOfAnswer}; `channel/outcome-unknown` for a 200 that says neither yes nor no
 */
export async function deliver(
  part: Part,
  to: Destination,
  key: string,
  io: Io<VonageSmsSettings>,
): Promise<Receipt> {
  const { api_key, api_secret, from } = io.settings;
  const { text } = await readySms(part, io);
  const body = writeForm({
    api_key,
    api_secret,
    from: withoutPlus(from),
    to: withoutPlus(numberOf(to)),
    text,
    type: encodingOf(text) === 'ucs-2' ? 'unicode' : 'text',
    'client-ref': key,
    'status-report-req': 'true',
    callback: io.hookUrl,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await callVonage(io, '/sms/json', { method: 'POST', headers, body });
  if (answer.status < 200 || answer.status > 299) throw faultOfVonage(answer, io.now());
  return receiptOf(jsonOf(answer), answer.body.length);
}

function receiptOf(json: unknown, bytes: number): Receipt {
  const answer = SendAnswer.safeParse(json);
  const refusal = answer.success ? faultOfAnswer(answer.data) : null;
  if (refusal) throw refusal;
  const providerRef = answer.data?.messages.at(-1)?.['message-id'];
  if (providerRef !== undefined) return { providerRef };
  throw fault('channel/outcome-unknown', {
    detail: 'Vonage answered without the id of a message.',
    facts: { bytes },
  });
}

const withoutPlus = (number: string): string => number.replace(/^\+/, '');
