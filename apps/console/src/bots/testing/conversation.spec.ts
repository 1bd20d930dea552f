import { describe, expect, it } from 'vitest';
import { type Simulation, TestConversation } from '#libs/model';
import { spentOn } from '../emulator/spent.js';
import type { Turn } from '../emulator/use-rehearsal.js';
import { conversationOf, freeTitle } from './conversation.js';

const answer = (texts: readonly string[]): Simulation =>
  ({ replies: texts.map((text) => [{ type: 'text', text }]) }) as unknown as Simulation;

describe('a rehearsal that becomes a test', () => {
  it('expects the first line of each answer, and silence where nothing was said', () => {
    const turns: Turn[] = [
      { move: { says: 'open?' }, atMs: 0, answer: answer(['From nine to five.\nOn Sundays not.']) },
      {
        move: { takes: { option_id: 'a', label: 'Opening hours' } },
        atMs: 0,
        answer: answer(['Yes.', 'So.']),
      },
      { move: { waits_s: 60 }, atMs: 0, answer: answer([]) },
    ];
    const made = TestConversation.parse(conversationOf(turns, 'Hours'));
    expect(made.steps).toEqual([
      { says: 'open?', expect: { replies: ['From nine to five.'] } },
      { says: 'Opening hours', expect: { replies: ['Yes.', 'So.'] } },
      { wait_s: 60, expect: { silent: true } },
    ]);
  });

  it('gets a title of its own', () => {
    const others = [{ title: 'Hours' }, { title: 'Hours 2' }] as unknown as TestConversation[];
    expect(freeTitle('Hours', others)).toBe('Hours 3');
    expect(freeTitle('Parking', others)).toBe('Parking');
  });
});

describe('what a turn took', () => {
  it('is the time of the responders, and the tokens and money of their models', () => {
    const step = { reason: '', detail: {}, took_ms: 2 };
    const detail = { input_tokens: 10, output_tokens: 5, money_micros: 7 };
    expect(
      spentOn([
        { ...step, responder: 'rules', decision: 'passed' },
        { ...step, responder: 'agent', decision: 'noted', detail },
        { ...step, responder: 'agent', decision: 'noted', detail: { tool: 'orders.find' } },
        { ...step, responder: 'agent', decision: 'answered', took_ms: 30 },
      ]),
    ).toEqual({ ms: 32, tokens: 15, moneyMicros: 7, calls: 1 });
  });
});
