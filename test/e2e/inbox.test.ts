import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf, type MemberId, type WorkspaceId } from '#libs/model';
import { Members } from '#libs/store';
import {
  apiOf,
  boot,
  keyFor,
  makeWorkspace,
  queuesHere,
  type Api,
  type Booted,
  type TestWorkspace,
} from '../support/boot.js';
import { readEvents, type EventReader } from '../support/read-events.js';
import { until } from '../support/until.js';

describe.each(queuesHere())('the inbox, with the queue on %s', (queue) => {
  let booted: Booted;
  let home: TestWorkspace;
  let api: Api;
  /** A second operator. */
  let other: Api;
  let otherKey: string;
  let stranger: Api;
  const readers: EventReader[] = [];

  beforeAll(async () => {
    booted = await boot({ queue });
    home = await makeWorkspace(booted, 'Inbox');
    api = apiOf(booted, home.key);
    otherKey = await keyFor(booted, home.workspaceId);
    other = apiOf(booted, otherKey);
    stranger = apiOf(booted, (await makeWorkspace(booted, 'Others')).key);
  });
  afterAll(async () => {
    for (const reader of readers) reader.stop();
    await booted?.close();
  });

  const member = (name: string, workspaceId: WorkspaceId = home.workspaceId): Promise<MemberId> =>
    booted.gateway
      .get(Members)
      .create(workspaceId, {
        email: `${name}@example.com`,
        name,
        role: 'operator',
        passwordHash: 'x',
        actor: 'system',
      })
      .then(({ memberId }) => memberId);

  async function open(
    name?: string,
    metadata?: Record<string, string>,
  ): Promise<{ session: string; conversation: string }> {
    const { body } = await api('POST', '/v1/sessions', {
      contact: { ...(name && { name }), external_id: `${name ?? 'x'}-${Math.random()}` },
      ...(metadata && { metadata }),
    });
    return { session: body.id as string, conversation: body.conversation_id as string };
  }
  const say = (session: string, text: string) =>
    api('POST', '/v1/messages', { session_id: session, text, respond: 'wait' });
  const patch = (conversation: string, body: object, as = api) =>
    as('PATCH', `/v1/conversations/${conversation}`, body);
  const idsOf = async (query: string, as = api): Promise<string[]> =>
    ((await as('GET', `/v1/inbox?limit=100&${query}`)).body.data as { id: string }[]).map(({ id }) => id);
  async function follow(after?: string | number, key = home.key): Promise<EventReader> {
    const reader = await readEvents(
      `${booted.url}/v1/inbox/stream${after === undefined ? '' : `?after=${after}`}`,
      { headers: { authorization: `Bearer ${key}` } },
    );
    readers.push(reader);
    return reader;
  }
  interface Told {
    data: { conversation?: { id: string; state: string; unread_count: number }; conversation_id?: string };
  }
  const told = ({ events }: EventReader, type: string, conversation: string): Told['data'][] =>
    events
      .filter(({ event }) => event === type)
      .map(({ data }) => (data as Told).data)
      .filter((data) => (data.conversation?.id ?? data.conversation_id) === conversation);

  it('lists conversations by last activity, page by page, without a gap', async () => {
    const made: string[] = [];
    for (let n = 0; n < 7; n++) {
      const one = await open(`Pager ${n}`);
      await say(one.session, 'open?');
      made.push(one.conversation);
    }
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await api('GET', `/v1/inbox?limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...(body.data as { id: string }[]).map(({ id }) => id));
      cursor = body.next_cursor ?? '';
    } while (cursor !== '');
    expect(seen.slice(0, 7)).toEqual(made.toReversed());
    expect(new Set(seen).size).toBe(seen.length);
    expect((await idsOf('order=asc')).toReversed()).toEqual(seen);
    expect((await api('GET', '/v1/inbox?limit=3&view=bot&cursor=x')).status).toBe(400);
    expect(await idsOf('', stranger)).toEqual([]);
  });

  it('shows the last message and what each operator has not read', async () => {
    const { session, conversation } = await open('Kim');
    await say(session, 'When are you **open**?');
    await say(session, 'Hello?');
    const find = async (as: Api) =>
      (
        (await as('GET', '/v1/inbox?limit=100')).body.data as {
          id: string;
          unread_count: number;
          last_message_seq: number;
          last_message: { text: string };
        }[]
      ).find(({ id }) => id === conversation)!;
    expect(await find(api)).toMatchObject({
      unread_count: 2,
      last_message: { text: 'A person will answer.' },
    });
    const { last_message_seq: seq } = await find(api);
    expect((await api('POST', `/v1/conversations/${conversation}/read`, { seq })).status).toBe(204);
    expect((await find(api)).unread_count).toBe(0);
    expect((await find(other)).unread_count).toBe(2);
    await api('POST', `/v1/conversations/${conversation}/read`, { seq: 1 });
    expect((await find(api)).unread_count).toBe(0);
    await say(session, 'One more');
    expect((await find(api)).unread_count).toBe(1);
    await api('POST', `/v1/conversations/${conversation}/read`, { seq: 0 });
    expect((await find(api)).unread_count).toBe(3);
  });

  it('filters by whose it is, state, channel, label and contact', async () => {
    const ada = await member('filter-ada');
    const [mine, queued, answered] = [await open(), await open(), await open()];
    await patch(mine.conversation, { assignee_id: ada });
    await api('POST', `/v1/conversations/${queued.conversation}/control`, { to: 'queue' });
    const label = (await api('POST', '/v1/labels', { name: 'Billing', colour: 'teal' })).body.id;
    const labelled = await api('POST', `/v1/conversations/${queued.conversation}/labels`, { add: [label] });
    expect(labelled.body.label_ids).toEqual([label]);
    expect(await idsOf(`assignee_id=${ada}`)).toEqual([mine.conversation]);
    expect(await idsOf('view=unassigned')).toContain(queued.conversation);
    expect(await idsOf('view=unassigned')).not.toContain(answered.conversation);
    expect(await idsOf('view=bot')).toContain(answered.conversation);
    expect(await idsOf('view=bot')).not.toContain(queued.conversation);
    expect(await idsOf(`label_id=${label}`)).toEqual([queued.conversation]);
    expect(await idsOf(`channel_id=${home.channelId}`)).toContain(mine.conversation);
    const contact = labelled.body.contact.id;
    expect(await idsOf(`contact_id=${contact}`)).toEqual([queued.conversation]);
    expect(await idsOf('view=mine')).toEqual([]);
    const counts = (await api('GET', '/v1/inbox/counts')).body;
    expect(counts.all).toBe((await idsOf('')).length);
    expect(counts.bot).toBe((await idsOf('view=bot')).length);
    expect(counts.unassigned).toBe((await idsOf('view=unassigned')).length);
  });

  it('gives a conversation to a member, once for those who expect the same', async () => {
    const [ada, ben] = [await member('ada'), await member('ben')];
    const theirs = await member('not-ours', (await makeWorkspace(booted, 'Third')).workspaceId);
    const { conversation } = await open();
    const answers = await Promise.all(
      [ada, ben, ada, ben].map((assignee_id) =>
        patch(conversation, { assignee_id, expected_assignee_id: null }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409]);
    expect((await patch(conversation, { assignee_id: theirs })).status).toBe(422);
    expect((await patch(conversation, { assignee_id: null })).body.assignee_id).toBeNull();
    expect((await patch(conversation, { assignee_id: ada }, stranger)).status).toBe(404);
    await patch(conversation, { assignee_id: ada });
    await booted.owner.query('delete from member where id = $1', [uuidOf(ada)]);
    expect((await api('GET', `/v1/conversations/${conversation}`)).body.assignee_id).toBeNull();
    const people = (await api('GET', '/v1/operators')).body.data as { name: string }[];
    expect(people.map(({ name }) => name)).toContain('ben');
  });

  it('brings a snoozed conversation back by itself, and when the person writes', async () => {
    const [first, second] = [await open(), await open()];
    const soon = new Date(Date.now() + 1_500).toISOString();
    const late = new Date(Date.now() + 3_600_000).toISOString();
    expect((await patch(first.conversation, { state: 'snoozed', snoozed_until: soon })).body.state).toBe(
      'snoozed',
    );
    await patch(second.conversation, { state: 'snoozed', snoozed_until: late });
    expect((await patch(second.conversation, { state: 'snoozed' })).status).toBe(422);
    expect(await idsOf('state=snoozed')).toEqual(
      expect.arrayContaining([first.conversation, second.conversation]),
    );
    expect(await idsOf('')).not.toContain(second.conversation);
    // What our side says leaves it at rest.
    await api('POST', `/v1/conversations/${second.conversation}/messages`, { text: 'We look into it.' });
    expect(await idsOf('state=snoozed')).toContain(second.conversation);
    const reader = await follow();
    await say(second.session, 'Any news?');
    expect(await idsOf('')).toContain(second.conversation);
    await until('its time has come', async () => (await idsOf('')).includes(first.conversation));
    await until('both are told', () =>
      [first, second].every(({ conversation }) =>
        told(reader, 'inbox.conversation', conversation).some((data) => data.conversation?.state === 'open'),
      ),
    );
    const { rows } = await booted.owner.query<{ seq: number; data: { by: string } }>(
      "select seq, data from event where conversation_id = $1 and type = 'conversation.updated' order by seq",
      [uuidOf(second.conversation)],
    );
    expect(rows.map(({ data }) => data.by.split(':')[0])).toEqual(['api_key', 'contact']);
    const { rows: log } = await booted.owner.query<{ seq: number }>(
      'select seq from event where conversation_id = $1 order by seq',
      [uuidOf(second.conversation)],
    );
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, n) => n + 1));
  });

  it('closes, and opens again when the person writes', async () => {
    const { session, conversation } = await open();
    expect((await patch(conversation, { state: 'closed' })).body.state).toBe('closed');
    // What our side says afterwards, such as a receipt, opens nothing.
    const late = await api('POST', `/v1/conversations/${conversation}/messages`, { text: 'x' });
    expect(late.status).toBe(202);
    expect((await api('GET', `/v1/conversations/${conversation}`)).body.state).toBe('closed');
    expect((await say(session, 'One more thing')).body.replies).toHaveLength(1);
    expect((await api('GET', `/v1/conversations/${conversation}`)).body.state).toBe('open');
    await patch(conversation, { state: 'closed' });
    expect((await patch(conversation, { state: 'open' })).body).toMatchObject({ state: 'open' });
  });

  it('keeps both changes when two operators label at once', async () => {
    const { conversation } = await open();
    const labels = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (name) => (await api('POST', '/v1/labels', { name })).body.id as string),
    );
    await api('POST', `/v1/conversations/${conversation}/labels`, { add: [labels[0]] });
    await Promise.all([
      api('POST', `/v1/conversations/${conversation}/labels`, { add: [labels[1]], remove: [labels[0]] }),
      other('POST', `/v1/conversations/${conversation}/labels`, { add: [labels[2]] }),
    ]);
    const { body } = await api('GET', `/v1/conversations/${conversation}`);
    expect(new Set(body.label_ids)).toEqual(new Set([labels[1], labels[2]]));
    expect((await api('DELETE', `/v1/labels/${labels[1]}`)).status).toBe(204);
    expect((await api('GET', `/v1/conversations/${conversation}`)).body.label_ids).toEqual([labels[2]]);
    expect((await api('POST', '/v1/labels', { name: 'c' })).body.code).toBe('state/already-exists');
    const foreign = (await stranger('POST', '/v1/labels', { name: 'theirs' })).body.id;
    const add = await api('POST', `/v1/conversations/${conversation}/labels`, { add: [foreign] });
    expect(add.body.code).toBe('input/invalid');
    expect((await api('PATCH', `/v1/labels/${labels[3]}`, { colour: 'red' })).body.colour).toBe('red');
  });

  it('finds messages by their words and contacts by a part of a name, in its own workspace only', async () => {
    const { session, conversation } = await open('Wilhelmina Nachtigall');
    await say(session, 'My **refrigerator** hums like a xylophone');
    const search = async (q: string, as = api) =>
      (await as('GET', `/v1/search?q=${encodeURIComponent(q)}`)).body as {
        messages: { conversation_id: string; excerpt: string }[];
        contacts: { name: string }[];
      };
    for (const q of ['refrigerator xylophone', 'xylo', 'XYLOPHONE hums', 'my refrig']) {
      expect((await search(q)).messages, q).toMatchObject([
        { conversation_id: conversation, excerpt: 'My refrigerator hums like a xylophone' },
      ]);
    }
    expect((await search('xylophone banana')).messages).toEqual([]);
    for (const q of ['nachtig', 'Wilhelmina', 'wilhelmnia', 'Nachtigal']) {
      expect((await search(q)).contacts, q).toMatchObject([{ name: 'Wilhelmina Nachtigall' }]);
    }
    expect(await search('xylophone', stranger)).toEqual({ messages: [], contacts: [] });
    expect(await search('nachtigall', stranger)).toEqual({ messages: [], contacts: [] });
    for (const q of ["'; drop table message --", '%', '!&|():*', '\\', '🦊']) {
      expect((await api('GET', `/v1/search?q=${encodeURIComponent(q)}`)).status, q).toBe(200);
    }
  });

  it('fills canned replies in for the person, as words', async () => {
    const { conversation } = await open('[Kim](https://evil.example)');
    const made = await api('POST', '/v1/canned-replies', {
      shortcut: 'hi',
      title: 'Hello',
      text: 'Hello {{ contact.name | default: "there" }}, it is about {{ contact.attributes.plan }}.',
    });
    expect(made.status).toBe(201);
    const at = `/v1/canned-replies/${made.body.id}`;
    const contact = (await api('GET', `/v1/conversations/${conversation}`)).body.contact.id;
    await api('PATCH', `/v1/contacts/${contact}`, { attributes: { plan: 'gold' } });
    const filled = await api('POST', `${at}/render`, { conversation_id: conversation });
    expect(filled.body.text).toBe('Hello \\[Kim\\](https\\://evil.example), it is about gold.');
    const bad = await api('PATCH', at, { text: '{{ contact.name ' });
    expect(bad.body).toMatchObject({ code: 'input/invalid', errors: [{ pointer: '/text' }] });
    expect((await api('POST', '/v1/canned-replies', { shortcut: 'hi', title: 'x', text: 'x' })).status).toBe(
      409,
    );
    expect((await api('PATCH', at, { shortcut: 'hello' })).body.shortcut).toBe('hello');
    expect((await stranger('POST', `${at}/render`, { conversation_id: conversation })).status).toBe(404);
    expect((await api('DELETE', at)).status).toBe(204);
  });

  it('says who is there and what they look at, until they leave', async () => {
    const { conversation } = await open();
    const reader = await follow();
    const seen = (body: object, as = other) => as('POST', '/v1/inbox/presence', { tab: 'window-1', ...body });
    const { body } = await seen({ conversation_id: conversation, is_replying: true });
    expect(body.data).toMatchObject([{ conversation_id: conversation, is_replying: true }]);
    expect((await seen({}, stranger)).body.data).toHaveLength(1);
    const lastPresence = () =>
      reader.events.filter(({ event }) => event === 'inbox.presence').at(-1)?.data as {
        data: { data: { conversation_id: string | null }[] };
      };
    await until('it is told', () => lastPresence()?.data.data[0]?.conversation_id === conversation);
    expect((await seen({ is_leaving: true })).body.data).toEqual([]);
    await until('that they left is told', () => lastPresence()?.data.data.length === 0);
    await seen({ conversation_id: conversation });
    await booted.owner.query("update presence set seen_at = now() - interval '1 minute'");
    await until('who goes without a word is gone', () => lastPresence()?.data.data.length === 0);
  });

  it('shows typing both ways', async () => {
    const { body: session } = await api('POST', '/v1/sessions', {});
    const conversation = session.conversation_id as string;
    const inbox = await follow();
    const visitor = await readEvents(`${booted.url}/v1/widget/stream`, {
      headers: { authorization: `Bearer ${session.client_token}` },
    });
    readers.push(visitor);
    const typing = { type: 'typing.started' };
    await until('the visitor sees it', async () => {
      expect((await api('POST', `/v1/conversations/${conversation}/typing`, typing)).status).toBe(202);
      return visitor.events.some(({ event }) => event === 'typing.started');
    });
    await until('the operator sees it', async () => {
      await apiOf(booted, session.client_token)('POST', '/v1/widget/events', typing);
      return told(inbox, 'inbox.typing', conversation).length > 0;
    });
    expect((await stranger('POST', `/v1/conversations/${conversation}/typing`, typing)).status).toBe(404);
  });

  it('tells every change once it is there, and to those who come back what they missed', async () => {
    const { session, conversation } = await open();
    const reader = await follow();
    const theirs = await follow(undefined, (await makeWorkspace(booted, 'Watchers')).key);
    await say(session, 'one');
    await until('it is told', () => told(reader, 'inbox.conversation', conversation).length > 0);
    const at = reader.events.filter(({ id }) => id !== undefined).at(-1)!.id!;
    reader.stop();
    await patch(conversation, { state: 'closed' });
    const back = await follow(at);
    await until('what was missed is told', () =>
      told(back, 'inbox.conversation', conversation).some((data) => data.conversation?.state === 'closed'),
    );
    for (const after of ['yesterday', '1000000000000']) {
      const lost = await follow(after);
      await until('it is a reset', () => lost.events.some(({ event }) => event === 'stream.reset'));
    }
    expect(told(theirs, 'inbox.conversation', conversation)).toEqual([]);
  });

  it('finds out by itself what no bell has told', async () => {
    const { conversation } = await open();
    const reader = await follow();
    // As another process would write it whose ring was lost.
    await booted.owner.query(
      `with c as (update conversation set last_event_seq = last_event_seq + 1, state = 'closed' where id = $1
         returning workspace_id, id, last_event_seq)
       insert into event (workspace_id, conversation_id, seq, type, data) select workspace_id, id, last_event_seq, 'conversation.updated', '{}' from c`,
      [uuidOf(conversation)],
    );
    await until('it is told', () =>
      told(reader, 'inbox.conversation', conversation).some((data) => data.conversation?.state === 'closed'),
    );
  });

  it('is answered by an operator, whose words go out as theirs', async () => {
    const { conversation } = await open('Eve', { page_url: 'https://shop.example/?utm_source=x' });
    await api('POST', `/v1/conversations/${conversation}/control`, { to: 'operator' });
    const sent = await api('POST', `/v1/conversations/${conversation}/messages`, {
      text: 'Hi!',
      author: 'operator',
    });
    expect(sent.body).toMatchObject({ author: 'operator', direction: 'out' });
    const { body } = await api('GET', `/v1/conversations/${conversation}/context`);
    expect(body).toMatchObject({ handoff: null, page: { page_url: 'https://shop.example/?utm_source=x' } });
  });
});
