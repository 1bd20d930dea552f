import { describe, expect, it } from 'vitest';
import type { TraceStep } from '#libs/model';
import { traceText } from './trace-text.js';

const step = (responder: string, parts: Partial<TraceStep>): TraceStep => ({
  responder,
  decision: 'passed',
  reason: 'No rule matches',
  detail: {},
  took_ms: 0.25,
  ...parts,
});

describe('the trace for a person', () => {
  it('says who was asked in which order, what each decided and saw, who answered, and what it cost', () => {
    const text = traceText({
      outcome: 'answered',
      botVersion: 4,
      trace: [
        step('core', { decision: 'noted', reason: 'New messages: 1; no option was taken' }),
        step('rules', { detail: { rules: 3 } }),
        step('agent', { decision: 'noted', reason: 'Tool orders.find ran', detail: { tokens: 90 } }),
        step('agent', {
          decision: 'answered',
          reason: 'The agent has an answer',
          detail: { tokens: 90, money_micros: 250, steps: 2 },
          took_ms: 1_204,
        }),
        step('guard', { decision: 'answered', reason: 'Taken out', detail: { review: 'replaced' } }),
      ],
    });
    expect(text.split('\n')).toEqual([
      'The bot answered. Version 4. 5 steps in 1.2 s, spent: 2 calls of models and tools, 90 tokens, 0.000250 money.',
      ' 1. core noted: New messages: 1; no option was taken (0.25 ms)',
      ' 2. rules passed on: No rule matches [rules: 3] (0.25 ms)',
      ' 3. agent noted: Tool orders.find ran [tokens: 90] (0.25 ms)',
      ' 4. agent answered: The agent has an answer [tokens: 90, money micros: 250, steps: 2] (1.2 s)',
      ' 5. guard answered: Taken out [review: replaced] (0.25 ms)',
      '=> agent: The agent has an answer',
    ]);
  });

  it('names no author where nobody answered, and no version where none is known', () => {
    const text = traceText({
      outcome: 'failed',
      botVersion: null,
      trace: [step('flows', { decision: 'failed', reason: 'Failed with internal/bug' })],
    });
    expect(text.split('\n')).toEqual([
      'The turn failed. 1 step in 0.25 ms.',
      ' 1. flows failed: Failed with internal/bug (0.25 ms)',
    ]);
  });
});
