import fc from 'fast-check';
import { numberedOptions, type Content } from '#libs/model';
import { describe, expect, it } from 'vitest';
import { contents } from '../../../../test/support/arbitraries.js';
import type { Part } from '../connector.js';
import { parseSettings } from '../settings.js';
import type { Subject } from './subject.js';

const FILLINGS = ['a', 'word ', '👩‍👩‍👧‍👦', 'e\u0301', '€', 'ไ', '\n'];

/** Plans fit the provider, lose no choice, and are the same each time. */
export function checkPlanning<Settings>({
  connector,
  settings: raw,
  plan: subject,
}: Subject<Settings>): void {
  const settings = parseSettings(connector, raw('http://provider.example'));
  const plan = (said: readonly Content[]): Part[] => connector.outbound.plan(said, settings).parts;
  const limits = Object.entries(subject.limits);

  function expectFits(parts: readonly Part[]): void {
    for (const part of parts) {
      for (const [name, { max, measure }] of limits) {
        expect(measure(part), `limit ${name}`).toBeLessThanOrEqual(max(settings));
      }
    }
  }

  describe('plan', () => {
    it('measures limits that the manifest states', () => {
      const stated = connector.manifest.limits.map(({ name }) => name);
      for (const [name] of limits) expect(stated).toContain(name);
    });

    it('makes nothing of nothing', () => expect(plan([])).toEqual([]));

    it.each(FILLINGS)('fits at the edges of every limit, with texts of %j', (filling) => {
      for (const [, { max }] of limits) {
        for (const length of [1, max(settings) - 1, max(settings), max(settings) + 1, max(settings) * 3]) {
          const text = filling.repeat(Math.ceil(length / filling.length)).slice(0, length);
          if (text.length > 0) expectFits(plan([{ type: 'text', text }]));
        }
      }
    });

    it('fits whatever is said', () => fc.assert(fc.property(contents(), (said) => expectFits(plan(said)))));

    it('gives the same parts for the same content, and changes none of it', () => {
      fc.assert(
        fc.property(contents(), (said) => {
          const before = structuredClone(said);
          const parts = plan(said);
          expect(said).toEqual(before);
          expect(plan(said)).toEqual(parts);
          expect(JSON.parse(JSON.stringify(parts))).toEqual(parts);
        }),
      );
    });

    const { readBack } = subject;
    if (readBack)
      it('changes nothing of what it has planned', () => {
        fc.assert(
          fc.property(contents(), (said) => {
            for (const part of plan(said)) expect(plan(readBack(part))).toEqual([part]);
          }),
        );
      });

    it('loses no choice: every label can be read', () => {
      fc.assert(
        fc.property(contents(), (said) => {
          const read = ink(plan(said).map(subject.readText).join(''));
          for (const { option } of numberedOptions(said)) expect(read).toContain(ink(option.label));
        }),
      );
    });
  });
}

/** Cutting a text drops white space only. */
const ink = (text: string): string => text.replace(/\s/g, '');
