import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHook } from './run-hook.js';

let folder: string;
const hooks: Record<string, string> = {
  sum: 'export default ({ a, b }, { callId }) => ({ sum: a + b, callId });',
  nothing: 'export default () => {};',
  throws: 'export default () => { throw new Error("secret"); };',
  rejects: 'export default async () => { throw new Error("secret"); };',
  function: 'export default () => () => 1;',
  bigint: 'export default () => 1n;',
  huge: 'export default () => "x".repeat(200_000);',
  nodefault: 'export const a = 1;',
  broken: 'export default (',
  exits: 'export default () => process.exit(0);',
  waits: 'export default () => new Promise(() => setInterval(() => {}, 1_000));',
  greedy: 'export default () => { const all = []; for (;;) all.push(new Array(100_000).fill({})); };',
  speaks: `import { parentPort } from 'node:worker_threads';
    export default () => { parentPort.postMessage('no json'); parentPort.postMessage({ a: 1 }); return 2; };`,
  later: `export default () => { setTimeout(() => { throw new Error('late'); }, 0); return new Promise(() => {}); };`,
};

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-hooks-'));
  mkdirSync(path.join(folder, 'hooks'));
  for (const [name, source] of Object.entries(hooks))
    writeFileSync(path.join(folder, 'hooks', `${name}.mjs`), source);
  writeFileSync(path.join(folder, 'outside.mjs'), hooks['sum']!);
});
afterAll(() => rmSync(folder, { recursive: true }));

const about = { workspaceId: 'w', conversationId: 'c', contactId: 'k', callId: 'call-1' };
const run = (name: string, timeoutMs = 20_000) =>
  runHook(path.join(folder, 'hooks'), name, { a: 1, b: 2 }, about, timeoutMs);

describe('a function of the installation', () => {
  it('is called by its name with its input, and gives what it returns', async () => {
    expect(await run('sum')).toEqual({ ok: true, value: { sum: 3, callId: 'call-1' } });
    expect(await run('nothing')).toEqual({ ok: true, value: null });
  });

  it.each(['unknown', '../outside', '..%2Foutside', 'SUM', 'sum.mjs', '', '/etc/passwd'])(
    'that is called “%s” is none',
    async (name) => {
      expect(await run(name)).toEqual({ ok: false, code: 'no-hook' });
    },
  );

  it.each([
    ['throws', 'failed'],
    ['rejects', 'failed'],
    ['function', 'failed'],
    ['bigint', 'failed'],
    ['nodefault', 'failed'],
    ['broken', 'failed'],
    ['exits', 'failed'],
    ['later', 'failed'],
    ['greedy', 'failed'],
    ['speaks', 'failed'],
    ['huge', 'too-large'],
  ])('that misbehaves ends alone: %s', async (name, code) => {
    expect(await run(name)).toEqual({ ok: false, code });
  });

  it('that does not end is ended', async () => {
    expect(await run('waits', 1)).toEqual({ ok: false, code: 'timeout' });
  });
});
