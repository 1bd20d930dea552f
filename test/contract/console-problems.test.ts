import { describe, expect, it } from 'vitest';
import { faultCodes } from '#libs/faults';
import { problems as ar } from '../../apps/console/src/i18n/ar/problems.js';
import { problems as de } from '../../apps/console/src/i18n/de/problems.js';
import { problems as es } from '../../apps/console/src/i18n/es/problems.js';
import { problems as fr } from '../../apps/console/src/i18n/fr/problems.js';

/** Only who starts a process meets these: no answer to a call has them. */
const AT_START = new Set<string>([
  'config/invalid',
  'config/port-taken',
  'internal/process-failed',
  'queue/too-old',
  'state/already-running',
  'store/cluster-failed',
  'store/credentials',
  'store/folder-unusable',
  'store/migration-failed',
  'store/platform-unsupported',
  'store/schema-drift',
  'store/too-old',
]);

describe('what goes wrong', () => {
  it.each(Object.entries({ de, fr, es, ar }))(
    'has words in %s for every code that a person can meet',
    (_, words) => {
      const known = Object.keys(words).filter((code) => !code.startsWith('field/'));
      const wanted = faultCodes.filter((code) => !AT_START.has(code));
      expect(known.toSorted((a, b) => a.localeCompare(b))).toEqual(
        wanted.toSorted((a, b) => a.localeCompare(b)),
      );
      expect(Object.values(words).filter((text) => text.length < 5)).toEqual([]);
    },
  );

  it('says the same rules of fields in every language', () => {
    const rulesOf = (words: object) => Object.keys(words).filter((code) => code.startsWith('field/'));
    for (const words of [fr, es, ar]) expect(rulesOf(words)).toEqual(rulesOf(de));
  });
});
