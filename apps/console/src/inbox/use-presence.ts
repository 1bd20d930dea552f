import { useEffect } from 'react';
import type { Presence, PresenceList } from '#libs/model';
import { call, newKey } from '../api/call.js';
import { oneself, present } from './inbox-data.js';

const EVERY_MS = 20_000;
const tab = newKey();
/** One after the other: what was said last must arrive last. */
let before: Promise<unknown> = Promise.resolve();

/** Tells the others what this window shows, as long as it is on the screen. */
export function usePresence(conversationId: string | undefined, isReplying: boolean): void {
  useEffect(() => {
    const tell = (): void => {
      if (document.visibilityState === 'hidden') return;
      before = before
        .then(() =>
          call<PresenceList>('POST', '/v1/inbox/presence', {
            body: { tab, conversation_id: conversationId ?? null, is_replying: isReplying },
          }),
        )
        .then(({ data, you }) => {
          oneself.set(you ?? null);
          return present.set(data);
        })
        .catch(() => undefined);
    };
    tell();
    const timer = setInterval(tell, EVERY_MS);
    document.addEventListener('visibilitychange', tell);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tell);
    };
  }, [conversationId, isReplying]);
}

/** Tells the others that this window has left the inbox. */
export function useLeaving(): void {
  useEffect(() => {
    const leave = (): void => {
      void call('POST', '/v1/inbox/presence', { body: { tab, is_leaving: true } }).catch(() => undefined);
    };
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, []);
}

/** Others who look at a conversation now. */
export function useOthers(conversationId: string): readonly Presence[] {
  const all = present.use();
  const you = oneself.use();
  return all.filter((one) => one.conversation_id === conversationId && one.operator !== you);
}
