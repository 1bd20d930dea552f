import { toFault } from '#libs/faults';
import type { Check, Io } from '../connector.js';
import { writeForm } from '../shared/form.js';
import { isE164 } from '../shared/sms/phone.js';
import { callTwilio, faultOfTwilio, formPost, jsonOf } from './call.js';
import type { TwilioSmsSettings } from './manifest.js';
import { calledUrl } from './signature.js';
import { Account, Numbers } from './wire.js';

/** Reads the account, and where its number sends what comes in. Sends nothing to anyone. */
export async function check(io: Io<TwilioSmsSettings>): Promise<Check> {
  try {
    const answer = await callTwilio(io, `/2010-04-01/Accounts/${io.settings.account_sid}.json`);
    if (answer.status < 200 || answer.status > 299) throw faultOfTwilio(answer, io.now());
    const { status = 'active', friendly_name = io.settings.account_sid } = Account.parse(
      jsonOf(answer) ?? {},
    );
    if (status === 'suspended' || status === 'closed') {
      const reason = `Twilio says that the account is ${status}: nothing goes out until that is settled with Twilio.`;
      return { state: 'down', reason, fields: { account_sid: `The account is ${status}` } };
    }
    return (
      (await checkNumber(io)) ?? { state: 'healthy', reason: `Twilio knows the account ${friendly_name}.` }
    );
  } catch (thrown) {
    return broken(toFault(thrown));
  }
}

/** @returns null when nothing is wrong with it, or nothing can be said */
async function checkNumber(io: Io<TwilioSmsSettings>): Promise<Check | null> {
  const { from, messaging_service_sid } = io.settings;
  if (from === undefined || !isE164(from) || messaging_service_sid !== undefined) return null;
  const numbers = await numbersOf(from, io);
  if (numbers === null) return null;
  const number = numbers.find(({ phone_number }) => phone_number === from);
  if (!number) {
    const reason = `${from} is not a number of this account: messages from it are refused.`;
    return { state: 'down', reason, fields: { from: reason } };
  }
  const wanted = io.hookUrl && calledUrl(io.hookUrl, io.settings.public_url);
  const found = (number.sms_url ?? '').split('#')[0]!;
  if (wanted === undefined || (found === wanted && !number.sms_application_sid)) return null;
  const where = number.sms_application_sid ? 'a TwiML app' : found === '' ? 'nowhere' : 'another address';
  return {
    state: 'degraded',
    reason: `Messages to ${from} go to ${where}: nothing comes in here. Install the webhook, or enter ${wanted} at the number.`,
    fields: { from: `Its messages go to ${where}` },
  };
}

async function numbersOf(from: string, io: Io<TwilioSmsSettings>) {
  const answer = await callTwilio(io, `IncomingPhoneNumbers.json?${writeForm({ PhoneNumber: from })}`);
  if (answer.status < 200 || answer.status > 299) throw faultOfTwilio(answer, io.now());
  return Numbers.safeParse(jsonOf(answer)).data?.incoming_phone_numbers ?? null;
}

/**
 * Sets where Twilio sends messages that come in: at the Messaging Service, else at the number.
 *
 * @throws Fault as `deliver`; `channel/rejected` when the number is not one of the account
 */
export async function install(publicHookUrl: string, io: Io<TwilioSmsSettings>): Promise<string> {
  const { from = '', messaging_service_sid, messaging_url, public_url } = io.settings;
  const url = calledUrl(publicHookUrl, public_url);
  if (messaging_service_sid !== undefined) {
    const fields = { InboundRequestUrl: url, InboundMethod: 'POST', UseInboundWebhookOnNumber: 'false' };
    await change(io, `/v1/Services/${messaging_service_sid}`, fields, messaging_url);
    return `Messages to the Messaging Service ${messaging_service_sid} come to ${url} now.`;
  }
  const number = (await numbersOf(from, io))?.find(({ phone_number }) => phone_number === from);
  if (!number) return `${from} is not a number of this account: enter ${url} where its messages are set up.`;
  await change(io, `IncomingPhoneNumbers/${number.sid}.json`, {
    SmsUrl: url,
    SmsMethod: 'POST',
    SmsApplicationSid: '',
  });
  return `Messages to ${from} come to ${url} now.`;
}

async function change(
  io: Io<TwilioSmsSettings>,
  path: string,
  fields: Record<string, string>,
  base?: string,
): Promise<void> {
  const answer = await callTwilio(io, path, formPost(writeForm(fields)), base);
  if (answer.status < 200 || answer.status > 299) throw faultOfTwilio(answer, io.now());
}

function broken({ code, detail, provider }: ReturnType<typeof toFault>): Check {
  const said = provider ? `${provider.message} (${provider.code})` : detail;
  if (code === 'channel/credentials' || code === 'channel/rejected') {
    const reason = `Twilio refuses account SID or token: ${said} Copy both again from the front page of the console.`;
    return { state: 'down', reason, fields: { auth_token: said } };
  }
  if (code === 'channel/throttled') return { state: 'degraded', reason: `Twilio asks to slow down: ${said}` };
  return { state: 'down', reason: `Twilio cannot be asked: ${said} Nothing goes out until it answers.` };
}
