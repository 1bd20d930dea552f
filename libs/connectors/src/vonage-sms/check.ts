import { toFault } from '#libs/faults';
import type { Check, Io } from '../connector.js';
import { writeForm } from '../shared/form.js';
import { senderKind } from '../shared/sms/phone.js';
import { basicAuth, callVonage, faultOfVonage, jsonOf } from './call.js';
import type { VonageSmsSettings } from './manifest.js';
import { Balance, Numbers } from './wire.js';

/** Reads the balance of the account: key, secret and funds in one call. Sends nothing to anyone. */
export async function check(io: Io<VonageSmsSettings>): Promise<Check> {
  const { api_key, api_secret } = io.settings;
  try {
    const answer = await callVonage(io, `/account/get-balance?${writeForm({ api_key, api_secret })}`);
    if (answer.status !== 200) throw faultOfVonage(answer, io.now());
    const { value } = Balance.parse(jsonOf(answer) ?? {});
    if (value !== undefined && value <= 0) {
      return {
        state: 'down',
        reason: 'The account at Vonage has no funds: top it up, else nothing is sent.',
      };
    }
    return { state: 'healthy', reason: 'Vonage knows the account, and it has funds.' };
  } catch (thrown) {
    const { code, detail } = toFault(thrown);
    if (code === 'channel/credentials') {
      const reason =
        'Vonage refuses the API key or secret: copy both again from the front page of the dashboard.';
      return { state: 'down', reason, fields: { api_secret: reason } };
    }
    if (code === 'channel/throttled') return { state: 'degraded', reason: 'Vonage asks to slow down.' };
    return { state: 'down', reason: `Vonage cannot be asked: ${detail} Nothing goes out until it answers.` };
  }
}

/**
 * Sets the inbound webhook of the number.
 *
 * @throws Fault as `deliver`
 */
export async function install(publicHookUrl: string, io: Io<VonageSmsSettings>): Promise<string> {
  const msisdn = io.settings.from.replace(/^\+/, '');
  const byHand = `enter ${publicHookUrl} as its inbound webhook in the dashboard.`;
  if (senderKind(io.settings.from) === 'name')
    return `Nobody can answer ${io.settings.from}: there is nothing to set up.`;
  const query = writeForm({ pattern: msisdn, search_pattern: '0' });
  const found = await callVonage(io, `/account/numbers?${query}`, { headers: basicAuth(io.settings) });
  if (found.status !== 200) throw faultOfVonage(found, io.now());
  const { numbers } = Numbers.parse(jsonOf(found) ?? {});
  const number = numbers.find((one) => one.msisdn === msisdn);
  if (!number) return `${io.settings.from} is not a number of this account: ${byHand}`;
  const body = writeForm({ country: number.country, msisdn, moHttpUrl: publicHookUrl });
  const headers = { ...basicAuth(io.settings), 'content-type': 'application/x-www-form-urlencoded' };
  const set = await callVonage(io, '/number/update', { method: 'POST', headers, body });
  if (set.status !== 200) throw faultOfVonage(set, io.now());
  return `Messages to ${io.settings.from} come to ${publicHookUrl} now.`;
}
