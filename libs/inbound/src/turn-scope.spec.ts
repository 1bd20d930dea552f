import { describe, expect, it } from 'vitest';
import { newId, type MessageId, type TurnMessage, type TurnSignal } from '#libs/model';
import type { WaitingMessage } from '#libs/store';
import type { OwedEvent } from './fold.js';
import { failuresTogether, turnScope } from './turn-scope.js';

const message = (): TurnMessage => ({
  messageId: newId('message'),
  direction: 'in',
  content: [{ type: 'text', text: 'hello' }],
  sentAt: '2026-11-21T10:00:00.000Z',
});
const waiting = (seq: number): WaitingMessage => ({ ...message(), seq });
const done = (messageId?: MessageId) => ({
  inboxEventId: newId('inboxEvent'),
  status: 'done' as const,
  ...(messageId && { messageId }),
});
const signal: TurnSignal = { kind: 'timer' };
const aSignal = (): OwedEvent => ({ signal, outcome: done() });
const nothing = { asked: [], owed: [] };

describe('what a turn is about', () => {
  it('is everything that waits, for one answer to a burst', () => {
    const [first, second, third, owed] = [waiting(4), waiting(5), message(), aSignal()];
    const conversation = { unanswered: [first, second], answeredSeq: 3 };
    const scope = turnScope(conversation, { asked: [third], owed: [owed] }, 0);
    expect(scope).toMatchObject({ asked: [first, second, third], signals: [signal], isAlone: false });
    expect(scope.settles).toEqual([owed.outcome]);
    expect(scope).not.toHaveProperty('throughSeq');
  });

  it('is the oldest message alone after turns over the whole have failed', () => {
    const [first, second, third] = [waiting(4), waiting(5), message()];
    const conversation = { unanswered: [first, second], answeredSeq: 3 };
    const scope = turnScope(conversation, { asked: [third], owed: [aSignal()] }, failuresTogether);
    expect(scope).toMatchObject({ asked: [first], signals: [], settles: [], throughSeq: 4, owesMore: true });
    expect(scope.isAlone).toBe(true);
    expect([...scope.later]).toEqual([second.messageId, third.messageId]);
  });

  it('is one signal alone when no message waits, and what came in meanwhile stays unanswered', () => {
    const [first, second, newer] = [aSignal(), aSignal(), message()];
    const conversation = { unanswered: [], answeredSeq: 7 };
    const scope = turnScope(conversation, { asked: [newer], owed: [first, second] }, failuresTogether);
    expect(scope).toMatchObject({ asked: [], signals: [signal], settles: [first.outcome], throughSeq: 7 });
    expect([...scope.later]).toEqual([newer.messageId]);
  });

  it('may die with what it is about only when that is one thing', () => {
    const alone = turnScope({ unanswered: [waiting(1)], answeredSeq: 0 }, nothing, 4);
    expect(alone).toMatchObject({ isAlone: true, owesMore: false });
    const fresh = turnScope(
      { unanswered: [], answeredSeq: 0 },
      { asked: [message(), message()], owed: [] },
      4,
    );
    expect(fresh.isAlone).toBe(false);
  });

  it('names a message that is replayed while it waits once', () => {
    const first = waiting(1);
    const replayed = { message: first, outcome: done(first.messageId) };
    const scope = turnScope({ unanswered: [first], answeredSeq: 0 }, { asked: [], owed: [replayed] }, 0);
    expect(scope.asked).toEqual([first]);
    expect(scope.settles).toEqual([replayed.outcome]);
  });
});
