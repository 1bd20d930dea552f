import { createHash } from 'node:crypto';
import type { HookRequest, SimulatedMessage } from '../connector.js';
import { writeForm } from '../shared/form.js';
import { toE164 } from '../shared/sms/phone.js';
import type { VonageSmsSettings } from './manifest.js';
import { signatureOf } from './signature.js';

/** An SMS as Vonage would post it. */
export function simulate(
  { from, text }: SimulatedMessage,
  settings: VonageSmsSettings,
  now: number,
): HookRequest {
  const id = createHash('sha256').update(`${from} ${text} ${now}`).digest('hex').toUpperCase();
  const fields = {
    'api-key': settings.api_key,
    msisdn: toE164(from).replace(/^\+/, ''),
    to: settings.from.replace(/^\+/, ''),
    messageId: id.slice(0, 16),
    text,
    type: 'text',
    keyword: (text.trim().split(/\s+/)[0] ?? '').toUpperCase(),
    'message-timestamp': new Date(now).toISOString().slice(0, 19).replace('T', ' '),
    timestamp: String(Math.floor(now / 1_000)),
    nonce: id.slice(16, 48).toLowerCase(),
  };
  return {
    method: 'POST',
    url: 'https://parley.invalid/hooks/vonage-sms',
    query: {},
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(writeForm({ ...fields, sig: signatureOf(fields, settings).toUpperCase() })),
    receivedAt: now,
  };
}
