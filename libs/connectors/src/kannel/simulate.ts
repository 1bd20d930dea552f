import { createHash } from 'node:crypto';
import type { HookRequest, SimulatedMessage } from '../connector.js';
import { writeForm } from '../shared/form.js';
import { toE164 } from '../shared/sms/phone.js';
import type { KannelSettings } from './manifest.js';

/** An SMS as Kannel would call `get-url`. */
export function simulate(
  { from, text }: SimulatedMessage,
  settings: KannelSettings,
  now: number,
): HookRequest {
  const query = {
    secret: settings.hook_secret,
    from: toE164(from, settings.country),
    to: settings.from,
    text,
    id: createHash('sha256').update(`${from} ${text} ${now}`).digest('hex').slice(0, 32),
    time: String(Math.floor(now / 1_000)),
    coding: '0',
    charset: 'UTF-8',
  };
  return {
    method: 'GET',
    url: `https://parley.invalid/hooks/kannel?${writeForm(query)}`,
    query,
    headers: { 'user-agent': 'Kannel/1.4.5' },
    body: new Uint8Array(),
    receivedAt: now,
  };
}
