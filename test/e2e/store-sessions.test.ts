import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Message, newId, uuidOf, type ChannelId, type WorkspaceId } from '#libs/model';
import { addressOfThread, idOfOperation, type OperationId } from '#libs/store';
import { makeChannel, openTestStore, type TestStore } from '../support/test-store.js';

let store: TestStore;
let workspaceId: WorkspaceId;
let channelId: ChannelId;
const ttlMs = 60_000;

beforeAll(async () => {
  store = await openTestStore();
  ({ workspaceId, channelId } = await makeChannel(store));
});
afterAll(() => store.close());

describe('sessions', () => {
  it('gives 20 starts of one person at once one contact and one conversation', async () => {
    const started = await Promise.all(
      Array.from({ length: 20 }, () =>
        store.sessions.start(workspaceId, { channelId, externalId: 'user-1', ttlMs }),
      ),
    );
    const ids = (key: 'contactId' | 'conversationId' | 'sessionId') =>
      new Set(started.map(({ session }) => session[key])).size;
    expect([ids('contactId'), ids('conversationId'), ids('sessionId')]).toEqual([1, 1, 20]);
    expect(started.filter(({ isNew }) => isNew)).toHaveLength(1);
    const { rows } = await store.owner.query(
      'select (select count(*)::int from contact) as contacts, (select count(*)::int from event) as events',
    );
    expect(rows[0]).toEqual({ contacts: 1, events: 1 });
    expect(started[0]?.session.thread).toBe('contact:user-1');
  });

  it('keeps the name and attributes of a person, and adds new ones', async () => {
    const input = { channelId, externalId: 'user-2', ttlMs };
    await store.sessions.start(workspaceId, { ...input, name: 'Ada', attributes: { plan: 'free' } });
    const { session } = await store.sessions.start(workspaceId, { ...input, attributes: { city: 'Paris' } });
    const { rows } = await store.owner.query('select name, attributes from contact where id = $1', [
      uuidOf(session.contactId),
    ]);
    expect(rows).toEqual([{ name: 'Ada', attributes: { plan: 'free', city: 'Paris' } }]);
  });

  it('makes an anonymous visitor a contact of their own, whose thread is the session', async () => {
    const { session, isNew } = await store.sessions.start(workspaceId, {
      channelId,
      metadata: { page: '/' },
      ttlMs,
    });
    expect(isNew).toBe(true);
    expect(session.thread).toBe(session.sessionId);
    expect(await store.sessions.get(session.sessionId)).toEqual(session);
    const conversation = await store.conversations.get(workspaceId, session.conversationId);
    expect(conversation).toMatchObject({
      contact: { addresses: [{ kind: 'visitor', value: session.sessionId }] },
      last_seq: 1,
      owner: 'bot',
    });
  });

  it('is the same session when a start is repeated under its id', async () => {
    const input = { channelId, ttlMs, sessionId: newId('session') };
    const [first, second] = [
      await store.sessions.start(workspaceId, input),
      await store.sessions.start(workspaceId, input),
    ];
    expect(second.session).toEqual(first.session);
    expect([first.isNew, second.isNew]).toEqual([true, false]);
  });

  it('refuses a channel that the workspace does not have', async () => {
    await expect(
      store.sessions.start(workspaceId, { channelId: newId('channel'), ttlMs }),
    ).rejects.toMatchObject({
      code: 'state/not-found',
    });
    expect(await store.sessions.get(newId('session'))).toBeNull();
  });

  it('refuses text that the database cannot hold as a mistake of the caller', async () => {
    const refused = { code: 'input/invalid' };
    const start = (more: object) => store.sessions.start(workspaceId, { channelId, ttlMs, ...more });
    await expect(start({ name: 'a\u0000b' })).rejects.toMatchObject(refused);
    await expect(start({ metadata: { page: '\u0000' } })).rejects.toMatchObject(refused);
    const member = {
      email: 'a\u0000@x',
      name: 'A',
      role: 'owner' as const,
      passwordHash: 'x',
      actor: 'system' as const,
    };
    await expect(store.members.create(workspaceId, member)).rejects.toMatchObject(refused);
  });

  it('lives longer when extended, and ends once', async () => {
    const { session } = await store.sessions.start(workspaceId, { channelId, ttlMs: 1_000 });
    const until = await store.sessions.extend(workspaceId, session.sessionId, ttlMs);
    expect(until?.getTime()).toBeGreaterThan(session.expiresAt.getTime());
    await store.sessions.end(workspaceId, session.sessionId);
    await store.sessions.end(workspaceId, session.sessionId);
    expect(await store.sessions.extend(workspaceId, session.sessionId, ttlMs)).toBeNull();
    expect((await store.sessions.get(session.sessionId))?.endedAt).toBeInstanceOf(Date);
    const events = await store.conversations.eventsAfter(workspaceId, session.conversationId, 0, 10);
    expect(events.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'conversation.created'],
      [2, 'session.ended'],
    ]);
    expect(events[1]?.data).toEqual({ session_id: session.sessionId });
  });
});

describe('conversations', () => {
  it('reads messages page by page in both orders, and events with the message as it is now', async () => {
    const { session } = await store.sessions.start(workspaceId, { channelId, ttlMs });
    const [workspace, conversation] = [uuidOf(workspaceId), uuidOf(session.conversationId)];
    for (let seq = 1; seq <= 5; seq++) {
      const id = uuidOf(newId('message'));
      await store.owner.query(
        `insert into message (workspace_id, id, conversation_id, seq, direction, author, content, status)
         values ($1, $2, $3, $4, 'in', 'contact', $5, 'received')`,
        [workspace, id, conversation, seq, JSON.stringify([{ type: 'text', text: `m${seq}` }])],
      );
      await store.owner.query(
        `insert into event (workspace_id, conversation_id, seq, type, data) values ($1, $2, $3, 'message.created', $4)`,
        [workspace, conversation, seq + 1, JSON.stringify({ message: id })],
      );
    }
    const seqs = async (order: 'asc' | 'desc'): Promise<number[]> => {
      const seen: number[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const read = { limit: 2, order, ...(cursor && { cursor }) };
        const list = await store.conversations.messages(workspaceId, session.conversationId, read);
        list.data.forEach((message) => Message.parse(message));
        seen.push(...list.data.map(({ seq }) => seq));
        cursor = list.next_cursor;
      }
      return seen;
    };
    expect(await seqs('asc')).toEqual([1, 2, 3, 4, 5]);
    expect(await seqs('desc')).toEqual([5, 4, 3, 2, 1]);
    const events = await store.conversations.eventsAfter(workspaceId, session.conversationId, 3, 2);
    expect(events.map(({ seq }) => seq)).toEqual([4, 5]);
    expect(Message.parse(events[0]?.data['message'])).toMatchObject({
      seq: 3,
      parts: [{ type: 'text', text: 'm3' }],
    });
  });

  it('are listed by creation, by channel and by state, each with its newest event', async () => {
    const other = await makeChannel(store, 'Listed');
    const made = [];
    for (let n = 0; n < 3; n++)
      made.push(
        (await store.sessions.start(other.workspaceId, { channelId: other.channelId, ttlMs })).session,
      );
    const page = { limit: 2, order: 'asc' as const };
    const first = await store.conversations.list(other.workspaceId, page, {
      channelId: other.channelId,
      state: 'open',
    });
    const rest = await store.conversations.list(
      other.workspaceId,
      { ...page, cursor: first.next_cursor ?? '' },
      { channelId: other.channelId, state: 'open' },
    );
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(
      made.map(({ conversationId }) => conversationId),
    );
    expect((await store.conversations.list(other.workspaceId, page, { state: 'closed' })).data).toEqual([]);
    expect((await store.conversations.list(other.workspaceId, page, { channelId })).data).toEqual([]);
    const ids = made.map(({ conversationId }) => conversationId);
    expect(await store.conversations.lastSeqs(other.workspaceId, ids)).toEqual(
      new Map(ids.map((id) => [id, 1])),
    );
    expect(made.map(({ thread }) => addressOfThread(thread).value)).toEqual(
      made.map(({ sessionId }) => sessionId),
    );
  });

  it('says not found for what is not there', async () => {
    const gone = { code: 'state/not-found' };
    const page = { limit: 2, order: 'asc' as const };
    await expect(store.conversations.get(workspaceId, newId('conversation'))).rejects.toMatchObject(gone);
    await expect(
      store.conversations.messages(workspaceId, newId('conversation'), page),
    ).rejects.toMatchObject(gone);
    await expect(store.conversations.messageById(workspaceId, newId('message'))).rejects.toMatchObject(gone);
    await expect(store.timelines.of(workspaceId, newId('message'))).rejects.toMatchObject(gone);
    expect(await store.conversations.answerTo(workspaceId, newId('inboxEvent'))).toEqual({
      message: null,
      turn: null,
      replies: [],
    });
  });
});

describe('idempotent writes', () => {
  const principal = 'key_1';
  const begin = (key: string, hash = 'h') => store.idempotency.begin(workspaceId, principal, key, hash);
  const scopeOf = (key: string) => ({ workspaceId, principal, key });

  it('lets one of 50 do the write and gives all others its answer', async () => {
    const states = await Promise.all(Array.from({ length: 50 }, () => begin('k1')));
    const fresh = states.flatMap((one) => (one.state === 'new' ? [one.operationId] : []));
    expect(fresh).toHaveLength(1);
    expect(states.filter(({ state }) => state === 'busy')).toHaveLength(49);
    expect(await store.idempotency.finish(scopeOf('k1'), fresh[0]!, 201, { id: 'x' })).toBe(true);
    expect(await store.idempotency.finish(scopeOf('k1'), fresh[0]!, 500, {})).toBe(false);
    expect(await begin('k1')).toEqual({ state: 'done', status: 201, response: { id: 'x' } });
  });

  it('gives the very same answer, keys in their order and characters that jsonb refuses included', async () => {
    const response = { z: 1, a: ['\u0000', '\ud800'], aa: null };
    const first = await begin('k7');
    if (first.state === 'new')
      await store.idempotency.finish(scopeOf('k7'), first.operationId, 200, response);
    const again = await begin('k7');
    expect(JSON.stringify(again.state === 'done' && again.response)).toBe(JSON.stringify(response));
  });

  it('refuses the key for another request, and keeps principals apart', async () => {
    await begin('k2', 'one');
    await expect(begin('k2', 'two')).rejects.toMatchObject({ code: 'input/idempotency-key-reused' });
    expect(await store.idempotency.begin(workspaceId, 'key_2', 'k2', 'two')).toMatchObject({ state: 'new' });
  });

  it('hands a write whose lock has lapsed to one taker, under the same operation', async () => {
    const first = await begin('k3');
    await store.owner.query(
      `update idempotency set locked_until = now() - interval '1 second' where key = 'k3'`,
    );
    const takers = await Promise.all(Array.from({ length: 10 }, () => begin('k3')));
    expect(takers.filter(({ state }) => state === 'new')).toEqual([first]);
  });

  it('gives an abandoned key back at once, to another request too, under the same operation', async () => {
    const first = await begin('k4');
    if (first.state === 'new') await store.idempotency.abandon(scopeOf('k4'), first.operationId);
    expect(await begin('k4', 'another')).toEqual(first);
    expect(await begin('k4', 'another')).toEqual({ state: 'busy' });
    await expect(begin('k4')).rejects.toMatchObject({ code: 'input/idempotency-key-reused' });
  });

  it('forgets answers after a day, and younger ones never', async () => {
    await begin('k5');
    await begin('k6');
    await store.owner.query(
      `update idempotency set created_at = now() - interval '25 hours' where key = 'k5'`,
    );
    expect(await store.idempotency.purge()).toBe(1);
    expect(await begin('k5', 'another')).toMatchObject({ state: 'new' });
    expect(await begin('k6')).toEqual({ state: 'busy' });
  });

  it('makes the same ids from the same operation, different for each kind and name', () => {
    const operation = uuidOf(newId('request')) as OperationId;
    const id = idOfOperation('channel', operation);
    expect(idOfOperation('channel', operation)).toBe(id);
    expect(uuidOf(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOf(id).slice(0, 13)).toBe(operation.slice(0, 13));
    expect(
      new Set([id, idOfOperation('channel', operation, 'b'), idOfOperation('bot', operation)]).size,
    ).toBe(3);
  });
});
