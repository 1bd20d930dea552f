import type { Principal } from '#libs/access';
import type { Actor } from '#libs/store';

/** A caller as the audit log, the keys of idempotency and the counters name it. */
export function actorOf({ apiKeyId, memberId }: Principal): Actor {
  return memberId ? `member:${memberId}` : `api_key:${apiKeyId ?? 'none'}`;
}
