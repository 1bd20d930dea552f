import type { Principal } from '#libs/access';
import type { Actor } from '#libs/store';

/** A caller as the audit log, the keys of idempotency and the counters name it. */
export function actorOf({ apiKeyId, oauthClientId, memberId }: Principal): Actor {
  if (oauthClientId) return `oauth_client:${oauthClientId}`;
  return memberId ? `member:${memberId}` : `api_key:${apiKeyId ?? 'none'}`;
}
