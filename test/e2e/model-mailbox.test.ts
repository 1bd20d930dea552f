import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf, uuidOf as uuid, type InboxEventId } from '#libs/model';
import { Inbox, Mailboxes, type CommitItem, type LoadedChannel, type OpenMailbox } from '#libs/store';
import { makeChannel, openTestStore, type TestStore } from '../support/test-store.js';

/** What the mailbox of one thread must hold. */
interface Box {
  events: { id: InboxEventId; key: string; status: 'pending' | 'done' | 'dead' }[];
  /** The claim whose writes count. */
  holder: Claim | null;
  isDue: boolean;
}
interface Claim {
  worker: number;
  box: OpenMailbox;
}

const THREADS = 3;
const WORKERS = 3;
const LEASE_MS = 600_000;

let store: TestStore;
let channel: LoadedChannel;
let inbox: Inbox;
let workers: Mailboxes[];

beforeAll(async () => {
  store = await openTestStore({ poolMax: 12 });
  const { channelId } = await makeChannel(store);
  channel = (await store.channels.load(channelId))!;
  inbox = new Inbox(store.database);
  workers = Array.from({ length: WORKERS }, () => new Mailboxes(store.database));
});
afterAll(() => store?.close());

/** The threads of one run, and everything that was ever claimed in it. */
class Model {
  readonly run = randomUUID();
  readonly boxes: Box[] = Array.from({ length: THREADS }, () => ({ events: [], holder: null, isDue: false }));
  readonly claims: Claim[] = [];

  threadOf(at: number): string {
    return `${this.run}-${at}`;
  }

  boxOf({ box }: Claim): Box {
    return this.boxes[Number(box.thread!.slice(this.run.length + 1))]!;
  }

  pending(box: Box): Box['events'] {
    return box.events.filter(({ status }) => status === 'pending');
  }
}

type Command = fc.AsyncCommand<Model, object>;
const always = (): boolean => true;

/** The provider tells something, for the first time or again. */
const accept = (thread: number, isAgain: boolean): Command => ({
  check: always,
  toString: () => `accept(${thread}${isAgain ? ', again' : ''})`,
  async run(model) {
    const box = model.boxes[thread]!;
    const earlier = isAgain ? box.events[0] : undefined;
    const key = earlier?.key ?? randomUUID();
    const [answer] = await inbox.accept([eventOf(model.threadOf(thread), key)]);
    expect(answer!.isDuplicate).toBe(earlier !== undefined);
    if (earlier) expect(answer!.inboxEventId).toBe(earlier.id);
    else box.events.push({ id: answer!.inboxEventId, key, status: 'pending' });
    // A copy rings a mailbox that rests: it is looked at once, and has nothing.
    if (!box.holder) box.isDue = true;
  },
});

/** A worker takes a mailbox that is due, and finds what waits in it, in order. */
const claim = (worker: number): Command => ({
  check: always,
  toString: () => `claim(${worker})`,
  async run(model) {
    const [box] = await workers[worker]!.open(`w${worker}`, 1, LEASE_MS);
    expect(box !== undefined).toBe(model.boxes.some(({ isDue }) => isDue));
    if (!box) return;
    const taken = { worker, box };
    const expected = model.boxOf(taken);
    expect(expected.isDue).toBe(true);
    expect(box.events.map(({ inboxEventId }) => inboxEventId)).toEqual(
      model.pending(expected).map(({ id }) => id),
    );
    Object.assign(expected, { holder: taken, isDue: false });
    model.claims.push(taken);
  },
});

/** A worker ends what it once claimed: well, with its first event dead, or to be tried again. */
const finish = (which: number, how: 'done' | 'dead' | 'retry'): Command => ({
  check: ({ claims }) => claims.length > 0,
  toString: () => `finish(${which}, ${how})`,
  async run(model) {
    const { worker, box } = model.claims[which % model.claims.length]!;
    const taken = model.claims[which % model.claims.length]!;
    const expected = model.boxOf(taken);
    const isHolder = expected.holder === taken;
    const result = await workers[worker]!.commit(`w${worker}`, await commitOf(worker, box, how));
    expect(result.outcome).toBe(isHolder ? 'ok' : 'fenced');
    if (!isHolder) return;
    if (how !== 'retry') settle(expected, box, how);
    expected.holder = null;
    expected.isDue = how === 'retry' || model.pending(expected).length > 0;
    expect(result.hasMore).toBe(expected.isDue);
  },
});

/** A worker vanishes, or stands still for so long that its lease ends. */
const lapse = (thread: number): Command => ({
  check: ({ boxes }) => boxes[thread]!.holder !== null,
  toString: () => `lapse(${thread})`,
  async run(model) {
    await store.owner.query(`update mailbox set due_at = now() - interval '1 s' where key = $1`, [
      `t:${model.threadOf(thread)}`,
    ]);
    model.boxes[thread]!.isDue = true;
  },
});

/** A person takes up what was given up. */
const replay = (thread: number): Command => ({
  check: ({ boxes }) => boxes[thread]!.events.some(({ status }) => status === 'dead'),
  toString: () => `replay(${thread})`,
  async run(model) {
    const box = model.boxes[thread]!;
    const dead = box.events.find(({ status }) => status === 'dead')!;
    await store.deadLetters.replayInboxEvent(channel.workspaceId, dead.id, 'system');
    dead.status = 'pending';
    if (!box.holder) box.isDue = true;
  },
});

const thread = fc.nat(THREADS - 1);
const commands = [
  fc.tuple(thread, fc.boolean()).map(([at, isAgain]) => accept(at, isAgain)),
  thread.map((at) => accept(at, false)),
  fc.nat(WORKERS - 1).map(claim),
  fc.nat(WORKERS - 1).map(claim),
  fc.tuple(fc.nat(), fc.constantFrom('done', 'done', 'dead', 'retry')).map(([at, how]) => finish(at, how)),
  thread.map(lapse),
  thread.map(replay),
];

describe('mailboxes, against their model', () => {
  it('hand out what is pending, in order, to one holder at a time, whatever happens in which order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: 'max' }), async (plan) => {
        const model = new Model();
        await fc.asyncModelRun(() => ({ model, real: {} }), plan);
        await compare(model);
        await store.owner.query('update mailbox set due_at = null, leased_by = null');
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('let two workers that drain, however their steps are interleaved, handle each event once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 6 }), async (scheduler, events) => {
        const name = randomUUID();
        const people = scheduler.scheduleSequence(
          Array.from({ length: events }, (_, n) => ({
            label: `event ${n}`,
            builder: async () => void (await inbox.accept([eventOf(`${name}-0`, `${name}-${n}`)])),
          })),
        );
        const loops = [0, 1].map((worker) => drainTwice(worker, scheduler, events));
        await scheduler.waitFor(Promise.all([people.task, ...loops]));
        for (const worker of [0, 1]) await drainRest(worker);
        const { rows } = await store.owner.query(
          `select e.status, count(m.id)::int as messages from inbox_event e
           left join message m on m.id = e.id where e.event_key like $1 group by e.id, e.status`,
          [`${name}-%`],
        );
        expect(rows).toEqual(Array.from({ length: events }, () => ({ status: 'done', messages: 1 })));
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

/** Claims and ends, each step when the scheduler says so. */
async function drainTwice(worker: number, scheduler: fc.Scheduler, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const [box] = await scheduler
      .schedule(Promise.resolve())
      .then(() => workers[worker]!.open(`w${worker}`, 1, LEASE_MS));
    if (!box) continue;
    await scheduler.schedule(Promise.resolve());
    await workers[worker]!.commit(`w${worker}`, await commitOf(worker, box, 'done'));
  }
}

async function drainRest(worker: number): Promise<void> {
  for (;;) {
    const boxes = await workers[worker]!.open(`w${worker}`, 8, LEASE_MS);
    if (boxes.length === 0) return;
    for (const box of boxes) await workers[worker]!.commit(`w${worker}`, await commitOf(worker, box, 'done'));
  }
}

function settle(expected: Box, { events }: OpenMailbox, how: 'done' | 'dead'): void {
  const ids = events.map(({ inboxEventId }) => inboxEventId);
  for (const event of expected.events) {
    const at = ids.indexOf(event.id);
    if (at >= 0) event.status = how === 'dead' && at === 0 ? 'dead' : 'done';
  }
}

/** The database says of every event what the model says, and no number is missing. */
async function compare(model: Model): Promise<void> {
  for (const [at, box] of model.boxes.entries()) {
    const { rows } = await store.owner.query(
      `select e.id, e.status, e.seq from inbox_event e join mailbox m on m.id = e.mailbox_id where m.key = $1 order by e.seq`,
      [`t:${model.threadOf(at)}`],
    );
    expect(rows).toEqual(
      box.events.map(({ id, status }, index) => ({ id: uuid(id), status, seq: index + 1 })),
    );
  }
}

function eventOf(name: string, key: string) {
  return {
    workspaceId: channel.workspaceId,
    channelId: channel.channelId,
    kind: 'message' as const,
    eventKey: key,
    raw: Buffer.from('{}'),
    event: {
      kind: 'message' as const,
      event_key: key,
      thread: name,
      from: { kind: 'external' as const, value: name },
      provider_id: key,
      content: [{ type: 'text' as const, text: 'hello' }],
    },
  };
}

async function commitOf(
  worker: number,
  box: OpenMailbox,
  how: 'done' | 'dead' | 'retry',
): Promise<CommitItem> {
  const { workspaceId, channelId, mailboxId, epoch, events } = box;
  const empty = { edits: [], reactions: [], deliveries: [], log: [] };
  if (how === 'retry')
    return { workspaceId, mailbox: { mailboxId, epoch, retryMs: 0 }, messages: [], done: [], ...empty };
  const from = { kind: 'external', value: box.thread! };
  const conversation = await workers[worker]!.openConversation({
    workspaceId,
    channelId,
    thread: box.thread!,
    from,
  });
  const fresh = how === 'done' ? events.filter(({ messageId }) => messageId === null) : [];
  const idOfMessage = (id: InboxEventId) => idOf('message', uuid(id));
  return {
    workspaceId,
    mailbox: { mailboxId, epoch },
    conversation: { conversationId: conversation.conversationId, isAnswered: true, hasReplies: false },
    messages: fresh.map(({ inboxEventId }) => ({
      messageId: idOfMessage(inboxEventId),
      direction: 'in',
      author: 'contact',
      content: [{ type: 'text', text: 'hello' }],
      status: 'received',
    })),
    done: events.map(({ inboxEventId }, at) => ({
      inboxEventId,
      status: how === 'dead' && at === 0 ? 'dead' : 'done',
      ...(how === 'done' && { messageId: idOfMessage(inboxEventId) }),
    })),
    ...empty,
  };
}
