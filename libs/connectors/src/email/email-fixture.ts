// A channel of mail as the specs of this folder see it: its settings, whom it answers, and how a mail gets in.
import type { InboundEvent } from '#libs/model';
import type { Destination, HookRequest } from '../connector.js';
import { parseSettings } from '../settings.js';
import { tokenOf } from '../shared/mail/thread.js';
import { signWebhook } from '../shared/standard-webhooks.js';
import { connector } from './connector.js';
import type { EmailSettings } from './manifest.js';

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const raw = (url: string) => ({
  address: 'support@acme.example',
  token_secret: 'token-secret-0123456789',
  hook_secret: SECRET,
  sendgrid_public_key:
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMh/Z+5hB7/neE59uOv4M7dp7Ww3miIHg/Yd8XV48+n/Y2TJxivuKptIKe2zZUwLqLxxoB2OUvTlbuCs7jxIoTw==',
  mailgun_signing_key: 'mailgun-signing-key',
  send: 'sendgrid',
  api_key: 'SG.key-0123456789',
  api_base_url: url,
  check_dns: false,
});
export const settings = parseSettings(connector, raw('http://provider.example'));
export const to: Destination = {
  thread: 't:AAAAAAAAAAAAAAAAAAAAAA',
  address: { kind: 'email', value: 'ann@shop.example' },
  conversationId: 'conv_1',
  lastInboundAt: null,
  lastInboundRef: null,
};
export const KEY = 'dlv_01jd7z3q9ve8g8kq0w2m5n6p7r';

export function sign(
  body: string,
  receivedAt: number,
  { hook_secret }: EmailSettings,
  type = 'application/json',
): HookRequest {
  const headers = {
    'content-type': type,
    ...signWebhook({ id: 'm-1', now: receivedAt, body }, [hook_secret]),
  };
  return {
    method: 'POST',
    url: 'https://parley.example/hooks/email/chan_1',
    query: {},
    headers,
    body: Buffer.from(body),
    receivedAt,
  };
}
export const OUR_ID = `${KEY}.${tokenOf(to.thread, { secret: settings.token_secret })}.parley@acme.example`;

export const NOW = Date.parse('2026-11-21T12:00:00Z');
export const receive = (
  body: string,
  type = 'message/rfc822',
  more: Partial<EmailSettings> = {},
  now = NOW,
): InboundEvent[] =>
  connector
    .webhook!.decode(sign(body, now, settings, type), { ...settings, ...more })
    .events.map(({ event }) => event);
export const mail = (...lines: string[]): string =>
  [
    'From: Ann <Ann@shop.example>',
    'To: support@acme.example',
    'Subject: Size',
    'Message-ID: <q-1@shop.example>',
    ...lines,
  ].join('\r\n');
