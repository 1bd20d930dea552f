import { fault, toFault } from '#libs/faults';
import type { Check, Destination, EgressResponse, Io, Part, Receipt } from '../connector.js';
import { faultOfStatus } from '../shared/fault-of-status.js';
import { writeForm } from '../shared/form.js';
import { encodingOf } from '../shared/sms/segments.js';
import { numberOf, readySms } from '../shared/sms/text-for-phone.js';
import { proofOf } from './authenticate.js';
import type { KannelSettings } from './manifest.js';
import { DLR_MASK } from './wire.js';

/** 0: accepted · 3: queued for later. */
const ACCEPTED = /^\s*[03]:/;

/**
 * One call of `sendsms`. Kannel gives out no ids: the reference is the key, which the address for delivery reports brings back.
 *
 * @throws Fault `channel/unreachable` also for 5xx, because smsbox accepts nothing then; `channel/outcome-unknown` also for a 2xx
 *   that says neither accepted nor queued
 */
export async function deliver(
  part: Part,
  to: Destination,
  key: string,
  io: Io<KannelSettings>,
): Promise<Receipt> {
  const { text } = await readySms(part, io);
  const answer = await sendsms(io, {
    from: io.settings.from,
    to: numberOf(to),
    charset: 'UTF-8',
    text,
    coding: encodingOf(text) === 'ucs-2' ? '2' : '0',
    smsc: io.settings.smsc,
    ...(io.hookUrl !== undefined && {
      'dlr-mask': String(DLR_MASK),
      'dlr-url': dlrUrl(io.hookUrl, key, io.settings),
    }),
  });
  if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, io.now());
  if (ACCEPTED.test(answer.text())) return { providerRef: key };
  throw fault('channel/outcome-unknown', {
    detail: 'Kannel answered 2xx, and neither "0: Accepted" nor "3: Queued".',
    facts: { status: answer.status, bytes: answer.body.length },
  });
}

/** Asks `sendsms` without a receiver: it looks at user and password first, and sends nothing. */
export async function check(io: Io<KannelSettings>): Promise<Check> {
  const { host } = new URL(io.settings.sendsms_url);
  try {
    const answer = await sendsms(io, {});
    if (answer.status < 300 || answer.status === 400) {
      return { state: 'healthy', reason: `Kannel at ${host} takes messages of ${io.settings.username}.` };
    }
    throw refusalOf(answer, io.now());
  } catch (thrown) {
    const { code, detail, provider } = toFault(thrown);
    if (code === 'channel/credentials') {
      const reason = `Kannel refuses user, password or our address: ${provider?.message ?? detail}`;
      return { state: 'down', reason, fields: { password: reason } };
    }
    const reason = `Kannel at ${host} does not answer as it should: ${provider?.message || detail}`;
    return { state: 'down', reason, fields: { sendsms_url: reason } };
  }
}

/** User and password stand in the address: Kannel knows no other way. */
function sendsms(
  io: Io<KannelSettings>,
  fields: Record<string, string | undefined>,
): Promise<EgressResponse> {
  const { sendsms_url, username, password } = io.settings;
  return io.fetch(`${sendsms_url}?${writeForm({ username, password, ...fields })}`, { signal: io.signal });
}

/** Percent signs are Kannel's: what is ours in it has none. */
function dlrUrl(hookUrl: string, key: string, settings: KannelSettings): string {
  return `${hookUrl}?key=${key}&proof=${proofOf(key, settings)}&type=%d&answer=%A`;
}

function refusalOf(answer: EgressResponse, now: number): Error {
  return faultOfStatus(answer, { name: 'kannel', now, serverError: 'channel/unreachable' });
}
