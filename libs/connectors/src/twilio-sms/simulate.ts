import { createHash } from 'node:crypto';
import type { HookRequest, SimulatedMessage } from '../connector.js';
import { readForm, writeForm } from '../shared/form.js';
import { toE164 } from '../shared/sms/phone.js';
import type { TwilioSmsSettings } from './manifest.js';
import { calledUrl, signatureOf } from './signature.js';

/** An SMS as Twilio would post it. */
export function simulate(
  { from, text }: SimulatedMessage,
  settings: TwilioSmsSettings,
  now: number,
): HookRequest {
  const sid = `SM${createHash('md5').update(`${from} ${text} ${now}`).digest('hex')}`;
  const url = 'https://parley.invalid/hooks/twilio-sms';
  const body = writeForm({
    ToCountry: '',
    SmsMessageSid: sid,
    NumMedia: '0',
    SmsSid: sid,
    SmsStatus: 'received',
    Body: text,
    To: settings.from ?? '+15005550006',
    MessagingServiceSid: settings.messaging_service_sid,
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: settings.account_sid,
    From: toE164(from),
    ApiVersion: '2010-04-01',
  });
  const signature = signatureOf(calledUrl(url, settings.public_url), readForm(body), settings.auth_token);
  return {
    method: 'POST',
    url,
    query: {},
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    body: Buffer.from(body),
    receivedAt: now,
  };
}
