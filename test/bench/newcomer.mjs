import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '#libs/store';
import { walkAsNewcomer } from '../support/newcomer.mjs';

const root = path.resolve(import.meta.dirname, '../..');
/** The start and the end take no longer than this; in milliseconds. */
const START_MAX_MS = 180_000;
const END_MAX_MS = 30_000;

/**
 * How long a newcomer waits, with nothing prepared but `npm ci` and the build: from `npm start` in an empty data folder to
 * the first answer of a bot.
 *
 * @returns {Promise<string>} a table of seconds, for a page of documentation
 */
export async function measureNewcomer() {
  const executablePath = chromiumHere();
  if (executablePath === '')
    return 'There is no chromium on this machine: the way of a newcomer is left out.';
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-newcomer-'));
  chmodSync(folder, 0o755); // PostgreSQL runs as another account when we are root
  const began = performance.now();
  const house = await start(folder);
  try {
    const link = await house.link;
    const startMs = performance.now() - began;
    const { steps } = await walkAsNewcomer({ link, executablePath });
    return table([['`npm start`, until it shows the link', startMs], ...steps]);
  } finally {
    await house.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `npm start` in a group of its own, so that all of it can be ended. */
async function start(folder) {
  const env = { ...process.env, PARLEY_DATA_DIR: folder, PARLEY_PORT: String(await freePort()) };
  const stdio = ['ignore', 'pipe', 'inherit'];
  const child = spawn('npm', ['start'], { cwd: root, env, detached: true, stdio });
  const ended = once(child, 'close');
  const stop = async () => {
    kill(child, 'SIGTERM');
    const timer = setTimeout(() => kill(child, 'SIGKILL'), END_MAX_MS);
    await ended;
    clearTimeout(timer);
  };
  const timer = setTimeout(() => kill(child, 'SIGTERM'), START_MAX_MS);
  return { link: linkOf(child, ended).finally(() => clearTimeout(timer)), stop };
}

async function linkOf(child, ended) {
  let output = '';
  return new Promise((resolve, reject) => {
    void ended.then(() => reject(new Error(`It ended without a link:\n${output}`)));
    child.stdout.on('data', (bytes) => {
      output += bytes;
      const found = /Set up the console: (\S+)\n/.exec(output);
      if (found) resolve(found[1]);
    });
  });
}

function kill(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group is gone.
  }
}

/** Where a Chromium is; empty when there is none. */
function chromiumHere() {
  if (process.env['CHROMIUM']) return process.env['CHROMIUM'];
  const look = 'command -v chromium || command -v chromium-browser || command -v google-chrome';
  return spawnSync('sh', ['-c', look], { encoding: 'utf8' }).stdout.trim();
}

function table(steps) {
  const together = steps.reduce((sum, [, ms]) => sum + ms, 0);
  const rows = [...steps, ['**together**', together]].map(
    ([name, ms]) => `| ${name} | ${(ms / 1_000).toFixed(1)} |`,
  );
  return ['| a newcomer | seconds |', '| --- | ---: |', ...rows].join('\n');
}
