import type { Connector } from '../connector.js';
import { phoneThread, refusesAddress } from '../shared/sms/text-for-phone.js';
import { authenticate } from './authenticate.js';
import { decode } from './decode.js';
import { check, deliver } from './deliver.js';
import { manifest, type KannelSettings } from './manifest.js';
import { plan } from './plan.js';
import { simulate } from './simulate.js';

/** SMS over the HTTP interfaces of Kannel's smsbox. */
export const connector: Connector<KannelSettings> = {
  manifest,
  // It tries once more than `http-request-retry` says, and that is 0 unless somebody says otherwise
  // (user guide 1.4.5, group smsbox; read 2026-11-21).
  webhook: { authenticate, decode, isPatient: () => false },
  outbound: { plan, refuses: (_, to) => refusesAddress(to), threadOf: phoneThread, deliver },
  simulate,
  check,
};
