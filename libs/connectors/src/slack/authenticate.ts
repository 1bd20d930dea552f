import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HookRequest, Verdict } from '../connector.js';
import type { SlackSettings } from './manifest.js';

/** Seconds by which Slack's clock and ours may differ, into the past and into the future. */
const TOLERANCE_S = 300;

/**
 * Posts are signed with the app's signing secret over `v0:`, the time and the exact bytes.
 *
 * Bolt's own check takes the body as text, which is not the bytes where they are not UTF-8, and any time in the future;
 * otherwise this gives the same verdicts (the spec compares them).
 *
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack, whose example is a fixture
 */
export function authenticate(request: HookRequest, { signing_secret }: SlackSettings): Verdict {
  if (signing_secret === undefined) return not('the channel has no signing_secret');
  if (request.method !== 'POST') return not('not a POST');
  const timestamp = request.headers['x-slack-request-timestamp'] ?? '';
  const signature = request.headers['x-slack-signature'] ?? '';
  if (!/^\d{1,12}$/.test(timestamp)) return not('no x-slack-request-timestamp');
  if (Math.abs(request.receivedAt / 1_000 - Number(timestamp)) > TOLERANCE_S)
    return not('the time is too far from ours');
  const expected = Buffer.from(signatureOf(request.body, timestamp, signing_secret));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected)
    ? { genuine: true }
    : not('the signature does not fit');
}

/** What stands in `x-slack-signature` for a body that is sent at this time (seconds since 1970). */
export function signatureOf(body: string | Uint8Array, timestamp: string, signingSecret: string): string {
  return `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}

const not = (reason: string): Verdict => ({ genuine: false, reason });
