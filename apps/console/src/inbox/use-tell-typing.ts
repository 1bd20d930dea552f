import { useCallback, useEffect, useRef } from 'react';
import { call } from '../api/call.js';

/** The person is told again while somebody goes on writing. */
const AGAIN_MS = 4_000;
/** Who does not go on for so long has stopped. */
const STOP_MS = 6_000;

/** Shows the person that somebody writes to them; loses nothing when it cannot. */
export function useTellTyping(conversationId: string): (isTyping: boolean) => void {
  const toldAt = useRef(0);
  const stop = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tell = useCallback(
    (isTyping: boolean): void => {
      clearTimeout(stop.current);
      if (!isTyping && toldAt.current === 0) return;
      if (isTyping) stop.current = setTimeout(() => tell(false), STOP_MS);
      if (isTyping && Date.now() - toldAt.current < AGAIN_MS) return;
      toldAt.current = isTyping ? Date.now() : 0;
      const body = { type: isTyping ? 'typing.started' : 'typing.stopped' };
      void call('POST', `/v1/conversations/${conversationId}/typing`, { body }).catch(() => undefined);
    },
    [conversationId],
  );
  useEffect(() => () => tell(false), [tell]);
  return tell;
}
