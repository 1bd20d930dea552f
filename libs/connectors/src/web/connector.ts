import type { Connector } from '../connector.js';
import { check } from './check.js';
import { deliver } from './deliver.js';
import { manifest, type WebSettings } from './manifest.js';
import { plan } from './plan.js';
import { allowsOrigin, look, mint, verify } from './visitors.js';

/** Web chat. It has no webhook: the gateway's own routes take what visitors send. */
export const connector: Connector<WebSettings> = {
  manifest,
  outbound: { plan, deliver },
  visitors: { mint, verify, allowsOrigin, look },
  check: (io) => Promise.resolve(check(io.settings)),
};
