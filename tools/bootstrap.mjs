// Brings a checkout to the point where it can run: dependencies, generated code, compiled code, the browser apps.
// Plain Node, no dependencies: it runs before anything is installed. Each step only when something it reads has changed.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (!((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24)) {
  fail(
    `Parley needs Node.js 20.19, 22.12, 24 or newer, and this is ${process.versions.node}: install a newer one from https://nodejs.org and start again.`,
  );
}

const root = path.resolve(path.dirname(process.argv[1]), '..');
process.chdir(root);
const isForced = process.argv.includes('--force');
const CLIENT = 'libs/store/src/generated/prisma/client.ts';
const LOCK = 'dist/.bootstrap.lock';

const steps = [
  {
    name: 'dependencies',
    isStale: () => changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json'),
    command: npm('ci', '--no-fund', '--no-audit', '--loglevel=error'),
    advice: 'Check that the npm registry can be reached, and start again.',
  },
  {
    name: 'database client',
    isStale: () => isForced || changedAt(CLIENT) < changedAt('prisma/schema.prisma'),
    command: node('tools/generate.mjs'),
    advice: 'Read the message above: it names the line of prisma/schema.prisma.',
  },
  {
    name: 'generated code',
    isStale: () => existsSync('tools/gen.mjs') && isNewerThan('dist/.gen', 'apps', 'libs', 'tools/gen.mjs'),
    command: node('tools/gen.mjs'),
    stamp: 'dist/.gen',
    advice: 'Read the message above: it names the file that cannot be generated from.',
  },
  {
    name: 'build',
    isStale: () => isNewerThan('dist/.built', 'apps', 'libs', 'tsconfig.json', CLIENT),
    command: node('node_modules/typescript-7/bin/tsc', '-p', 'tsconfig.json'),
    stamp: 'dist/.built',
    advice: 'Correct the errors above, and start again.',
  },
  {
    name: 'demo page',
    isStale: () =>
      existsSync('tools/build-demo.mjs') &&
      isNewerThan(
        'dist/.demo',
        'apps/demo',
        'libs/model/src',
        'libs/sdk/src',
        'tools/build-demo.mjs',
        'tools/compress-built.mjs',
      ),
    command: node('tools/build-demo.mjs'),
    stamp: 'dist/.demo',
    advice: 'Correct the errors above, and start again.',
  },
  {
    name: 'widget',
    isStale: () =>
      existsSync('tools/build-widget.mjs') &&
      isNewerThan(
        'dist/.widget',
        'apps/widget',
        'clients/react',
        'libs/model/src',
        'tools/build-widget.mjs',
        'tools/compress-built.mjs',
      ),
    command: node('tools/build-widget.mjs'),
    stamp: 'dist/.widget',
    advice: 'Correct the errors above, and start again.',
  },
  {
    name: 'console',
    isStale: () =>
      existsSync('tools/build-console.mjs') &&
      isNewerThan(
        'dist/.console',
        'apps/console',
        'libs/model/src',
        'tools/build-console.mjs',
        'tools/compress-built.mjs',
      ),
    command: node('tools/build-console.mjs'),
    stamp: 'dist/.console',
    advice: 'Correct the errors above, and start again.',
  },
];

await takeTurn();
for (const step of steps) if (step.isStale()) run(step);

function run({ name, command: [file, ...args], stamp, advice }) {
  const startedAt = new Date();
  const began = performance.now();
  const { status, error } = spawnSync(file, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32' && file === 'npm',
  });
  if (status !== 0) fail(`The step "${name}" failed (${error?.message ?? `exit code ${status}`}). ${advice}`);
  if (stamp) {
    // As of the step's start: a file that was saved while it ran makes it run again.
    mkdirSync(path.dirname(stamp), { recursive: true });
    writeFileSync(stamp, '');
    utimesSync(stamp, startedAt, startedAt);
  }
  console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

/** Two starts at once take turns: two `npm ci` in one folder would destroy each other's work. */
async function takeTurn() {
  mkdirSync('dist', { recursive: true });
  for (let isTold = false; ;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      process.on('exit', () => rmSync(LOCK, { force: true }));
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST')
        fail(`The folder ${root}/dist cannot be written (${error.code}): make it writable.`);
    }
    if (isHolderGone()) {
      rmSync(LOCK, { force: true });
      continue;
    }
    if (!isTold) console.log('Another start is preparing this checkout; waiting for it.');
    isTold = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function isHolderGone() {
  try {
    const pid = Number(readFileSync(LOCK, 'utf8'));
    // Empty: between its creation and its content, unless that was a while ago.
    if (pid === 0) return Date.now() - statSync(LOCK).mtimeMs > 5_000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH' || error.code === 'ENOENT';
  }
}

function isNewerThan(stamp, ...sources) {
  return isForced || Math.max(...sources.map(newest)) > changedAt(stamp);
}

/** When a file, or the newest one in a folder, was changed; generated files are nobody's source. */
function newest(place) {
  if (!existsSync(place)) return 0;
  if (!statSync(place).isDirectory()) return changedAt(place);
  return readdirSync(place, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('generated'))
    .reduce((latest, entry) => Math.max(latest, changedAt(path.join(entry.parentPath, entry.name))), 0);
}

function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function node(...args) {
  return [process.execPath, ...args];
}

/** The npm that runs us, if one does. */
function npm(...args) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') ? node(cli, ...args) : ['npm', ...args];
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
