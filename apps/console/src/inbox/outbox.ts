import type { QueryClient } from '@tanstack/react-query';
import type { Content, Conversation, Message, Note } from '#libs/model';
import { call, newKey } from '../api/call.js';
import { onHealed } from '../api/connection.js';
import { Problem } from '../api/problem.js';
import { makeStore } from '../parts/store.js';
import { keepMessage, notesQuery } from './inbox-data.js';

/** Something that an operator has sent and the server has not taken yet. Kept in this browser until it has. */
export interface Outgoing {
  /** Also the idempotency key: however often it is sent, it is said once. */
  key: string;
  conversationId: string;
  kind: 'reply' | 'note';
  text: string;
  parts: Content[];
  at: number;
  /** Why it was not taken; null while it is on its way. */
  failure: string | null;
  /** No answer came: it is sent again as soon as the server answers. */
  isWaiting: boolean;
}

const KEY = 'parley.outbox';
/** Under this name the message carries the key of its sending. */
const KEY_NAME = 'console_key';

/** All of them, in the order in which they were sent. */
export const outbox = makeStore<readonly Outgoing[]>(kept());

/** Sends something, at once or as soon as the server can be reached. */
export function dispatch(
  client: QueryClient,
  said: Pick<Outgoing, 'conversationId' | 'kind' | 'text' | 'parts'>,
): void {
  const one: Outgoing = { ...said, key: newKey(), at: Date.now(), failure: null, isWaiting: false };
  become([...outbox.get(), one]);
  void carry(client, one);
}

/** Tries once more. */
export function again(client: QueryClient, one: Outgoing): void {
  change(one.key, { failure: null, isWaiting: false });
  void carry(client, one);
}

/** Whether the stream has told already what its sending has no answer to yet: then it is shown once. */
export function isHeard({ key, failure }: Outgoing, said: readonly Message[]): boolean {
  return failure === null && said.some(({ metadata }) => metadata[KEY_NAME] === key);
}

/** Throws it away; who wants its words has them. */
export function drop(key: string): void {
  become(outbox.get().filter((one) => one.key !== key));
}

/** Sends what waits, in order, each time that the server answers again. Returns how to stop. */
export function carryWhenHealed(client: QueryClient): () => void {
  const carryAll = async (): Promise<void> => {
    for (const one of outbox.get()) if (one.isWaiting) await carry(client, one);
  };
  void carryAll();
  return onHealed(() => void carryAll());
}

async function carry(client: QueryClient, one: Outgoing): Promise<void> {
  change(one.key, { failure: null, isWaiting: false });
  try {
    if (one.kind === 'note') {
      await call<Note>('POST', `/v1/conversations/${one.conversationId}/notes`, {
        body: { text: one.text },
        idempotencyKey: one.key,
      });
      await client.invalidateQueries({ queryKey: notesQuery(one.conversationId).queryKey });
    } else keepMessage(client, await reply(one));
    drop(one.key);
  } catch (error) {
    const isWaiting = error instanceof Problem && (error.isOffline || error.status >= 500);
    change(one.key, { failure: error instanceof Error ? error.message : String(error), isWaiting });
  }
}

/** A person who answers has the conversation: the bot is silent from then on. */
async function reply(one: Outgoing): Promise<Message> {
  const at = `/v1/conversations/${one.conversationId}`;
  const { owner } = await call<Conversation>('GET', at);
  if (owner !== 'operator') {
    await call('POST', `${at}/control`, { body: { to: 'operator', expected_owner: owner } });
  }
  const text = one.text.trim();
  const parts: Content[] = [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...one.parts];
  return call<Message>('POST', `${at}/messages`, {
    body: { parts, author: 'operator', metadata: { [KEY_NAME]: one.key } },
    idempotencyKey: one.key,
  });
}

function change(key: string, changes: Partial<Outgoing>): void {
  become(outbox.get().map((one) => (one.key === key ? { ...one, ...changes } : one)));
}

function become(next: readonly Outgoing[]): void {
  outbox.set(next);
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // A full store keeps nothing over a reload; what is on the screen is sent all the same.
  }
}

/** What was on its way when the window was closed may have been taken or not: its key makes sending it again safe. */
function kept(): Outgoing[] {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? '[]') as Outgoing[];
    return found.map((one) => (one.failure === null ? { ...one, isWaiting: true } : one));
  } catch {
    return [];
  }
}
