import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { freePort } from '#libs/store';
import { allGone, Launched } from '../support/launched.js';
import { walkAsNewcomer } from '../support/newcomer.mjs';
import { programs } from '../support/programs.js';

const checkout = path.resolve(import.meta.dirname, '../..');
const isBuilt = ['gateway', 'worker', 'console'].every((app) =>
  existsSync(path.join(checkout, `dist/apps/${app}`)),
);
const folder = mkdtempSync(path.join(tmpdir(), 'parley-newcomer-'));
let launched: Launched | undefined;

afterEach(async () => {
  const processes = launched?.processes() ?? [];
  launched?.signal('SIGTERM');
  await launched?.ends();
  await allGone(processes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.runIf(isBuilt && programs.chromium !== undefined)(
  'somebody who sees Parley for the first time',
  () => {
    // `npm run bench -- --only newcomer` says how long each step takes; here nothing is judged by a clock.
    it('has a first answer of a bot from an empty folder and no account but the one they make', async () => {
      chmodSync(folder, 0o755); // PostgreSQL runs as another account when we are root
      const env = { PARLEY_DATA_DIR: path.join(folder, 'data'), PARLEY_PORT: String(await freePort()) };
      launched = new Launched(checkout, [], env);
      await launched.says('Set up the console:', 120_000);
      const [, link = ''] = /Set up the console: (\S+)/.exec(launched.output) ?? [];
      const executablePath = programs.chromium ?? '';
      const { steps, answer, workspace, complaints } = await walkAsNewcomer({ link, executablePath });
      expect(answer).toContain('We are open');
      expect(workspace).toBe('Corner shop');
      expect(steps).toHaveLength(4);
      expect(complaints).toEqual([]);
    }, 300_000);
  },
);
