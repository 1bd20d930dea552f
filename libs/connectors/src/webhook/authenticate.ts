import type { HookRequest, Verdict } from '../connector.js';
import { verifyWebhook } from '../shared/standard-webhooks.js';
import type { WebhookSettings } from './manifest.js';

/** Whether the sender has signed exactly these bytes with the current or the previous inbound secret. */
export function authenticate(request: HookRequest, settings: WebhookSettings): Verdict {
  const { inbound_secret, inbound_secret_previous } = settings;
  return verifyWebhook(
    request,
    inbound_secret_previous ? [inbound_secret, inbound_secret_previous] : [inbound_secret],
  );
}
