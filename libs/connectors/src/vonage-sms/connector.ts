import type { Connector } from '../connector.js';
import { phoneThread, refusesAddress } from '../shared/sms/text-for-phone.js';
import { authenticate } from './authenticate.js';
import { check, install } from './check.js';
import { decode } from './decode.js';
import { deliver } from './deliver.js';
import { manifest, type VonageSmsSettings } from './manifest.js';
import { plan } from './plan.js';
import { simulate } from './simulate.js';

/** SMS by Vonage's SMS API. */
export const connector: Connector<VonageSmsSettings> = {
  manifest,
  webhook: { authenticate, decode },
  outbound: { plan, refuses: (_, to) => refusesAddress(to), threadOf: phoneThread, deliver },
  simulate,
  install,
  check,
};
