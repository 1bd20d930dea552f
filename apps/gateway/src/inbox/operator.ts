import type { Principal } from '#libs/access';
import type { MemberId } from '#libs/model';
import type { InboxReader } from '#libs/store';
import { actorOf } from '../http/actor.js';

/** A caller as the inbox knows them: a member who is signed in, or a program with a key, to whom nothing is assigned. */
export function operatorOf(caller: Principal & { memberId?: MemberId | null }): InboxReader {
  return { operator: actorOf(caller), memberId: caller.memberId ?? null };
}
