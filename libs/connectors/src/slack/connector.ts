import type { Connector } from '../connector.js';
import { authenticate } from './authenticate.js';
import { check, install } from './check.js';
import { decode } from './decode.js';
import { deliver } from './deliver.js';
import { gapFill } from './gap-fill.js';
import { lookup } from './lookup.js';
import { manifest, type SlackSettings } from './manifest.js';
import { fetchMedia } from './media.js';
import { authorizeUrl, exchange } from './oauth.js';
import { placeOf } from './place.js';
import { plan } from './plan.js';
import { simulate } from './simulate.js';
import { openSocket } from './socket.js';

/** Slack: the Events API over HTTP or Socket Mode in, the Web API out. */
export const connector: Connector<SlackSettings> = {
  manifest,
  webhook: { authenticate, decode },
  connection: {
    isUsed: ({ mode, app_token }) => mode === 'socket' && app_token !== undefined,
    carriesSends: () => false,
    open: openSocket,
  },
  outbound: {
    plan,
    deliver,
    lookup,
    lookupSettleMs: 3_000,
    destinationOf: ({ thread }) => placeOf(thread).channel,
  },
  media: { fetch: fetchMedia },
  gapFill,
  oauth: { authorizeUrl, exchange },
  simulate,
  install,
  check,
};
