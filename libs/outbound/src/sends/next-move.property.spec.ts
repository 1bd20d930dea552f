import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '#libs/model';
import type { TriedStep } from '#libs/store';
import { type Move, nextMove } from './next-move.js';

type Status = NonNullable<TriedStep['status']>;

/** Where a message can go from where it is; receipts may leave some out, and come as late as they like. */
const NEXT: Readonly<Partial<Record<Status, readonly Status[]>>> = {
  queued: ['sending', 'failed'],
  sending: ['sent', 'delivered', 'read', 'failed', 'unknown', 'queued'],
  sent: ['delivered', 'read', 'failed'],
  delivered: ['read'],
  // A person says that it went out after all.
  unknown: ['sent'],
};
const RANK: Partial<Record<Status, number>> = { sent: 1, delivered: 2, read: 3 };
const WAIT_MS = 60_000;
const EXPIRES_AT = 10 * WAIT_MS;

/** What may happen between two looks, in any order: time passes, or the message of a step moves on. */
type Happening = { passMs: number } | { step: number; to: number } | 'look';
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ passMs: fc.constantFrom(1, 1_000, WAIT_MS, 2 * WAIT_MS) }),
  fc.record({ step: fc.nat({ max: 3 }), to: fc.nat({ max: 5 }) }),
  fc.constant('look' as const),
);
interface Planned {
  success: TriedStep['success'];
  isSkipped: boolean;
}
const step: fc.Arbitrary<Planned> = fc.record({
  success: fc.constantFrom('sent', 'delivered', 'read'),
  isSkipped: fc.boolean(),
});

/** One send as the runner goes on with it, and what became of its messages. */
class World {
  now = 1;
  last: Move | null = null;
  begun: number[] = [];
  readonly steps: TriedStep[];

  constructor(planned: readonly Planned[]) {
    this.skipped = planned.map(({ isSkipped }) => isSkipped);
    this.steps = planned.map(({ success }) => ({
      channelId: newId('channel'),
      success,
      waitMs: WAIT_MS,
      at: null,
      messageId: null,
      conversationId: null,
      status: null,
      skipped: null,
    }));
  }

  private readonly skipped: readonly boolean[];

  get isDone(): boolean {
    return this.last?.do === 'finish';
  }

  happens(what: Happening): void {
    if (what === 'look') return this.look();
    if ('passMs' in what) {
      this.now += what.passMs;
      return;
    }
    const one = this.steps[what.step];
    const next = one?.status ? (NEXT[one.status] ?? []) : [];
    const to = next[what.to % Math.max(1, next.length)];
    if (one && to) one.status = to;
  }

  /** What a runner does in one pass, the checks of what must hold included. */
  look(): void {
    if (this.isDone) return;
    const served = this.steps.some(({ status, success }) => rank(status) >= RANK[success]!);
    const open = this.steps.filter(({ status }) => status === 'queued' || status === 'sending');
    const isUnknown = this.steps.some(({ status }) => status === 'unknown');
    const move = nextMove(this.steps, EXPIRES_AT, this.now);
    this.last = move;
    if (served) {
      expect(move).toMatchObject({ do: 'finish', state: 'sent' });
      // Whatever has not left is called back.
      const others = open.filter(({ status, success }) => rank(status) < RANK[success]!);
      expect(new Set(move.withdraw)).toEqual(new Set(others.map(({ messageId }) => messageId)));
    }
    // Queued, and taken back before anybody took it: it ends as expired.
    for (const id of move.withdraw) {
      const back = this.steps.find(({ messageId }) => messageId === id)!;
      if (back.status === 'queued') back.status = 'expired';
    }
    if (move.do !== 'begin') return;
    expect({ served, open, isUnknown, isLate: this.now >= EXPIRES_AT }).toEqual({
      served: false,
      open: [],
      isUnknown: false,
      isLate: false,
    });
    expect(this.begun).not.toContain(move.index);
    this.begun.push(move.index);
    const one = this.steps[move.index]!;
    one.at = new Date(this.now);
    if (this.skipped[move.index]) one.skipped = 'no address';
    else
      Object.assign(one, {
        messageId: newId('message'),
        conversationId: newId('conversation'),
        status: 'queued',
      });
  }
}

const rank = (status: TriedStep['status']): number => (status ? (RANK[status] ?? 0) : 0);

describe('a send, whatever happens to its messages, and in whatever order', () => {
  it('begins no channel when one has served, one may still send, nobody knows, or it is late; and each once', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 4 }),
        fc.array(happening, { minLength: 20, maxLength: 120 }),
        (planned, happenings) => {
          const world = new World(planned);
          world.look();
          for (const what of happenings) {
            world.happens(what);
            // A runner looks at any moment, also twice.
            world.look();
          }
          expect(world.begun).toEqual(world.begun.toSorted((a, b) => a - b));
        },
      ),
      { numRuns: 1_000, seed: 20_261_121 },
    );
  }, 60_000);

  it('ends, once nothing moves any more', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 4 }),
        fc.array(happening, { maxLength: 60 }),
        (planned, happenings) => {
          const world = new World(planned);
          for (const what of happenings) world.happens(what);
          // What is being sent comes to an end of its own.
          for (let looks = 0; looks < 60 && !world.isDone; looks++) {
            for (const one of world.steps) if (one.status === 'sending') one.status = 'sent';
            world.now += WAIT_MS;
            world.look();
          }
          expect(world.isDone).toBe(true);
        },
      ),
      { numRuns: 500, seed: 20_261_121 },
    );
  }, 60_000);
});
