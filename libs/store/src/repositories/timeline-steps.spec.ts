import { describe, expect, it } from 'vitest';
import { newId, Timeline, uuidOf } from '#libs/model';
import { timelineOf, type TimelineFacts } from './timeline-steps.js';

const at = (ms: number): Date => new Date(Date.UTC(2026, 10, 21, 10) + ms);

const inbound: TimelineFacts = {
  messageId: newId('message'),
  conversation: uuidOf(newId('conversation')),
  direction: 'in',
  status: 'received',
  message: { author: 'contact', recordedAt: at(20), editedAt: null, deletedAt: null },
  inboxEvent: {
    kind: 'message',
    status: 'done',
    reason: null,
    attempts: 0,
    receivedAt: at(0),
    doneAt: at(60),
  },
  turn: {
    id: uuidOf(newId('turn')),
    outcome: 'answered',
    trace: [],
    startedAt: at(10),
    endedAt: at(18),
    messages: 1,
  },
  deliveries: [],
  statuses: [],
  replies: [uuidOf(newId('message'))],
};

const outbound: TimelineFacts = {
  ...inbound,
  direction: 'out',
  status: 'sent',
  message: { author: 'bot', recordedAt: at(20), editedAt: null, deletedAt: null },
  inboxEvent: null,
  deliveries: [0, 1].map((part) => ({
    id: uuidOf(newId('delivery')),
    part,
    parts: 2,
    status: 'sent',
    createdAt: at(20),
    log: [
      {
        n: 1,
        started_at: at(30 + part * 100).toISOString(),
        ended_at: at(80 + part * 100).toISOString(),
        outcome: 'sent',
      },
    ],
  })),
  statuses: [{ status: 'sent', at: at(180) }],
  replies: [],
};

const told = (facts: TimelineFacts): string[] =>
  timelineOf(facts).steps.map(({ step, text }) => `${step}: ${text}`);

describe('a timeline', () => {
  it('is what the API promises, in the order of time, with the pause before each step', () => {
    for (const facts of [inbound, outbound]) {
      const timeline = Timeline.parse(timelineOf(facts));
      const times = timeline.steps.map((step) => Date.parse(step.at));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const pauses = timeline.steps.reduce((sum, step) => sum + step.after_ms, 0);
      expect(pauses).toBe(times.at(-1)! - times[0]!);
    }
  });

  it('tells what came in, its turn, and how many messages answered', () => {
    expect(told(inbound)).toEqual([
      'received: The channel handed it over, and it was stored before the channel was thanked.',
      'turn-started: The bot looked at it.',
      'turn-ended: The bot answered with one message.',
      'recorded: It was recorded in the conversation.',
    ]);
    const burst = { ...inbound, turn: { ...inbound.turn!, messages: 5, outcome: 'silent' as const } };
    expect(told(burst)[1]).toBe('turn-started: The bot looked at it and 4 more of the same burst.');
    expect(told(burst)[2]).toBe('turn-ended: The bot had nothing to say.');
  });

  it('tells what we said, part by part', () => {
    expect(told(outbound).slice(2)).toEqual([
      'queued: It was queued in 2 parts.',
      'attempt: Attempt 1 of part 1 of 2 took 50 ms and ended as sent.',
      'attempt: Attempt 1 of part 2 of 2 took 50 ms and ended as sent.',
      'sent: The provider accepted all of it.',
    ]);
  });

  it('says why something was given up, and how it can come back', () => {
    const dead = { ...inbound, turn: null, message: null, replies: [] };
    const inboxEvent = { ...inbound.inboxEvent!, status: 'dead', attempts: 1, reason: 'the bot failed' };
    expect(told({ ...dead, inboxEvent })[1]).toBe(
      'failed: It was given up after one attempt: the bot failed. It can be replayed.',
    );
  });

  it('tells later changes too', () => {
    const message = { ...inbound.message!, editedAt: at(1_000), deletedAt: at(2_000) };
    expect(told({ ...inbound, message }).slice(-2)).toEqual([
      'edited: Its author changed it.',
      'deleted: Its author deleted it.',
    ]);
  });
});
