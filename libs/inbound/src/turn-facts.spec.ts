import { describe, expect, it } from 'vitest';
import type { TraceStep } from '#libs/model';
import { turnFacts } from './turn-facts.js';

const line = (
  responder: string,
  decision: TraceStep['decision'],
  detail: TraceStep['detail'] = {},
): TraceStep => ({ responder, decision, reason: 'x', detail, took_ms: 1 });

describe('the facts of a turn', () => {
  it('say who answered, and sum what every responder spent once', () => {
    const trace = [
      line('rules', 'passed'),
      line('knowledge', 'passed', { tokens: 10, money_micros: 5 }),
      line('agent', 'noted', { tokens: 90 }),
      line('agent', 'answered', { tokens: 90, money_micros: 70 }),
    ];
    expect(turnFacts({ trace })).toEqual({ answered_by: 'agent', tokens: 100, money_micros: 75 });
  });

  it('say where a flow waits, and nothing where there is nothing to say', () => {
    expect(turnFacts({ trace: [], waitsAt: { flow: 'lead', node: 'email' } })).toEqual({
      flow: 'lead',
      node: 'email',
    });
    expect(turnFacts({ trace: [line('control', 'silenced')] })).toEqual({});
  });
});
