import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { turnOf } from '../../../test/support/turns.js';
import { BotDefinition, Contents, TraceStep, type JsonObject, type TurnSignal } from '#libs/model';
import { BotCore } from './index.js';

const definition = BotDefinition.parse(
  JSON.parse(
    await readFile(new URL('../examples/shop-assistant.bot.json', import.meta.url), 'utf8'),
  ) as unknown,
);
const line = fc.constantFrom(
  'hello',
  '1',
  '2',
  '3',
  'yes',
  'no',
  'book a demo',
  'where is my order',
  'I want an offer',
  'tomorrow at 15:00',
  'ann@example.org',
  'Ann',
  'never mind',
  'opening hours?',
  'something broken',
  'a human please',
);
const says = fc.array(fc.oneof(line, line, fc.string({ unit: 'binary', maxLength: 40 })), { maxLength: 3 });
const signal = fc.oneof(
  fc.constantFrom<TurnSignal>({ kind: 'timer' }, { kind: 'owner' }, { kind: 'event', name: 'x', data: {} }),
  fc
    .nat(9)
    .map((n): TurnSignal => ({ kind: 'result', callId: `x.1.${n}`, ok: true, value: { state: 'sent' } })),
);
const step = fc.record({ says, signals: fc.array(signal, { maxLength: 2 }), laterMs: fc.nat(200_000_000) });

describe('the whole row, whatever people write', () => {
  it('answers with valid content and a valid trace, the same again, from a state that survives JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        let state: JsonObject = {};
        let now = Date.parse('2027-01-04T10:00:00Z');
        for (const { says: said, signals, laterMs } of steps) {
          now += laterMs;
          const core = new BotCore(undefined, { clock: { now: () => now, tick: () => 0 } });
          const turn = { ...turnOf({ says: said, state, definition, hasReplies: true }), signals };
          const result = await core.answer(turn);
          expect(await core.answer(turn)).toEqual(result);
          for (const reply of result.replies) expect(Contents.safeParse(reply).success).toBe(true);
          for (const traced of result.trace) expect(TraceStep.safeParse(traced).success).toBe(true);
          if (result.wakesAt !== undefined) expect(Date.parse(result.wakesAt)).toBeGreaterThan(now);
          expect(JSON.parse(JSON.stringify(result.state))).toEqual(result.state);
          expect(JSON.stringify(result.state).length).toBeLessThan(100_000);
          ({ state } = result);
        }
      }),
      { numRuns: 60 },
    );
  }, 30_000);
});
