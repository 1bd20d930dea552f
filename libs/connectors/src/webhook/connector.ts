import type { Connector } from '../connector.js';
import { authenticate } from './authenticate.js';
import { check } from './check.js';
import { decode } from './decode.js';
import { deliver, lookup } from './deliver.js';
import { manifest, type WebhookSettings } from './manifest.js';
import { plan } from './plan.js';
import { simulate } from './simulate.js';

/** Bring your own channel: JSON in both directions, signed by Standard Webhooks. */
export const connector: Connector<WebhookSettings> = {
  manifest,
  webhook: { authenticate, decode, isPatient: (settings) => settings.sends_again },
  // A message without a thread is on that of its sender's address.
  outbound: { plan, threadOf: ({ value }) => value, deliver, lookup, lookupSettleMs: 2_000 },
  check,
  simulate,
};
