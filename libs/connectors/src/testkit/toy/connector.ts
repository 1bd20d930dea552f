import type { Connector } from '../../connector.js';
import { authenticate } from './authenticate.js';
import { decode } from './decode.js';
import { check, deliver } from './deliver.js';
import { manifest, type ToySettings } from './manifest.js';
import { plan } from './plan.js';

export const connector: Connector<ToySettings> = {
  manifest,
  webhook: { authenticate, decode },
  outbound: { plan, deliver },
  check,
};
