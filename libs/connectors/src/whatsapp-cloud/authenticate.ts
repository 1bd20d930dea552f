import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HookRequest, Verdict } from '../connector.js';
import type { WhatsAppCloudSettings } from './manifest.js';

/**
 * Posts are signed with the app's secret over the exact bytes; the set-up request is a GET that must know the verify token.
 *
 * @see https://developers.facebook.com/docs/graph-api/webhooks/getting-started (read 2026-11-21)
 */
export function authenticate(request: HookRequest, settings: WhatsAppCloudSettings): Verdict {
  if (request.method === 'GET') return authenticateSetUp(request, settings);
  const header = request.headers['x-hub-signature-256'];
  if (header === undefined) return { genuine: false, reason: 'no x-hub-signature-256' };
  const expected = createHmac('sha256', settings.app_secret).update(request.body).digest('hex');
  return isSame(header, `sha256=${expected}`)
    ? { genuine: true }
    : { genuine: false, reason: 'the signature does not fit' };
}

function authenticateSetUp({ query, body }: HookRequest, settings: WhatsAppCloudSettings): Verdict {
  if (query['hub.mode'] !== 'subscribe' || body.length > 0)
    return { genuine: false, reason: 'a GET that is no set-up request' };
  return isSame(query['hub.verify_token'] ?? '', settings.verify_token)
    ? { genuine: true }
    : { genuine: false, reason: 'the verify token does not fit' };
}

/** In constant time for texts of the same length. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
