import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { idOf, newId, uuidOf as uuid } from '#libs/model';
import { Outbox } from '#libs/outbound';
import { Channels, DeadLetters } from '#libs/store';
import { say, startPipeline, type Pipeline } from '../support/pipeline.js';
import { until } from '../support/until.js';

const queues = inject('redisUrl') === undefined ? (['postgres'] as const) : (['postgres', 'redis'] as const);

describe.each(queues)('the pipeline with its queue on %s', (queue) => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await startPipeline({ queue, workers: 2 });
  });
  afterAll(async () => {
    await pipeline?.close();
  });
  beforeEach(() => {
    pipeline.provider.requests.length = 0;
    pipeline.provider.answerWith({ kind: 'answer', status: 204 });
  });

  const rows = async (sql: string, ...values: unknown[]) => (await pipeline.owner.query(sql, values)).rows;
  const settled = (channelId: string, sends: number, status = 'sent') =>
    until(`${sends} deliveries are ${status}`, async () => {
      const [row] = await rows(
        `select count(*) filter (where d.status = $2)::int as n from delivery d join channel c on c.id = d.channel_id
         where c.name = 'Test' and c.id = $1`,
        uuid(channelId),
        status,
      );
      return row.n >= sends;
    });

  it('carries a message from the door to the provider and records every step', async () => {
    const channel = await pipeline.addChannel();
    await say(pipeline, channel, 'anna', 'hello');
    await settled(channel.channelId, 1);
    expect(JSON.parse(pipeline.provider.requests[0]!.body)).toMatchObject({ thread: 'anna' });
    const log = await rows(
      `select e.type, e.seq from event e join conversation c on c.id = e.conversation_id where c.channel_id = $1 order by seq`,
      uuid(channel.channelId),
    );
    expect(log.map((row) => row.type)).toEqual([
      'conversation.created',
      'message.created',
      'message.created',
      'turn.completed',
      'message.status',
    ]);
    expect(log.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps one event of fifty copies that come at once, and of later ones', async () => {
    const channel = await pipeline.addChannel();
    const key = randomUUID();
    const answers = (
      await Promise.all(Array.from({ length: 50 }, () => say(pipeline, channel, 'twin', 'once', key)))
    ).flat();
    const late = await say(pipeline, channel, 'twin', 'once', key);
    expect(new Set([...answers, ...late].map((answer) => answer.inboxEventId)).size).toBe(1);
    expect(answers.filter((answer) => !answer.isDuplicate)).toHaveLength(1);
    await settled(channel.channelId, 1);
    const stored = await rows('select seq from inbox_event where channel_id = $1', uuid(channel.channelId));
    expect(stored).toEqual([{ seq: 1 }]);
    expect(pipeline.provider.requests).toHaveLength(1);
  });

  it('keeps the order of each conversation, without a gap, while many talk at once', async () => {
    const channel = await pipeline.addChannel({ bot: null });
    const threads = Array.from({ length: 12 }, (_, n) => `thread-${n}`);
    await Promise.all(
      threads.map(async (thread) => {
        for (let n = 1; n <= 15; n++) await say(pipeline, channel, thread, String(n));
      }),
    );
    await until('all are messages', async () => {
      const [row] = await rows(
        'select count(*)::int as n from message m join conversation c on c.id = m.conversation_id where c.channel_id = $1',
        uuid(channel.channelId),
      );
      return row.n === 180;
    });
    const texts = await rows(
      `select c.thread, array_agg(m.content->0->>'text' order by m.seq) as said, array_agg(m.seq order by m.seq) as seqs
       from message m join conversation c on c.id = m.conversation_id where c.channel_id = $1 group by 1`,
      uuid(channel.channelId),
    );
    const upTo15 = Array.from({ length: 15 }, (_, n) => n + 1);
    for (const row of texts) {
      expect(row.said).toEqual(upTo15.map(String));
      expect(row.seqs).toEqual(upTo15);
    }
  });

  it('makes one contact when one person opens many threads at the same moment', async () => {
    const channel = await pipeline.addChannel({ bot: null });
    const from = { kind: 'phone', value: '+4930123456' };
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => {
        const key = randomUUID();
        const event = {
          kind: 'message' as const,
          event_key: key,
          thread: `t${n}`,
          from,
          provider_id: key,
          content: [{ type: 'text' as const, text: 'first' }],
        };
        return pipeline.door.accept(channel, [{ event, raw: Buffer.from('{}') }]);
      }),
    );
    await until('twenty conversations', async () => {
      const [row] = await rows(
        'select count(*)::int as n from message m join conversation c on c.id = m.conversation_id where c.channel_id = $1',
        uuid(channel.channelId),
      );
      return row.n === 20;
    });
    const [contacts] = await rows(
      'select count(*)::int as n from contact where workspace_id = $1',
      uuid(channel.workspaceId),
    );
    expect(contacts.n).toBe(1);
  });

  it('answers a burst in one turn', async () => {
    const channel = await pipeline.addChannel();
    const key = randomUUID();
    const events = ['one', 'two', 'three', 'four', 'five'].map((text, n) => ({
      event: {
        kind: 'message' as const,
        event_key: `${key}-${n}`,
        thread: 'burst',
        from: { kind: 'external', value: 'burst' },
        provider_id: `${key}-${n}`,
        content: [{ type: 'text' as const, text }],
      },
      raw: Buffer.from('{}'),
    }));
    await pipeline.door.accept(channel, events);
    await settled(channel.channelId, 1);
    const turns = await rows(
      'select t.outcome, t.from_seq, t.through_seq from turn t join conversation c on c.id = t.conversation_id where c.channel_id = $1',
      uuid(channel.channelId),
    );
    expect(turns).toEqual([{ outcome: 'answered', from_seq: 1, through_seq: 5 }]);
    expect(pipeline.provider.requests).toHaveLength(1);
  });

  it('applies edits, deletions, reactions and receipts to what they speak of, also receipts that come too early', async () => {
    const channel = await pipeline.addChannel();
    pipeline.provider.answerWith(({ headers }) => ({
      kind: 'answer',
      status: 200,
      body: JSON.stringify({ id: `ref-${headers['webhook-id']}` }),
    }));
    const key = randomUUID();
    await say(pipeline, channel, 'edits', 'helo', key);
    await settled(channel.channelId, 1);
    const [delivery] = await rows(
      'select provider_ref from delivery where channel_id = $1',
      uuid(channel.channelId),
    );
    const base = { thread: 'edits', from: { kind: 'external', value: 'edits' }, provider_id: key };
    const events = [
      {
        ...base,
        kind: 'edit' as const,
        event_key: 'e1',
        content: [{ type: 'text' as const, text: 'hello' }],
      },
      { ...base, kind: 'reaction' as const, event_key: 'e2', emoji: '👍', removed: false },
      {
        ...base,
        kind: 'edit' as const,
        event_key: 'e3',
        provider_id: 'nobody',
        content: [{ type: 'text' as const, text: 'x' }],
      },
      {
        kind: 'receipt' as const,
        event_key: 'e4',
        thread: 'edits',
        provider_ref: delivery.provider_ref,
        status: 'read' as const,
      },
      {
        kind: 'receipt' as const,
        event_key: 'e5',
        thread: 'edits',
        provider_ref: delivery.provider_ref,
        status: 'delivered' as const,
      },
      {
        kind: 'receipt' as const,
        event_key: 'e6',
        thread: 'edits',
        provider_ref: 'not-yet-known',
        status: 'delivered' as const,
      },
    ];
    await pipeline.door.accept(
      channel,
      events.map((event) => ({ event, raw: Buffer.from('{}') })),
    );
    await settled(channel.channelId, 1, 'read');
    await until('all are handled', async () => {
      const [row] = await rows(
        `select count(*)::int as n from inbox_event where channel_id = $1 and status = 'pending'`,
        uuid(channel.channelId),
      );
      return row.n === 0;
    });
    const [message] = await rows(
      `select m.content, m.reactions, m.edited_at from message m join conversation c on c.id = m.conversation_id
       where c.channel_id = $1 and m.direction = 'in'`,
      uuid(channel.channelId),
    );
    expect(message.content).toEqual([{ type: 'text', text: 'hello' }]);
    expect(message.reactions).toEqual([{ emoji: '👍', from: 'edits' }]);
    expect(message.edited_at).not.toBeNull();
    const ignored = await rows(
      `select event_key, reason from inbox_event where channel_id = $1 and status = 'ignored'`,
      uuid(channel.channelId),
    );
    expect(ignored).toEqual([{ event_key: 'e3', reason: 'It changes a message that was never received.' }]);
    const early = await rows(
      'select provider_ref from early_receipt where channel_id = $1',
      uuid(channel.channelId),
    );
    expect(early).toEqual([{ provider_ref: 'not-yet-known' }]);
    pipeline.provider.answerWith({
      kind: 'answer',
      status: 200,
      body: JSON.stringify({ id: 'not-yet-known' }),
    });
    await say(pipeline, channel, 'edits', 'again');
    await settled(channel.channelId, 1, 'delivered');
    const [statuses] = await rows(
      `select array_agg(m.status order by m.seq) as said from message m join conversation c on c.id = m.conversation_id
       where c.channel_id = $1 and m.direction = 'out'`,
      uuid(channel.channelId),
    );
    expect(statuses.said).toEqual(['read', 'delivered']);
  });

  it('sends the replies of a conversation in order, each after the one before has ended', async () => {
    const channel = await pipeline.addChannel({ settings: { text_max: 16 } });
    const [conversation] = await openConversation(channel, 'ordered');
    let failures = 2;
    pipeline.provider.answerWith(() =>
      failures-- > 0 ? { kind: 'answer', status: 503 } : { kind: 'answer', status: 204 },
    );
    await pipeline.get(Outbox).say({
      workspaceId: channel.workspaceId,
      conversationId: conversation,
      channel,
      thread: 'ordered',
      address: null,
      contents: [
        [{ type: 'text', text: 'first second third fourth fifth' }],
        [{ type: 'text', text: 'sixth' }],
      ],
      author: 'operator',
    });
    await settled(channel.channelId, 4);
    const accepted = pipeline.provider.requests.map(
      (request) => JSON.parse(request.body).content[0].text as string,
    );
    const tried = accepted.slice(2);
    expect(accepted.slice(0, 2).every((text) => text === tried[0])).toBe(true);
    expect(tried.join(' ')).toBe('first second third fourth fifth sixth');
  });

  it('waits as long as the provider asks without spending an attempt, for the whole account', async () => {
    const channel = await pipeline.addChannel();
    let isFirst = true;
    pipeline.provider.answerWith(() => {
      const answer = isFirst
        ? { kind: 'answer' as const, status: 429, headers: { 'retry-after': '1' } }
        : { kind: 'answer' as const, status: 204 };
      isFirst = false;
      return answer;
    });
    await say(pipeline, channel, 'first', 'hello');
    await until(
      'the account rests',
      async () =>
        (
          await rows(
            `select 1 from pace where paused_until > now() and workspace_id = $1`,
            uuid(channel.workspaceId),
          )
        ).length,
    );
    const before = pipeline.provider.requests.length;
    await say(pipeline, channel, 'second', 'hello');
    await settled(channel.channelId, 2);
    expect(before).toBe(1);
    const deliveries = await rows(
      'select attempts, jsonb_array_length(log) as entries from delivery where channel_id = $1 order by entries desc',
      uuid(channel.channelId),
    );
    expect(deliveries).toEqual([
      { attempts: 1, entries: 2 },
      { attempts: 1, entries: 1 },
    ]);
  });

  it('keeps to the rate of an account over all its conversations', async () => {
    const channel = await pipeline.addChannel({ settings: { rate_per_second: 20, burst: 5 } });
    const began = Date.now();
    await Promise.all(Array.from({ length: 25 }, (_, n) => say(pipeline, channel, `r${n}`, 'hello')));
    await settled(channel.channelId, 25);
    const tookMs = Date.now() - began;
    expect(tookMs).toBeGreaterThanOrEqual(980); // 20 of 25 have to wait their 50 ms
  });

  it.each([
    ['idempotent', 'sent', 2],
    ['look-up', 'sent', 2],
    ['blind', 'unknown', 1],
  ] as const)('ends an unclear send of class %s as %s', async (delivery, status, calls) => {
    const channel = await pipeline.addChannel({
      settings: {
        delivery,
        ...(delivery === 'look-up' && { lookup_url: `${pipeline.provider.url}/lookup` }),
      },
    });
    let isFirst = true;
    pipeline.provider.answerWith(({ path }) => {
      if (path.startsWith('/lookup')) return { kind: 'answer', status: 404 };
      const answer = isFirst ? { kind: 'reset' as const } : { kind: 'answer' as const, status: 204 };
      isFirst = false;
      return answer;
    });
    await say(pipeline, channel, 'unclear', 'hello');
    await settled(channel.channelId, 1, status);
    const posts = pipeline.provider.requests.filter((request) => request.method === 'POST');
    expect(posts).toHaveLength(calls);
    expect(new Set(posts.map((post) => post.headers['webhook-id'])).size).toBe(1);
  });

  it('lets a fallback take over where nothing was accepted, never where that is unclear, and hears its receipts', async () => {
    const first = await pipeline.addChannel({ settings: { delivery: 'blind' } });
    const { workspaceId } = first;
    const second = await pipeline.addChannel({
      workspaceId,
      bot: null,
      settings: { url: `${pipeline.provider.url}/second`, delivery: 'blind' },
    });
    await pipeline.get(Channels).update(workspaceId, first.channelId, {
      version: null,
      fallbackChannelIds: [second.channelId],
      actor: 'system',
    });
    await until('the change is seen', async () => {
      const loaded = await pipeline.get(Channels).load(first.channelId);
      await new Promise((resolve) => setTimeout(resolve, 2_100)); // channels are believed for two seconds
      return loaded?.fallbackChannelIds.length === 1;
    });
    const paths = (): string[] => pipeline.provider.requests.map(({ path }) => path);
    pipeline.provider.requests.length = 0;
    pipeline.provider.answerWith(({ path }) =>
      path === '/in'
        ? { kind: 'answer', status: 503 }
        : { kind: 'answer', status: 200, body: '{"id":"by-second"}' },
    );
    await say(pipeline, first, 'over', 'hello');
    await settled(second.channelId, 1, 'sent');
    expect(paths()).toEqual(['/in', '/second']);
    const [delivery] = await rows(
      'select log, attempts from delivery where channel_id = $1',
      uuid(second.channelId),
    );
    expect(delivery.log.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['diverted', 'sent']);
    await pipeline.door.accept(second, [
      {
        event: {
          kind: 'receipt',
          event_key: 'r',
          thread: 'over',
          provider_ref: 'by-second',
          status: 'delivered',
        },
        raw: Buffer.from('{}'),
      },
    ]);
    await settled(second.channelId, 1, 'delivered');
    pipeline.provider.requests.length = 0;
    pipeline.provider.answerWith(({ path }) =>
      path === '/in' ? { kind: 'reset' } : { kind: 'answer', status: 204 },
    );
    await say(pipeline, first, 'unclear', 'hello');
    await settled(first.channelId, 1, 'unknown');
    expect(paths()).toEqual(['/in']);
  });

  it('joins a message that comes in parts, in any order and at any time, and answers it once', async () => {
    const channel = await pipeline.addChannel();
    const part = (n: number, text: string) => ({
      event: {
        kind: 'message' as const,
        event_key: `part-${n}`,
        thread: 'long',
        from: { kind: 'external', value: 'long' },
        provider_id: `part-${n}`,
        content: [{ type: 'text' as const, text }],
        join: { of: '7', part: n, total: 3 },
      },
      raw: Buffer.from('{}'),
    });
    await pipeline.door.accept(channel, [part(3, 'long'), part(1, 'this ')]);
    await until('it waits for the rest', async () => {
      const [row] = await rows(
        "select due_at > now() + interval '10 s' as waits, leased_by from mailbox where channel_id = $1",
        uuid(channel.channelId),
      );
      return row.waits && row.leased_by === null;
    });
    await pipeline.door.accept(channel, [part(2, 'is ')]);
    await settled(channel.channelId, 1);
    const messages = await rows(
      `select m.direction, m.content->0->>'text' as text from message m join conversation c on c.id = m.conversation_id
       where c.channel_id = $1 order by m.seq`,
      uuid(channel.channelId),
    );
    expect(messages[0]).toEqual({ direction: 'in', text: 'this is long' });
    expect(messages).toHaveLength(2);
    const [left] = await rows(
      `select count(*) filter (where status = 'done')::int as done, count(*)::int as n from inbox_event where channel_id = $1`,
      uuid(channel.channelId),
    );
    expect(left).toEqual({ done: 3, n: 3 });
  });

  it('learns from a receipt that names our key what became of a send whose answer was lost', async () => {
    const channel = await pipeline.addChannel({ settings: { delivery: 'blind' } });
    pipeline.provider.answerWith({ kind: 'reset' });
    await say(pipeline, channel, 'named', 'hello');
    await settled(channel.channelId, 1, 'unknown');
    const [delivery] = await rows('select id from delivery where channel_id = $1', uuid(channel.channelId));
    await pipeline.door.accept(channel, [
      {
        event: {
          kind: 'receipt',
          event_key: 'late',
          thread: 'named',
          provider_ref: 'theirs-1',
          key: idOf('delivery', delivery.id),
          status: 'delivered',
        },
        raw: Buffer.from('{}'),
      },
    ]);
    await settled(channel.channelId, 1, 'delivered');
    const [message] = await rows(
      `select m.status from message m join delivery d on d.message_id = m.id where d.channel_id = $1`,
      uuid(channel.channelId),
    );
    expect(message.status).toBe('delivered');
  });

  it('asks a provider that can be asked, and does not send again what went out', async () => {
    const channel = await pipeline.addChannel({
      settings: { delivery: 'look-up', lookup_url: `${pipeline.provider.url}/lookup` },
    });
    pipeline.provider.answerWith(({ path }) =>
      path.startsWith('/lookup')
        ? { kind: 'answer', status: 200, body: '{"id":"found","status":"sent"}' }
        : { kind: 'reset' },
    );
    await say(pipeline, channel, 'asked', 'hello');
    await settled(channel.channelId, 1);
    expect(pipeline.provider.requests.filter((request) => request.method === 'POST')).toHaveLength(1);
  });

  it('makes a refused delivery dead at once, and a replay sends it with the same key', async () => {
    const channel = await pipeline.addChannel();
    pipeline.provider.answerWith({
      kind: 'answer',
      status: 422,
      body: '{"code":"bad-number","message":"No such number"}',
    });
    await say(pipeline, channel, 'dead', 'hello');
    await settled(channel.channelId, 1, 'dead');
    const [message] = await rows(
      `select m.status, m.error->'provider'->>'code' as code from message m join conversation c on c.id = m.conversation_id
       where c.channel_id = $1 and m.direction = 'out'`,
      uuid(channel.channelId),
    );
    expect(message.status).toBe('failed');
    pipeline.provider.answerWith({ kind: 'answer', status: 204 });
    const [dead] = await rows('select id from delivery where channel_id = $1', uuid(channel.channelId));
    await pipeline.get(DeadLetters).replayDelivery(channel.workspaceId, idOf('delivery', dead.id), 'system');
    await settled(channel.channelId, 1);
    const keys = pipeline.provider.requests.map((request) => request.headers['webhook-id']);
    expect(new Set(keys).size).toBe(1);
    expect(keys.length).toBe(2);
  });

  it('lets a reply expire with its reason instead of sending it out of place', async () => {
    const channel = await pipeline.addChannel();
    pipeline.provider.answerWith({ kind: 'answer', status: 503 });
    await say(pipeline, channel, 'late', 'hello');
    await until('one attempt', () => pipeline.provider.requests.length > 0);
    await pipeline.owner.query(
      `update delivery set expires_at = now() - interval '1 s' where channel_id = $1`,
      [uuid(channel.channelId)],
    );
    await settled(channel.channelId, 1, 'expired');
    const [row] = await rows('select error from delivery where channel_id = $1', uuid(channel.channelId));
    expect(row.error.text).toContain('could not be sent in time');
  });

  it('holds everything of a paused channel, and goes on when it is resumed', async () => {
    const channel = await pipeline.addChannel();
    await pipeline.get(Channels).pause(channel.workspaceId, channel.channelId, 'system');
    await until('the pause is seen', async () => {
      await say(pipeline, channel, `paused-${randomUUID()}`, 'hello');
      const [row] = await rows(
        `select count(*)::int as n from message m join conversation c on c.id = m.conversation_id
         where c.channel_id = $1 and m.direction = 'in' and c.answered_seq = 0`,
        uuid(channel.channelId),
      );
      return row.n > 0;
    });
    await pipeline.get(Channels).resume(channel.workspaceId, channel.channelId, 'system');
    await until('all are answered', async () => {
      const [row] = await rows(
        'select count(*)::int as n from conversation where channel_id = $1 and answered_seq = 0',
        uuid(channel.channelId),
      );
      return row.n === 0;
    });
  });

  it('takes texts that a database cannot hold, and loses nothing but what cannot be kept', async () => {
    const channel = await pipeline.addChannel({ bot: null });
    await Promise.all([
      say(pipeline, channel, 'nul', 'a\u0000b'),
      say(pipeline, channel, 'surrogate', 'x\ud800y'),
      say(pipeline, channel, 'plain', 'fine \\u0000 literal'),
    ]);
    const texts = await until('three messages', async () => {
      const found = await rows(
        `select m.content->0->>'text' as text from message m join conversation c on c.id = m.conversation_id where c.channel_id = $1`,
        uuid(channel.channelId),
      );
      return found.length === 3 ? found.map((row) => row.text as string) : null;
    });
    expect(texts.toSorted((a, b) => a.localeCompare(b))).toEqual(
      ['ab', 'fine \\u0000 literal', 'x\ufffdy'].toSorted((a, b) => a.localeCompare(b)),
    );
  });

  it('keeps workspaces apart when their providers use the same ids', async () => {
    const [one, two] = [await pipeline.addChannel(), await pipeline.addChannel()];
    await Promise.all([
      say(pipeline, one, 'same', 'hello', 'same-key'),
      say(pipeline, two, 'same', 'hello', 'same-key'),
    ]);
    await settled(one.channelId, 1);
    await settled(two.channelId, 1);
    const contacts = await rows('select distinct workspace_id from identity where value = $1', 'same');
    expect(contacts).toHaveLength(2);
  });

  it('writes no message text and no secret into its log', () => {
    expect(pipeline.log.join('\n')).not.toMatch(/hello|whsec_|fourth/);
  });

  async function openConversation(channel: Awaited<ReturnType<Pipeline['addChannel']>>, thread: string) {
    const workspaceId = channel.workspaceId;
    const contact = uuid(newId('contact'));
    const id = newId('conversation');
    await pipeline.owner.query('insert into contact (workspace_id, id) values ($1, $2)', [
      uuid(workspaceId),
      contact,
    ]);
    await pipeline.owner.query(
      'insert into conversation (workspace_id, id, channel_id, contact_id, thread) values ($1, $2, $3, $4, $5)',
      [uuid(workspaceId), uuid(id), uuid(channel.channelId), contact, thread],
    );
    return [id] as const;
  }
});
