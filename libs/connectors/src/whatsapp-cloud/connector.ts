import type { Connector } from '../connector.js';
import { authenticate } from './authenticate.js';
import { decode } from './decode.js';
import { deliver, refuses, typing } from './deliver.js';
import { manifest, type WhatsAppCloudSettings } from './manifest.js';
import { fetchMedia } from './media.js';
import { plan } from './plan.js';
import { check, install, simulate } from './set-up.js';

/** WhatsApp through Meta's Cloud API. */
export const connector: Connector<WhatsAppCloudSettings> = {
  manifest,
  webhook: { authenticate, decode },
  outbound: {
    plan,
    refuses,
    threadOf: ({ kind, value }) => (kind === 'phone' ? value : null),
    deliver,
  },
  media: { fetch: fetchMedia },
  typing,
  check,
  install,
  simulate,
};
