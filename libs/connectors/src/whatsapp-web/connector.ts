import type { Connector } from '../connector.js';
import { onlyOverConnection } from './deliver.js';
import { manifest, type WhatsAppWebSettings } from './manifest.js';
import { open } from './open.js';
import { plan } from './plan.js';

/** An ordinary WhatsApp account, linked as WhatsApp Web. Unofficial; see the README. */
export const connector: Connector<WhatsAppWebSettings> = {
  manifest,
  outbound: { plan, deliver: onlyOverConnection },
  connection: { isUsed: () => true, carriesSends: () => true, open },
  media: { fetch: onlyOverConnection },
};
