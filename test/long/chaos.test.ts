import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { queuesHere } from '../support/boot.js';

const checkout = path.resolve(import.meta.dirname, '../..');
const isBuilt = ['gateway', 'worker', 'launcher'].every((app) =>
  existsSync(path.join(checkout, `dist/apps/${app}/src/main.js`)),
);
const running = new Set<ReturnType<typeof spawn>>();

/** Other tests share this machine with it: what hangs is late, what is slow is not. How fast it is, the bench says. */
const LATE_MS = 10_000;

/** Runs the short plan of `npm run chaos`. @returns everything it said, and its exit code */
async function chaos(backend: string): Promise<{ said: string; code: number | null }> {
  const options = ['--plan', 'short', '--seed', '1', '--backend', backend, '--late', String(LATE_MS)];
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', path.join(checkout, 'test/chaos/main.mjs'), ...options],
    { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  running.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  running.delete(child);
  return { said, code };
}

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

describe.runIf(isBuilt)('under kills, freezes, floods and a broken network', () => {
  it.each(queuesHere())(
    'nothing is lost, doubled or misordered with the queue on %s',
    async (backend) => {
      const { said, code } = await chaos(backend);
      expect(said).toContain(' 0 violations');
      expect(code).toBe(0);
    },
    150_000,
  );
});
