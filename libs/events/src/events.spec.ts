import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConversationEvent, type ConversationId, newId } from '#libs/model';
import type { Answer } from '#libs/store';
import { ConversationStreams, type LiveEvent, resumeAt, TurnWaiter } from './index.js';

const workspaceId = newId('workspace');
const conversationId = newId('conversation');

/** A log in memory, with a bell that can be deaf. */
class World {
  readonly log: ConversationEvent[] = [];
  readonly hearers = new Map<string, (said: never) => void>();
  readonly errors: unknown[] = [];
  reads = 0;
  looks = 0;
  /** Set to hold reads back. */
  gate: Promise<void> = Promise.resolve();
  isDown = false;
  readonly streams = new ConversationStreams(
    {
      eventsAfter: async (_workspace, _conversation, afterSeq, limit) => {
        this.reads++;
        if (this.isDown) throw new Error('the database is away');
        const page = this.log.filter((event) => event.seq > afterSeq).slice(0, limit);
        await this.gate;
        return page;
      },
      lastSeqs: async (_workspace, ids) => {
        this.looks++;
        return new Map(ids.map((id) => [id, this.log.length]));
      },
    },
    {
      listen: (topic, hear) => {
        this.hearers.set(topic, hear);
        return () => this.hearers.delete(topic);
      },
    },
    (error) => this.errors.push(error),
  );

  add(count = 1): void {
    for (let i = 0; i < count; i++) {
      const seq = this.log.length + 1;
      const occurred_at = new Date().toISOString();
      this.log.push({ type: 'message.created', seq, conversation_id: conversationId, occurred_at, data: {} });
    }
  }

  ring(ids: ConversationId[] = [conversationId]): void {
    this.hearers.get('conversation')?.({ ids } as never);
  }

  follow(afterSeq: number): { seqs: number[]; live: LiveEvent[]; stop: () => void; ended: () => boolean } {
    const seqs: number[] = [];
    const live: LiveEvent[] = [];
    let hasEnded = false;
    const stop = this.streams.follow(workspaceId, conversationId, afterSeq, {
      event: ({ seq }) => seqs.push(seq),
      live: (event) => live.push(event),
      end: () => (hasEnded = true),
    });
    return { seqs, live, stop, ended: () => hasEnded };
  }
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

let world: World;
beforeEach(() => {
  vi.useFakeTimers();
  world = new World();
});
afterEach(() => {
  world.streams.close();
  vi.useRealTimers();
});
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe('following a conversation', () => {
  it('tells what is there and what comes, in order and without a gap', async () => {
    world.add(3);
    const { seqs } = world.follow(1);
    await settle();
    expect(seqs).toEqual([2, 3]);
    world.add(2);
    world.ring();
    await settle();
    expect(seqs).toEqual([2, 3, 4, 5]);
  });

  it('reads a long log page by page', async () => {
    world.add(950);
    const { seqs } = world.follow(0);
    await settle();
    expect(seqs).toEqual(range(1, 950));
    expect(world.reads).toBe(5);
  });

  it('misses nothing that happens while the first read is under way', async () => {
    let open = (): void => undefined;
    world.gate = new Promise((resolve) => (open = resolve));
    world.add();
    const { seqs } = world.follow(0);
    world.add();
    world.ring();
    open();
    await settle();
    expect(seqs).toEqual([1, 2]);
  });

  it('costs one read per change, however many follow', async () => {
    const all = Array.from({ length: 50 }, () => world.follow(0));
    await settle();
    world.reads = 0;
    world.add();
    world.ring();
    await settle();
    expect(all.map(({ seqs }) => seqs)).toEqual(Array.from({ length: 50 }, () => [1]));
    expect(world.reads).toBe(1);
  });

  it('lets somebody join from further back without telling the others twice', async () => {
    world.add(5);
    const early = world.follow(4);
    await settle();
    const late = world.follow(0);
    await settle();
    expect([early.seqs, late.seqs]).toEqual([[5], range(1, 5)]);
  });

  it('has no gap for who comes from further back while a later page is being read', async () => {
    world.add(3);
    let open = (): void => undefined;
    world.gate = new Promise((resolve) => (open = resolve));
    const ahead = world.follow(2);
    await settle();
    const behind = world.follow(0);
    open();
    await settle();
    expect([ahead.seqs, behind.seqs]).toEqual([range(3, 3), range(1, 3)]);
  });

  it('waits for a follower that has no room, holds up no other, and goes on where it stopped', async () => {
    world.add(450);
    let goOn = (): void => undefined;
    const slow = { isFull: false, whenRoom: (call: () => void) => (goOn = call) };
    const got: number[] = [];
    const event = ({ seq }: ConversationEvent): void => {
      got.push(seq);
      slow.isFull = seq % 100 === 0;
    };
    world.streams.follow(workspaceId, conversationId, 0, { event, room: slow });
    const quick = world.follow(0);
    await settle();
    expect([got, quick.seqs]).toEqual([range(1, 100), range(1, 450)]);
    // Nothing is read for who cannot take it, however often somebody looks.
    world.reads = 0;
    world.ring();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(got).toEqual(range(1, 100));
    for (let times = 0; times < 4; times++) {
      slow.isFull = false;
      goOn();
      await settle();
    }
    expect(got).toEqual(range(1, 450));
  });

  it('finds what nobody rang for within a second, with one look for all conversations', async () => {
    const { seqs } = world.follow(0);
    world.streams.watch(workspaceId, newId('conversation'), () => undefined);
    await settle();
    world.add();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seqs).toEqual([1]);
    expect(world.looks).toBe(1);
  });

  it('goes on where it was after the database was away', async () => {
    world.isDown = true;
    world.add();
    const { seqs } = world.follow(0);
    await settle();
    expect([seqs, world.errors.length]).toEqual([[], 1]);
    world.isDown = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seqs).toEqual([1]);
  });

  it('passes on what is only heard live', async () => {
    const { live, seqs } = world.follow(0);
    world.hearers.get('live')?.({ conversationId, type: 'typing.started', data: { by: 'contact' } } as never);
    expect(live).toEqual([
      { type: 'typing.started', conversation_id: conversationId, data: { by: 'contact' } },
    ]);
    expect(seqs).toEqual([]);
  });

  it('keeps nothing of a conversation that nobody follows any more', async () => {
    const one = world.follow(0);
    const other = world.follow(0);
    one.stop();
    expect(world.streams.size).toBe(1);
    other.stop();
    other.stop();
    expect(world.streams.size).toBe(0);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(world.looks).toBe(0);
  });

  it('does not let another workspace listen in', async () => {
    const mine = world.follow(0);
    const theirs: number[] = [];
    world.streams.follow(newId('workspace'), conversationId, 0, { event: ({ seq }) => theirs.push(seq) });
    await settle();
    theirs.length = 0; // the log of this test knows no workspaces
    world.add();
    world.ring();
    await settle();
    expect([mine.seqs, theirs]).toEqual([[1], []]);
  });

  it('ends every stream when the process stops', () => {
    const { ended } = world.follow(0);
    world.streams.close();
    expect(ended()).toBe(true);
    expect(world.hearers.size).toBe(0);
  });
});

describe('where a stream begins', () => {
  it.each([
    [undefined, { afterSeq: 7, isReset: false }],
    ['', { afterSeq: 7, isReset: false }],
    ['0', { afterSeq: 0, isReset: false }],
    ['5', { afterSeq: 5, isReset: false }],
    ['7', { afterSeq: 7, isReset: false }],
    ['8', { afterSeq: 7, isReset: true }],
    ['-1', { afterSeq: 7, isReset: true }],
    ['abc', { afterSeq: 7, isReset: true }],
    ['99999999999999', { afterSeq: 7, isReset: true }],
  ])('%s', (asked, expected) => expect(resumeAt(asked, 7)).toEqual(expected));
});

describe('waiting for a turn', () => {
  const inboxEventId = newId('inboxEvent');
  const answered: Answer = {
    message: null,
    turn: { turnId: newId('turn'), outcome: 'answered' },
    replies: [],
  };
  const nothing: Answer = { message: null, turn: null, replies: [] };

  it('ends with the answer as soon as it is there', async () => {
    let answer = nothing;
    const waiter = new TurnWaiter({ answerTo: async () => answer }, world.streams);
    const wait = waiter.listen(workspaceId, conversationId);
    const waiting = wait.answerTo(inboxEventId, 30_000, new AbortController().signal);
    await settle();
    answer = answered;
    world.ring();
    expect(await waiting).toBe(answered);
    expect(world.streams.size).toBe(0);
  });

  it('is not too late for an answer that was there before anybody asked', async () => {
    const waiter = new TurnWaiter({ answerTo: async () => answered }, world.streams);
    const wait = waiter.listen(workspaceId, conversationId);
    world.ring();
    expect(await wait.answerTo(inboxEventId, 30_000, new AbortController().signal)).toBe(answered);
  });

  it('finds an answer that nobody rang for', async () => {
    let answer = nothing;
    const waiter = new TurnWaiter({ answerTo: async () => answer }, world.streams);
    const waiting = waiter
      .listen(workspaceId, conversationId)
      .answerTo(inboxEventId, 30_000, new AbortController().signal);
    await settle();
    answer = answered;
    world.add();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await waiting).toBe(answered);
  });

  it('ends without one when the time is over, or the process stops', async () => {
    vi.useRealTimers();
    const waiter = new TurnWaiter({ answerTo: async () => nothing }, world.streams);
    const late = waiter.listen(workspaceId, conversationId);
    expect(await late.answerTo(inboxEventId, 20, new AbortController().signal)).toBe(nothing);
    const stop = new AbortController();
    const waiting = waiter.listen(workspaceId, conversationId).answerTo(inboxEventId, 30_000, stop.signal);
    stop.abort();
    expect(await waiting).toBe(nothing);
    expect(world.streams.size).toBe(0);
  });

  it('listens no more when it is cancelled', () => {
    const waiter = new TurnWaiter({ answerTo: async () => nothing }, world.streams);
    waiter.listen(workspaceId, conversationId).cancel();
    expect(world.streams.size).toBe(0);
  });
});
