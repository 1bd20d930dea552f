import type { Connector, HookRequest } from '../connector.js';
import { MailReader } from './apart.js';
import { authenticate } from './authenticate.js';
import { check } from './check.js';
import { decode } from './decode.js';
import { deliver } from './deliver.js';
import { openMailbox } from './imap.js';
import { manifest, type EmailSettings } from './manifest.js';
import { fetchMedia } from './media.js';
import { plan } from './plan.js';
import { refuses } from './refuses.js';
import { simulate } from './simulate.js';
import { openListener } from './smtp-listener.js';

const reader = new MailReader();

/** E-mail: a mailbox in both directions. */
export const connector: Connector<EmailSettings> = {
  manifest,
  webhook: {
    authenticate,
    decode,
    decodeApart: (request: HookRequest, settings: EmailSettings) =>
      reader.read({ kind: 'hook', request }, settings),
  },
  connection: {
    isUsed: ({ receive }) => receive !== 'hook',
    carriesSends: () => false,
    open: (io) => (io.settings.receive === 'smtp' ? openListener(io) : openMailbox(io)),
  },
  outbound: {
    plan,
    // Replies come with the token of the thread, whatever mail of ours they answer.
    threadOf: ({ kind, value }) => (kind === 'email' ? `to:${value}` : null),
    deliver,
    refuses,
    asksWhatWasSaid: true,
  },
  media: { fetch: fetchMedia },
  simulate,
  check,
};
