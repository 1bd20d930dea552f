import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Api,
  apiOf,
  boot,
  type Booted,
  makeWorkspace,
  queuesHere,
  type TestWorkspace,
} from '../support/boot.js';
import { type EventReader, readEvents } from '../support/read-events.js';
import { until } from '../support/until.js';

describe.each(queuesHere())('a conversation over the API, with the queue on %s', (queue) => {
  let booted: Booted;
  let home: TestWorkspace;
  let api: Api;
  const readers: EventReader[] = [];

  beforeAll(async () => {
    booted = await boot({ queue });
    home = await makeWorkspace(booted);
    api = apiOf(booted, home.key);
  });
  afterAll(async () => {
    for (const reader of readers) reader.stop();
    await booted?.close();
  });

  async function begin(
    body: object = {},
  ): Promise<{ id: string; conversation_id: string; client_token: string }> {
    return (await api('POST', '/v1/sessions', body)).body;
  }

  async function follow(path: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const reader = await readEvents(`${booted.url}${path}`, {
      headers: { authorization: `Bearer ${home.key}`, ...headers },
    });
    readers.push(reader);
    return reader;
  }

  async function stream(body: object, headers: Record<string, string> = {}): Promise<EventReader> {
    const reader = await readEvents(`${booted.url}/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${home.key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ ...body, respond: 'stream' }),
    });
    readers.push(reader);
    return reader;
  }

  // What is heard live has no place in the log: a turn that takes its time is announced, and on a busy machine any does.
  const seqsOf = ({ events }: EventReader): number[] =>
    events.filter(({ id }) => id !== undefined).map(({ id }) => Number(id));
  const textsOf = (messages: { parts: { text?: string }[] }[]): (string | undefined)[] =>
    messages.map(({ parts }) => parts[0]?.text);

  it('greets in a new session, and goes on in the same conversation for the same person', async () => {
    const contact = { external_id: 'customer-7', name: 'Kim' };
    const first = await begin({ contact });
    const again = await begin({ contact });
    expect(again.conversation_id).toBe(first.conversation_id);
    const { body } = await api('GET', `/v1/conversations/${first.conversation_id}/messages`);
    expect(textsOf(body.data)).toEqual(['Hello! What would you like to know?']);
    const { body: conversation } = await api('GET', `/v1/conversations/${first.conversation_id}`);
    expect(conversation.contact).toMatchObject({
      name: 'Kim',
      addresses: [{ kind: 'external', value: 'customer-7' }],
    });
  });

  it('awaits the answer', async () => {
    const { id, conversation_id } = await begin();
    const answer = await api('POST', '/v1/messages', { session_id: id, text: 'When are you open?' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'completed', conversation_id, message: { direction: 'in' } });
    expect(textsOf(answer.body.replies)).toEqual(['From nine to five.']);
    const timeline = await api('GET', `/v1/messages/${answer.body.message.id}/timeline`);
    expect(timeline.body.steps.map(({ step }: { step: string }) => step)).toEqual(
      expect.arrayContaining(['received', 'recorded', 'turn-started', 'turn-ended']),
    );
    expect(timeline.body.replies).toEqual([answer.body.replies[0].id]);
    const reply = answer.body.replies[0].id;
    await until(
      'the reply is sent',
      async () => (await api('GET', `/v1/messages/${reply}`)).body.status === 'sent',
    );
  });

  it('takes an option, by pressing and by writing its number', async () => {
    const { id } = await begin();
    const parts = [{ type: 'choice_taken', option_id: 'hours', label: 'Opening hours' }];
    const pressed = await api('POST', '/v1/messages', { session_id: id, parts });
    expect(textsOf(pressed.body.replies)).toEqual(['We are open **9 to 5**.']);
    const other = await begin();
    const written = await api('POST', '/v1/messages', { session_id: other.id, text: '1' });
    expect(textsOf(written.body.replies)).toEqual(['We are open **9 to 5**.']);
  });

  it('leaves the answer for later, and speaks in a conversation as in a session', async () => {
    const { conversation_id } = await begin();
    const answer = await api('POST', '/v1/messages', { conversation_id, text: 'anything', respond: 'async' });
    expect([answer.status, answer.body.status, answer.body.message]).toEqual([202, 'pending', null]);
    await until('the answer is in the list', async () => {
      const { body } = await api('GET', `/v1/conversations/${conversation_id}/messages?order=asc`);
      return textsOf(body.data).at(-1) === 'A person will answer.';
    });
  });

  it('is one message, however often the same client id is sent', async () => {
    const { id, conversation_id } = await begin();
    const body = { session_id: id, text: 'open?', client_id: 'mine-1' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => api('POST', '/v1/messages', body)));
    expect(new Set(answers.map((answer) => answer.body.message.id)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.body.replies[0].id)).size).toBe(1);
    const { body: list } = await api('GET', `/v1/conversations/${conversation_id}/messages`);
    expect(list.data).toHaveLength(3);
  });

  it('streams the turn, and ends with it', async () => {
    const { id } = await begin();
    const reader = await stream({ session_id: id, text: 'open?' });
    await reader.ended;
    expect([reader.status, reader.contentType]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(reader.retryMs).toBe(2_000);
    const created = reader.events.filter(({ event }) => event === 'message.created');
    expect(textsOf(created.map(({ data }) => data.data.message))).toEqual(
      expect.arrayContaining(['open?', 'From nine to five.']),
    );
    expect(reader.events.at(-1)?.event).toBe('turn.completed');
    expect(seqsOf(reader)).toEqual([...seqsOf(reader)].sort((a, b) => a - b));
  });

  it('streams the same turn again for the same key, and says nothing twice', async () => {
    const { id, conversation_id } = await begin();
    const key = { 'idempotency-key': randomUUID() };
    const first = await stream({ session_id: id, text: 'open?' }, key);
    await first.ended;
    const again = await stream({ session_id: id, text: 'open?' }, key);
    await again.ended;
    expect(again.events.at(-1)?.event).toBe('turn.completed');
    const replies = ({ events }: EventReader): unknown[] =>
      events
        .filter(({ data }) => data.data.message?.author === 'bot')
        .map(({ data }) => data.data.message.id);
    expect(replies(again)).toEqual(replies(first).slice(-1));
    const { body } = await api('GET', `/v1/conversations/${conversation_id}/messages`);
    expect(body.data).toHaveLength(3);
  });

  it('is told event by event, and goes on after the last one without a gap', async () => {
    const { id, conversation_id } = await begin();
    const path = `/v1/conversations/${conversation_id}/stream`;
    const first = await follow(`${path}?after=0`);
    await api('POST', '/v1/messages', { session_id: id, text: 'one' });
    await until('the first turn is told', () => first.events.some(({ event }) => event === 'turn.completed'));
    first.stop();
    const last = first.events.at(-1)?.id ?? '';
    // Said while nobody listens.
    await api('POST', '/v1/messages', { session_id: id, text: 'two' });
    const second = await follow(path, { 'last-event-id': last });
    await until('the second turn is told', () =>
      second.events.some(({ event }) => event === 'turn.completed'),
    );
    await api('POST', '/v1/messages', { session_id: id, text: 'three' });
    await until(
      'the third turn is told',
      () => second.events.filter(({ event }) => event === 'turn.completed').length === 2,
    );
    const seqs = [...seqsOf(first), ...seqsOf(second)];
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    const { body } = await api('GET', `/v1/conversations/${conversation_id}`);
    expect(body.last_seq).toBeGreaterThanOrEqual(seqs.length);
  });

  it('resets a reader whose position is not in the log', async () => {
    const { conversation_id } = await begin();
    const reader = await follow(`/v1/conversations/${conversation_id}/stream`, { 'last-event-id': '9999' });
    await until('the reset is told', () => reader.events.length > 0);
    expect(reader.events[0]).toMatchObject({
      event: 'stream.reset',
      data: { data: { last_seq: expect.any(Number) } },
    });
  });

  it('tells many readers of many conversations', async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => begin()));
    const all = await Promise.all(
      sessions.flatMap(({ conversation_id }) =>
        Array.from({ length: 5 }, () => follow(`/v1/conversations/${conversation_id}/stream?after=0`)),
      ),
    );
    await Promise.all(
      sessions.map(({ id }) => api('POST', '/v1/messages', { session_id: id, text: 'open?' })),
    );
    await until('all are told', () =>
      all.every(({ events }) => events.some(({ event }) => event === 'turn.completed')),
    );
    for (const reader of all) expect(seqsOf(reader)).toEqual(seqsOf(reader).map((_, i) => i + 1));
    for (const reader of all) reader.stop();
    await until('nobody is listened to any more', async () =>
      /parley_open_streams\{[^}]*\} 1?\d\n/.test((await api('GET', '/metrics')).body),
    );
  });

  it('ends with its session', async () => {
    const { id, client_token } = await begin();
    expect((await api('DELETE', `/v1/sessions/${id}`)).status).toBe(204);
    expect((await api('DELETE', `/v1/sessions/${id}`)).status).toBe(204);
    const said = await api('POST', '/v1/messages', { session_id: id, text: 'hello?' });
    expect([said.status, said.body.code]).toEqual([410, 'state/gone']);
    const visitor = await apiOf(booted, client_token)('GET', '/v1/widget/messages');
    expect([visitor.status, visitor.body.code]).toEqual([410, 'state/gone']);
  });

  it('lists conversations page by page', async () => {
    for (let i = 0; i < 3; i++) await begin();
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await api('GET', `/v1/conversations?limit=2&channel_id=${home.channelId}${cursor}`);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      if (!body.has_more) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    const { rows } = await booted.owner.query('select count(*)::int as n from conversation');
    expect(seen.length).toBe(rows[0].n);
  });
});
