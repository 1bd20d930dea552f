import type { Connector } from '../connector.js';
import { phoneThread, refusesAddress } from '../shared/sms/text-for-phone.js';
import { deliver } from './deliver.js';
import { manifest, type SmppSettings } from './manifest.js';
import { plan } from './plan.js';

/** SMS over a connection to a carrier, by SMPP 3.4. */
export const connector: Connector<SmppSettings> = {
  manifest,
  connection: {
    isUsed: () => true,
    carriesSends: () => true,
    open: async (io) => (await import('./open.js')).open(io),
  },
  outbound: { plan, refuses: (_, to) => refusesAddress(to), threadOf: phoneThread, deliver },
};
