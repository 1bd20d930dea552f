import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MailboxDrain, TurnStep, type CommitSignals } from '#libs/inbound';
import { idOf, uuidOf as uuid, type Turn, type TurnResult } from '#libs/model';
import { Logger, Metrics } from '#libs/observe';
import { planDeliveries } from '#libs/outbound';
import { ChannelCache, Inbox, Mailboxes, type LoadedChannel } from '#libs/store';
import { makeChannel, openTestStore, type TestStore } from '../support/test-store.js';
import { until } from '../support/until.js';

/** A turn that ends when the test says so. */
class Gate {
  readonly opened: Promise<void>;
  open!: () => void;
  constructor() {
    this.opened = new Promise((resolve) => (this.open = resolve));
  }
}

const reply = (text: string): TurnResult => ({
  outcome: 'answered',
  replies: [[{ type: 'text', text }]],
  state: {},
  effects: [],
  trace: [{ responder: 'test', decision: 'answered', reason: 'It is a test.', detail: {}, took_ms: 0 }],
});

describe('draining mailboxes', () => {
  let store: TestStore;
  let channel: LoadedChannel;
  let inbox: Inbox;
  const drains: MailboxDrain[] = [];
  const log: string[] = [];

  beforeAll(async () => {
    store = await openTestStore({ poolMax: 16 });
    const { channelId } = await makeChannel(store);
    channel = (await store.channels.load(channelId))!;
    inbox = new Inbox(store.database);
  });
  afterAll(async () => {
    await store?.close();
  });

  const rows = async (sql: string, ...values: unknown[]) => (await store.owner.query(sql, values)).rows;

  function startDrain(
    answer: (turn: Turn) => Promise<TurnResult>,
    options: Record<string, number> = {},
  ): MailboxDrain {
    const mailboxes = new Mailboxes(store.database);
    const step = new TurnStep(
      store.bots,
      mailboxes,
      { answer, heldVersion: () => null },
      {
        plan: (...args) => planDeliveries(...args).deliveries,
      },
    );
    const signals: CommitSignals = { committed() {}, thinking() {} };
    const logger = Logger.create({
      app: 'test',
      level: 'debug',
      destination: { write: (line) => void log.push(line) },
    });
    const drain = new MailboxDrain(
      mailboxes,
      new ChannelCache(store.channels),
      step,
      signals,
      {
        worker: randomUUID(),
        turns: 16,
        turnTimeoutMs: 20_000,
        leaseMs: 1_000,
        sweepEveryMs: 50,
        ...options,
      },
      logger,
      new Metrics(randomUUID()),
    );
    drain.start();
    drains.push(drain);
    return drain;
  }

  const stopAll = async (): Promise<void> => {
    await Promise.all(drains.splice(0).map((drain) => drain.stop(0)));
  };

  const ends = (ids: string[]) =>
    rows('select status from inbox_event where id = any ($1) order by seq', ids) as Promise<
      { status: string }[]
    >;
  const answered = async (thread: string): Promise<{ waits: number }> => {
    const [row] = await rows(
      'select last_message_seq - answered_seq as open, (select count(*)::int from mailbox m where m.key = $2 and m.due_at is not null) as waits from conversation where thread = $1',
      thread,
      `t:${thread}`,
    );
    return row;
  };
  const failuresOf = async (id: string): Promise<{ failures: number; due: boolean }> => {
    const [row] = await rows(
      `select m.failures, m.epoch > 0 and m.leased_by is null and m.due_at > clock_timestamp() as due
       from inbox_event e join mailbox m on m.id = e.mailbox_id where e.id = $1`,
      id,
    );
    return row;
  };

  async function say(thread: string, text: string, to: LoadedChannel = channel): Promise<string> {
    const key = randomUUID();
    const [accepted] = await inbox.accept([
      {
        workspaceId: to.workspaceId,
        channelId: to.channelId,
        kind: 'message',
        eventKey: key,
        raw: Buffer.from('{}'),
        event: {
          kind: 'message',
          event_key: key,
          thread,
          from: { kind: 'external', value: thread },
          provider_id: key,
          content: [{ type: 'text', text }],
        },
      },
    ]);
    return uuid(accepted!.inboxEventId);
  }

  const messagesOf = (thread: string) =>
    rows(
      `select m.direction, m.content->0->>'text' as text from message m join conversation c on c.id = m.conversation_id
       where c.thread = $1 order by m.seq`,
      thread,
    );
  const turnsOf = (thread: string) =>
    rows(
      `select t.outcome, t.trace from turn t join conversation c on c.id = t.conversation_id
       where c.thread = $1 order by t.ended_at`,
      thread,
    );
  const texts = async (thread: string): Promise<string[]> =>
    (await messagesOf(thread)).map((row) => row.text as string);

  it('shows what a person said while the bot is still thinking, and answers others meanwhile', async () => {
    const gate = new Gate();
    startDrain(async (turn) => {
      if (turn.messages.some(({ content }) => content[0]?.type === 'text' && content[0].text === 'slow'))
        await gate.opened;
      return reply(`to ${turn.messages.length}`);
    });
    await say('slow', 'slow');
    await until('the slow message is shown', async () => (await texts('slow')).length === 1);
    await say('quick', 'quick');
    await until('the quick one is answered', async () => (await texts('quick')).length === 2);
    await say('slow', 'more');
    expect(await texts('slow')).toEqual(['slow']);
    gate.open();
    await until('both are answered', async () => (await texts('slow')).length === 4);
    expect(await texts('slow')).toEqual(['slow', 'to 1', 'more', 'to 1']);
    await stopAll();
  });

  it('keeps a lease for as long as a turn runs, so that nobody else takes it', async () => {
    const gate = new Gate();
    let turns = 0;
    const answer = async (): Promise<TurnResult> => {
      turns++;
      await gate.opened;
      return reply('one');
    };
    startDrain(answer);
    startDrain(answer);
    await say('long', 'hello');
    await until('the turn runs', () => turns === 1);
    const [before] = await rows(`select due_at from mailbox where key = 't:long'`);
    await until('the lease was renewed twice', async () => {
      const [now] = await rows(
        `select due_at - $1::timestamptz > interval '1.5 s' as later from mailbox where key = 't:long'`,
        before.due_at,
      );
      return now.later;
    });
    expect(turns).toBe(1);
    gate.open();
    await until('answered', async () => (await texts('long')).length === 2);
    expect(turns).toBe(1);
    await stopAll();
  });

  it('lets another worker go on when one vanishes, and refuses what the vanished one writes late', async () => {
    const gate = new Gate();
    let isFirst = true;
    const vanishing = startDrain(
      async () => {
        if (!isFirst) return reply('second');
        isFirst = false;
        await gate.opened;
        return reply('late');
      },
      { leaseMs: 600 },
    );
    await say('vanish', 'hello');
    await until('the first has it', () => !isFirst);
    await until('it is shown', async () => (await texts('vanish')).length === 1);
    startDrain(() => Promise.resolve(reply('second')));
    await until('the second answered', async () => {
      // As if its process had been stopped: the lease ends although it believes to hold it, however often it renews.
      await rows(`update mailbox set due_at = now() - interval '1 s' where key = 't:vanish' and epoch = 1`);
      return (await texts('vanish')).length === 2;
    });
    gate.open();
    await vanishing.stop(2_000);
    expect(await texts('vanish')).toEqual(['hello', 'second']);
    await stopAll();
  });

  it('says nothing when somebody took over while the bot was thinking', async () => {
    const gate = new Gate();
    let owners: string[] = [];
    startDrain(async (turn) => {
      owners.push(turn.conversation.owner);
      if (owners.length === 1) await gate.opened;
      return turn.conversation.owner === 'bot'
        ? reply('bot')
        : { ...reply(''), outcome: 'silent', replies: [] };
    });
    await say('taken', 'hello');
    await until('the turn runs', () => owners.length === 1);
    await rows(
      `update conversation set owner = 'operator', control_version = control_version + 1 where thread = 'taken'`,
    );
    gate.open();
    await until('a second look', () => owners.length === 2);
    await until('both turns are recorded', async () => (await turnsOf('taken')).length === 2);
    // What the bot had thought until then can be read, and why nothing came of it.
    expect(await turnsOf('taken')).toMatchObject([
      { outcome: 'superseded', trace: [{ reason: 'It is a test.' }] },
      { outcome: 'silent' },
    ]);
    expect(owners).toEqual(['bot', 'operator']);
    expect(await texts('taken')).toEqual(['hello']);
    owners = [];
    await stopAll();
  });

  it('ends a turn at once when it is told that somebody took over, and counts no failure', async () => {
    const owners: string[] = [];
    const drain = startDrain(async (turn) => {
      owners.push(turn.conversation.owner);
      if (turn.conversation.owner !== 'bot') return { ...reply(''), outcome: 'silent', replies: [] };
      // It would go on for twenty seconds.
      await new Promise((_, reject) =>
        turn.signal.addEventListener('abort', () => reject(turn.signal.reason)),
      );
      return reply('never');
    });
    await say('told', 'hello');
    await until('the turn runs', () => owners.length === 1);
    const [{ id }] = await rows(`select id from conversation where thread = 'told'`);
    const conversationId = idOf('conversation', id as string);
    await drain.changed([conversationId]);
    expect(owners).toEqual(['bot']);
    await rows(
      `update conversation set owner = 'operator', control_version = control_version + 1 where thread = 'told'`,
    );
    await drain.changed([conversationId]);
    await until('both turns are recorded', async () => (await turnsOf('told')).length === 2, 10_000);
    expect((await turnsOf('told')).map(({ outcome }) => outcome)).toEqual(['superseded', 'silent']);
    expect(owners).toEqual(['bot', 'operator']);
    const [{ failures }] = await rows(`select failures from mailbox where key = 't:told'`);
    expect(failures).toBe(0);
    expect(await texts('told')).toEqual(['hello']);
    await stopAll();
  });

  it('tries a failing turn again, then keeps the message as dead, goes on, and can replay it', async () => {
    let isBroken = true;
    const asked: number[] = [];
    startDrain(
      (turn) => {
        asked.push(turn.messages.length);
        return isBroken
          ? Promise.reject(new TypeError('a bug with a secret text'))
          : Promise.resolve(reply('well'));
      },
      { attemptsMax: 2 },
    );
    const id = await say('broken', 'hello');
    await until(
      'it is dead',
      async () =>
        (await rows(`select 1 from inbox_event where id = $1 and status = 'dead'`, id)).length === 1,
    );
    const [dead] = await rows('select reason, attempts from inbox_event where id = $1', id);
    expect(dead).toEqual({ reason: 'The bot failed 2 times: internal/bug.', attempts: 2 });
    expect(await texts('broken')).toEqual(['hello']);
    const [turn] = await rows(
      `select t.outcome from turn t join conversation c on c.id = t.conversation_id where c.thread = 'broken'`,
    );
    expect(turn.outcome).toBe('failed');
    isBroken = false;
    await say('broken', 'next');
    await until('the next is answered', async () => (await texts('broken')).length === 3);
    await store.deadLetters.replayInboxEvent(channel.workspaceId, idOf('inboxEvent', id), 'system');
    await until('the replay is answered', async () => (await texts('broken')).length === 4);
    expect(await texts('broken')).toEqual(['hello', 'next', 'well', 'well']);
    expect(log.join()).not.toContain('hello');
    await stopAll();
  });

  it('lets the one message die that cannot be handled, and answers its neighbours of the same burst', async () => {
    const wordsOf = (turn: Turn): string[] =>
      turn.messages.map(({ content }) => (content[0] as { text: string }).text);
    let isOpen = false;
    startDrain(
      (turn) => {
        const words = wordsOf(turn);
        if (!isOpen || words.includes('poison')) return Promise.reject(new TypeError('cannot be handled'));
        return Promise.resolve(reply(`to ${words.join(' and ')}`));
      },
      { attemptsMax: 3, leaseMs: 5_000 },
    );
    const ids = [await say('burst', 'one'), await say('burst', 'poison'), await say('burst', 'two')];
    isOpen = true;
    await until('nothing is pending', async () =>
      (await ends(ids)).every(({ status }) => status !== 'pending'),
    );
    await until('nothing is due', async () => (await answered('burst')).waits === 0);
    expect((await ends(ids)).map(({ status }) => status)).toEqual(['done', 'dead', 'done']);
    const said = (await texts('burst')).slice(3);
    expect(said.join(', ')).toMatch(/one.*two/);
    expect(said.join()).not.toContain('poison');
    const turns = await rows(
      `select t.from_seq as "from", t.through_seq as through, t.outcome from turn t
       join conversation c on c.id = t.conversation_id where c.thread = 'burst' order by t.from_seq`,
    );
    expect(turns.filter(({ outcome }) => outcome === 'failed')).toMatchObject([{ from: 2, through: 2 }]);
    await stopAll();
  });

  it('holds a failed replay until it is answered', async () => {
    let failuresLeft = 2;
    startDrain(
      () => (failuresLeft-- > 0 ? Promise.reject(new TypeError('x')) : Promise.resolve(reply('late'))),
      {
        attemptsMax: 2,
      },
    );
    const id = await say('again', 'hello');
    await until('it is dead', async () => (await ends([id]))[0]!.status === 'dead');
    failuresLeft = 1;
    await store.deadLetters.replayInboxEvent(channel.workspaceId, idOf('inboxEvent', id), 'system');
    await until('the replay is answered', async () => (await ends([id]))[0]!.status === 'done');
    expect(await texts('again')).toEqual(['hello', 'late']);
    await stopAll();
  });

  it('counts no failure while a channel is paused, so that the first real one kills nothing', async () => {
    const { channelId } = await makeChannel(store);
    const own = (await store.channels.load(channelId))!;
    await store.channels.pause(own.workspaceId, channelId, 'system');
    startDrain(() => Promise.resolve(reply('hello')));
    const id = await say('held', 'hello', own);
    await until('it waits', async () => (await failuresOf(id)).due);
    expect((await failuresOf(id)).failures).toBe(0);
    await stopAll();
  });

  it('ends a turn that takes too long and counts it as failed', async () => {
    startDrain(
      (turn) =>
        new Promise((_, reject) =>
          turn.signal.addEventListener('abort', () => reject(turn.signal.reason as Error)),
        ),
      {
        turnTimeoutMs: 100,
        attemptsMax: 1,
      },
    );
    const id = await say('endless', 'hello');
    await until(
      'it is dead',
      async () =>
        (await rows(`select 1 from inbox_event where id = $1 and status = 'dead'`, id)).length === 1,
    );
    await stopAll();
  });

  it('hands what it began to the next worker when it is stopped', async () => {
    let began = 0;
    const stopping = startDrain(async (turn) => {
      began++;
      await new Promise((_, reject) =>
        turn.signal.addEventListener('abort', () => reject(turn.signal.reason as Error)),
      );
      return reply('never');
    });
    await say('stopped', 'hello');
    await until('the turn runs', () => began === 1);
    await stopping.stop(50);
    startDrain(() => Promise.resolve(reply('after')));
    await until('the next one answers', async () => (await texts('stopped')).length === 2, 5_000);
    expect(await texts('stopped')).toEqual(['hello', 'after']);
    await stopAll();
  });
});
