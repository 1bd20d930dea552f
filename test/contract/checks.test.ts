import { describe, expect, it } from 'vitest';
import { codesIn, houseProblems, missingReadmes } from '../../tools/checks/house.mjs';
import { pageProblems, withFolders } from '../../tools/checks/paths.mjs';

const codes = new Set(['input/invalid', 'store/unavailable']);
const house = (path: string, text: string): string[] => houseProblems([{ path, text }], codes);

describe('check-house', () => {
  it.each([
    ['reading the environment', 'libs/bot/src/a.ts', 'const x = process.env.HOME;'],
    ['throwing an Error', 'libs/bot/src/a.ts', "throw new TypeError('x');"],
    ['a time limit that can be forgotten', 'libs/bot/src/a.ts', 'const x = AbortSignal.timeout(1);'],
    ['a default export', 'libs/bot/src/a.ts', 'export default class A {}'],
    ['something unfinished', 'apps/demo/a.ts', ['// TO', 'DO later'].join('')],
    ['an unknown code', 'libs/bot/src/a.ts', ' * @throws Fault `input/invald` when x'],
    ['an unknown area', 'libs/bot/src/a.ts', ' * @throws Fault `stores/*` when x'],
    [
      'an import that leaves the room',
      'libs/bot/src/turn/a.ts',
      "import { a } from '../../../model/src/a.js';",
    ],
  ])('finds %s', (_what, path, text) => {
    expect(house(path, `\n${text}\n`)).toEqual([expect.stringMatching(new RegExp(`^${path}:2 `))]);
  });

  it.each([
    ['libs/config/src/a.ts', 'process.env'],
    ['apps/gateway/src/main.ts', 'process.env'],
    ['libs/bot/src/a.spec.ts', "throw new Error('x')"],
    ['libs/bot/src/a.ts', ' * never reads process.env, and does not `throw new Error`'],
    ['libs/bot/src/a.ts', ' * @throws Fault `input/invalid` and `store/*`'],
    ['libs/bot/src/a.ts', ' * @throws Fault `input/invalid` at `/settings`'],
    ['libs/bot/src/turn/a.ts', "import { a } from '../a.js';"],
    ['libs/bot/src/a.spec.ts', "import { a } from '../../../test/support/a.js';"],
    ['libs/bot/src/a.spec.ts', 'AbortSignal.timeout(1)'],
    ['apps/widget/src/a.ts', 'AbortSignal.timeout(1)'],
    ['vitest.config.ts', 'export default {}'],
  ])('is content with %s: %s', (path, text) => {
    expect(house(path, text)).toEqual([]);
  });

  it('finds rooms without a README', () => {
    expect(missingReadmes(['libs/a/README.md', 'libs/a/src/x.ts', 'apps/b/src/x.ts', 'libs.md'])).toEqual([
      'apps/b has no README.md',
    ]);
  });

  it('reads codes from the rows', () => {
    expect(codesIn("export const x = {\n  'input/invalid': {\n    http: 422,\n")).toEqual(['input/invalid']);
  });
});

describe('check-paths', () => {
  const known = {
    paths: withFolders([
      'libs/model/src/index.ts',
      'docs/errors.md',
      'README.md',
      'docs/a/b.md',
      'tools/gen.mjs',
    ]),
    scripts: new Set(['start', 'check']),
    settings: new Set(['PARLEY_PORT']),
    codes,
    code: 'export function crashPoint(name) {}',
    read: () => '# Head\n\n### input/invalid\n\n## Two words: more\n',
  };
  const page = (text: string, path = 'docs/errors.md'): string[] => pageProblems(path, text, known);

  it.each([
    '[x](missing.md)',
    '[x](../README.md#nowhere)',
    '![x](picture.svg)',
    'see `libs/modle`',
    'see `libs/*/nothing.ts`',
    'see `index.tsx.ts`',
    '`npm run chek`',
    'npm run chek',
    '`node tools/gone.mjs`',
    '`#libs/modle`',
    '`PARLEY_PROT=1`',
    '`input/invald`',
    '`crashPiont(name)`',
  ])('finds what does not exist: %s', (text) => {
    expect(page(text)).toHaveLength(1);
  });

  it.each([
    '[x](a/b.md) [y](../README.md#head) [z](#inputinvalid) [w](#two-words-more)',
    '[x](https://example.com/missing.md)',
    '`libs/model/` `libs/model/src/index.ts` `libs/*/src/index.ts` `libs/<name>/src`',
    '`index.ts` `#libs/model` `PARLEY_PORT=1` `input/invalid`',
    '`crashPoint(name)` `npm run check` `npm start` `node tools/gen.mjs`',
    'npm install and npm ci',
  ])('is content with what exists: %s', (text) => {
    expect(page(text)).toEqual([]);
  });
});
