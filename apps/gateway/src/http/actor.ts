import type { Principal } from '#libs/access';
import type { Actor } from '#libs/store';

/** A caller as the audit log names it. */
export function actorOf({ apiKeyId }: Principal): Actor {
  return `api_key:${apiKeyId}`;
}
