import { createHmac, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import { fault } from '#libs/faults';
import { ChannelId, WorkspaceId } from '#libs/model';
import { z } from 'zod';

/** How long a person may take at the provider, in milliseconds. */
export const STATE_MS = 15 * 60_000;

const Grant = z.strictObject({
  workspaceId: WorkspaceId,
  channelId: ChannelId,
  /** The channel's version when the link was made: what the grant changes, it changes once. */
  version: z.int(),
  /** Who made the link, as the audit log names them. */
  actor: z.string().max(64),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
});

/** For which channel, and on whose word, somebody was sent to a provider. */
export type Grant = z.infer<typeof Grant>;

/**
 * Writes a grant so that it can travel through a browser and the provider, and comes back as it was.
 *
 * @param key  the installation's; a key for states alone is derived from it
 */
export function stateOf(grant: Grant, key: KeyObject): string {
  const text = Buffer.from(JSON.stringify(grant)).toString('base64url');
  return `${text}.${macOf(text, key).toString('base64url')}`;
}

/**
 * Reads a grant that came back.
 *
 * @param now  milliseconds since 1970
 * @throws Fault `access/invalid-signature` for what we did not write; `access/token-expired` for what came back too late
 */
export function grantOf(state: string, key: KeyObject, now: number): Grant {
  const [text = '', mac = ''] = state.split('.');
  const given = Buffer.from(mac, 'base64url');
  const expected = macOf(text, key);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw fault('access/invalid-signature', { detail: 'The state is not one of ours: begin again.' });
  }
  const grant = Grant.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  if (grant.expiresAt < now)
    throw fault('access/token-expired', { detail: 'It took too long: begin again.' });
  return grant;
}

function macOf(text: string, key: KeyObject): Buffer {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'parley oauth state', 32));
  return createHmac('sha256', derived).update(text).digest();
}
