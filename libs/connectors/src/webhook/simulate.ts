import { createHash } from 'node:crypto';
import type { HookRequest, SimulatedMessage } from '../connector.js';
import { signWebhook } from '../shared/standard-webhooks.js';
import type { WebhookSettings } from './manifest.js';

/** A message as the sender would post it. */
export function simulate(
  { from, text }: SimulatedMessage,
  settings: WebhookSettings,
  now: number,
): HookRequest {
  const digest = createHash('sha256').update(`${from} ${text}`).digest('hex').slice(0, 12);
  const id = `simulated-${now}-${digest}`;
  const body = JSON.stringify({ type: 'message', id, from: { kind: 'external', value: from }, text });
  return {
    method: 'POST',
    url: 'https://parley.invalid/hooks/webhook',
    query: {},
    headers: {
      'content-type': 'application/json',
      ...signWebhook({ id, now, body }, [settings.inbound_secret]),
    },
    body: Buffer.from(body),
    receivedAt: now,
  };
}
