import { useCallback, useEffect, useRef, useState } from 'react';
import type { Message, MessageAnswer, Session } from '#libs/model';
import { call, newKey } from '../api/call.js';
import type { PageOf } from '../api/lists.js';

/** A sandbox conversation and what can be done in it. */
export interface Sandbox {
  messages: readonly Message[];
  isWaiting: boolean;
  error: unknown;
  text: string;
  setText: (text: string) => void;
  /** Says what was typed; it stays in the field until the server has it. */
  say: () => void;
  choose: (id: string, label: string) => void;
  retry: () => void;
  /** Begins a new conversation. */
  begin: () => void;
}

/** A conversation as a visitor of a channel, over the API. */
export function useSandbox(channelId: string, onAnswered?: (messageId: string) => void): Sandbox {
  // What is said before the conversation stands waits for it.
  const opening = useRef<Promise<Session> | null>(null);
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const [text, setText] = useState('');
  const [isWaiting, setWaiting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const retry = useRef<() => void>(() => undefined);
  // Old answers of a conversation that was left behind change nothing.
  const run = useRef(0);

  const attempt = useCallback((work: (isMine: () => boolean) => Promise<void>) => {
    const mine = run.current;
    const isMine = () => run.current === mine;
    const go = () => {
      setError(null);
      setWaiting(true);
      work(isMine)
        .catch((thrown: unknown) => isMine() && setError(thrown))
        .finally(() => isMine() && setWaiting(false));
    };
    retry.current = go;
    go();
  }, []);

  const begin = useCallback(() => {
    run.current += 1;
    setMessages([]);
    attempt(async (isMine) => {
      opening.current = call<Session>('POST', '/v1/sessions', { body: { channel_id: channelId } });
      const opened = await opening.current;
      const said = await messagesOf(opened.conversation_id).catch(() => []);
      if (!isMine()) return;
      setMessages((before) => longer(before, said));
    });
  }, [attempt, channelId]);

  useEffect(begin, [begin]);

  const send = (parts: unknown[], done: () => void) => {
    const key = newKey();
    attempt(async (isMine) => {
      const session = await opening.current;
      if (!session) return;
      const body = { session_id: session.id, parts, client_id: key };
      const answer = await call<MessageAnswer>('POST', '/v1/messages', { body, idempotencyKey: key });
      if (!isMine()) return;
      done();
      const said = await messagesOf(session.conversation_id);
      setMessages((before) => longer(before, said));
      if (answer.message) onAnswered?.(answer.message.id);
    });
  };

  return {
    messages,
    isWaiting,
    error,
    text,
    setText,
    say: () => text.trim() !== '' && send([{ type: 'text', text: text.trim() }], () => setText('')),
    choose: (id, label) => send([{ type: 'choice_taken', option_id: id, label }], () => undefined),
    retry: () => retry.current(),
    begin,
  };
}

/** Answers may overtake each other: what is shown never gets shorter. */
function longer(before: readonly Message[], next: readonly Message[]): readonly Message[] {
  return next.length >= before.length ? next : before;
}

async function messagesOf(conversationId: string): Promise<readonly Message[]> {
  const path = `/v1/conversations/${conversationId}/messages`;
  return (await call<PageOf<Message>>('GET', path, { query: { order: 'asc', limit: 100 } })).data;
}
