import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId, uuidOf, idOf, isId, type MessageId, type TurnMessage } from '#libs/model';
import type { WaitingMessage } from '#libs/store';
import type { OwedEvent } from './fold.js';
import { turnScope } from './turn-scope.js';

/** What a person does, one step of the mailbox's time each. */
type Step = { kind: 'message'; isPoison: boolean } | { kind: 'signal'; isPoison: boolean } | { kind: 'turn' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('message' as const), isPoison: poison() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('signal' as const), isPoison: poison() }) },
  { weight: 5, arbitrary: fc.constant({ kind: 'turn' as const }) },
);

function poison(): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 4 }).map((n) => n === 0);
}

const ATTEMPTS_MAX = 5;

/** A mailbox and its conversation as the database keeps them, without the database. */
class Mailbox {
  readonly poison = new Set<string>();
  readonly handled: string[] = [];
  readonly dead: string[] = [];
  readonly said: string[] = [];
  #fresh: TurnMessage[] = [];
  #owed: OwedEvent[] = [];
  #unanswered: WaitingMessage[] = [];
  #last = 0;
  #answered = 0;
  #failures = 0;

  get isBusy(): boolean {
    return this.#fresh.length + this.#owed.length + this.#unanswered.length > 0;
  }

  say(isPoison: boolean): void {
    const messageId = newId('message');
    this.#fresh.push({ messageId, direction: 'in', content: [], sentAt: '2026-11-21T10:00:00.000Z' });
    this.#note(messageId, isPoison);
  }

  signal(isPoison: boolean): void {
    const inboxEventId = newId('inboxEvent');
    this.#owed.push({ signal: { kind: 'owner' }, outcome: { inboxEventId, status: 'done' } });
    this.#note(inboxEventId, isPoison);
  }

  #note(id: string, isPoison: boolean): void {
    this.said.push(id);
    if (isPoison) this.poison.add(id);
  }

  /** One turn, as the drain runs it. */
  turn(): void {
    const conversation = { unanswered: this.#unanswered, answeredSeq: this.#answered };
    const scope = turnScope(conversation, { asked: this.#fresh, owed: this.#owed }, this.#failures);
    this.#keepFresh();
    const ids: string[] = [
      ...scope.asked.map(({ messageId }) => messageId),
      ...scope.settles.map(({ inboxEventId }) => inboxEventId),
    ];
    const hasFailed = ids.some((id) => this.poison.has(id));
    if (hasFailed && (this.#failures + 1 < ATTEMPTS_MAX || !scope.isAlone)) {
      this.#failures++;
      return;
    }
    (hasFailed ? this.dead : this.handled).push(...ids);
    this.#failures = 0;
    this.#answered = scope.throughSeq ?? this.#last;
    this.#unanswered = this.#unanswered.filter(({ seq }) => seq > this.#answered);
    const settled = new Set(scope.settles.map(({ inboxEventId }) => inboxEventId));
    this.#owed = this.#owed.filter(({ outcome }) => !settled.has(outcome.inboxEventId));
  }

  /** What came in is stored with the first turn that sees it, whatever becomes of the turn. */
  #keepFresh(): void {
    for (const message of this.#fresh) this.#unanswered.push({ ...message, seq: ++this.#last });
    this.#fresh = [];
  }

  /** A person takes a dead message up again: it is asked again, under its old id. */
  replay(id: MessageId): void {
    this.dead.splice(this.dead.indexOf(id), 1);
    this.poison.delete(id);
    const outcome = { inboxEventId: idOf('inboxEvent', uuidOf(id)), status: 'done' as const, messageId: id };
    const message = {
      messageId: id,
      direction: 'in' as const,
      content: [],
      sentAt: '2026-11-21T10:00:00.000Z',
    };
    this.#owed.push({ message, outcome });
  }
}

function play(steps: readonly Step[]): Mailbox {
  const mailbox = new Mailbox();
  for (const one of steps) {
    if (one.kind === 'turn') mailbox.turn();
    else if (one.kind === 'message') mailbox.say(one.isPoison);
    else mailbox.signal(one.isPoison);
  }
  drain(mailbox);
  return mailbox;
}

function drain(mailbox: Mailbox): void {
  for (let turns = 0; mailbox.isBusy; turns++) {
    expect(turns, 'turns until nothing waits').toBeLessThan(2_000);
    mailbox.turn();
  }
}

describe('a mailbox with things in it that nothing can handle', () => {
  it('gives up exactly those, handles everything else once, and comes to rest', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { said, poison: bad, handled, dead } = play(steps);
        expect(new Set(dead)).toEqual(bad);
        expect(dead.length).toBe(bad.size);
        expect([...handled].sort()).toEqual(said.filter((id) => !bad.has(id)).sort());
      }),
      { numRuns: 3_000 },
    );
  });

  it('handles what a person replays, and nothing twice', () => {
    let replays = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const mailbox = play(steps);
        const replayed = mailbox.dead.filter((id): id is MessageId => isId('message', id));
        for (const id of replayed) mailbox.replay(id);
        replays += replayed.length;
        drain(mailbox);
        for (const id of replayed) {
          const event = idOf('inboxEvent', uuidOf(id));
          expect(mailbox.handled.filter((one) => one === id || one === event)).toEqual([id, event]);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(replays).toBeGreaterThan(100);
  });
});
