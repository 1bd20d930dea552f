import type { Connector } from '../connector.js';
import { phoneThread, refusesAddress } from '../shared/sms/text-for-phone.js';
import { authenticate } from './authenticate.js';
import { check, install } from './check.js';
import { decode } from './decode.js';
import { deliver } from './deliver.js';
import { gapFill } from './gap-fill.js';
import { manifest, type TwilioSmsSettings } from './manifest.js';
import { fetchMedia } from './media.js';
import { plan } from './plan.js';
import { simulate } from './simulate.js';

/** SMS and MMS by Twilio's Programmable Messaging. */
export const connector: Connector<TwilioSmsSettings> = {
  manifest,
  webhook: { authenticate, decode },
  outbound: { plan, refuses: (_, to) => refusesAddress(to), threadOf: phoneThread, deliver },
  media: { fetch: fetchMedia },
  gapFill,
  simulate,
  install,
  check,
};
