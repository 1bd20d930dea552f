import { createHash } from 'node:crypto';
import { fault } from '#libs/faults';
import type { HookRequest, SimulatedMessage } from '../connector.js';
import { signatureOf } from './authenticate.js';
import type { SlackSettings } from './manifest.js';

/**
 * A direct message of this user, as the Events API would post it.
 *
 * @throws Fault `channel/not-connected` without a signing secret
 */
export function simulate(
  { from, text }: SimulatedMessage,
  settings: SlackSettings,
  now: number,
): HookRequest {
  const { signing_secret, team_id = 'T0SIMULATED', app_id = 'A0SIMULATED' } = settings;
  if (signing_secret === undefined)
    throw fault('channel/not-connected', { detail: 'Without a signing_secret no request can be signed.' });
  const seconds = Math.floor(now / 1_000);
  const digest = createHash('sha256').update(`${from} ${text} ${now}`).digest('hex').toUpperCase();
  const ts = `${seconds}.${String(Number.parseInt(digest.slice(0, 6), 16) % 1_000_000).padStart(6, '0')}`;
  const channel = `D${createHash('sha256').update(from).digest('hex').slice(0, 10).toUpperCase()}`;
  const body = JSON.stringify({
    type: 'event_callback',
    team_id,
    api_app_id: app_id,
    event_id: `Ev${digest.slice(0, 10)}`,
    event_time: seconds,
    event: {
      type: 'message',
      channel,
      channel_type: 'im',
      user: from,
      text: escaped(text),
      ts,
      event_ts: ts,
      team: team_id,
    },
  });
  const timestamp = String(seconds);
  return {
    method: 'POST',
    url: 'https://parley.invalid/hooks/slack',
    query: {},
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signatureOf(body, timestamp, signing_secret),
    },
    body: Buffer.from(body),
    receivedAt: now,
  };
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
