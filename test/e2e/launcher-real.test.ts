import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '#libs/store';
import { Launched, allGone } from '../support/launched.js';
import { until } from '../support/until.js';

const checkout = path.resolve(import.meta.dirname, '../..');
const isBuilt = ['gateway', 'worker'].every((app) =>
  existsSync(path.join(checkout, `dist/apps/${app}/src/main.js`)),
);
const folder = mkdtempSync(path.join(tmpdir(), 'parley-real-'));
let port = 0;

// A database is made and brought up to date, and two apps start, perhaps beside browsers on two cores.
vi.setConfig({ testTimeout: 180_000 });

async function start(): Promise<Launched> {
  const env = { PARLEY_DATA_DIR: path.join(folder, 'data'), PARLEY_PORT: String(port) };
  const launched = new Launched(checkout, [], env);
  await launched.says('Parley is ready at', 90_000);
  return launched;
}

async function isReady(): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
  await answer?.arrayBuffer();
  return answer?.status === 200;
}

beforeAll(async () => {
  chmodSync(folder, 0o755);
  port = await freePort();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(isBuilt)('Parley itself under the launcher', () => {
  it('shows its key once, and the link for its owner, heals what is killed, and goes down in order', async () => {
    const launched = await start();
    expect(launched.output).toMatch(
      /Parley is ready at \S+\nAPI key: \S+\nSet up the console: \S+\/console\/set-up#token=[\w-]{43}\n$/,
    );
    expect(await isReady()).toBe(true);

    const worker = launched.pidOf('worker');
    process.kill(launched.pidOf('gateway'), 'SIGKILL');
    await launched.says('The gateway is ready again.');
    await until('the new gateway is ready', isReady);

    const gateway = launched.pidOf('gateway');
    process.kill(launched.databasePid(), 'SIGKILL');
    await launched.says('PostgreSQL runs again.');
    await until('the gateway has found the database again', isReady);
    expect([launched.pidOf('gateway'), launched.pidOf('worker')]).toEqual([gateway, worker]);

    const processes = launched.processes();
    launched.signal('SIGTERM');
    expect(await launched.ends()).toBe(0);
    await allGone(processes);
  });

  it('starts again without its key and with another link, and leaves no process when its launcher is killed', async () => {
    const launched = await start();
    expect(launched.output).not.toMatch(/API key/);
    expect(launched.output).toMatch(/Set up the console: \S+#token=[\w-]{43}/);
    const processes = launched.processes();
    expect(processes).toHaveLength(5);
    launched.signal('SIGKILL');
    await launched.ends();
    await allGone(processes);
  });
});
