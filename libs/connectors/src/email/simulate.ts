import { createHash } from 'node:crypto';
import type { HookRequest, SimulatedMessage } from '../connector.js';
import { signWebhook } from '../shared/standard-webhooks.js';
import type { EmailSettings } from './manifest.js';

/** A mail as somebody's program would write it, posted as it is. */
export function simulate(
  { from, text }: SimulatedMessage,
  settings: EmailSettings,
  now: number,
): HookRequest {
  const id = createHash('sha256').update(`${from}\n${text}\n${now}`).digest('hex').slice(0, 24);
  const address = from.replace(/[\r\n<>]/g, '');
  const body = [
    `From: <${address}>`,
    `To: <${settings.address}>`,
    `Subject: ${settings.subject}`,
    `Message-ID: <${id}@simulated.invalid>`,
    `Date: ${new Date(now).toUTCString()}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n'),
    '',
  ].join('\r\n');
  return {
    method: 'POST',
    url: 'https://parley.invalid/hooks/email/simulated',
    query: {},
    headers: { 'content-type': 'message/rfc822', ...signWebhook({ id, now, body }, [settings.hook_secret]) },
    body: Buffer.from(body),
    receivedAt: now,
  };
}
