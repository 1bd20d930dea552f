import path from 'node:path';
import { parseLauncherConfig, type Environment, type LauncherConfig } from '#libs/config';
import { fault } from '#libs/faults';
import { EmbeddedPostgres, checkDatabase } from '#libs/store';
import { alreadyRunning, findLauncher, openDataFolder } from './data-folder.js';
import { deploy, migratorOf } from './deploy.js';
import { resetLogin } from './reset-login.js';
import { say } from './say.js';
import { seed, tellFirstStart } from './seed.js';
import { readEarlier, verifyAudit } from './verify-audit.js';

/** What a command of `db` works on. */
interface DbCall {
  readonly url: string;
  readonly config: LauncherConfig;
  readonly args: readonly string[];
  readonly env: Environment;
}

/** Commands that work on a running database; each says what it found and returns the exit code. */
const commands: Readonly<Record<string, (call: DbCall) => Promise<number>>> = {
  deploy: async ({ url, config, args, env }) => {
    const changes = await deploy(url);
    if (args.includes('--seed')) tellFirstStart(await seed(url, config.data.dir, env));
    return tell(
      changes.map((change) => `Applied: ${change}`),
      'The database is up to date.',
    );
  },
  status: async ({ url }) => {
    const status = await migratorOf(url).status();
    say(JSON.stringify(status, null, 2));
    return status.history === null && status.failedMigrationNames.length === 0 ? 0 : 2;
  },
  dev: ({ url, args }) => develop(url, nameIn(args, 'dev'), false),
  create: ({ url, args }) => develop(url, nameIn(args, 'create'), true),
  resolve: async ({ url, args }) => {
    const as = args[1] === 'applied' ? 'applied' : 'rolled-back';
    await migratorOf(url).resolve(nameIn(args, 'resolve'), as);
    return tell([], `Migration ${args[0]} is settled as ${as}.`);
  },
  drift: async ({ url }) =>
    differ(await migratorOf(url).drift('schema'), 'The migrations and schema.prisma agree.'),
  check: async ({ url }) =>
    differ(await migratorOf(url).drift('database'), 'The migrations and the database agree.'),
  reset: async ({ url, config, args }) => {
    refuseWhileRunning(config);
    if (!args.includes('--yes')) {
      throw fault('input/invalid', {
        detail: 'This deletes everything in the database: run "npm run db -- reset --yes" when you mean it.',
      });
    }
    await migratorOf(url).reset();
    await deploy(url);
    return tell([], 'The database is empty and up to date.');
  },
  'verify-audit': async ({ url, args: [file] }) => {
    const findings = await verifyAudit(url, file === undefined ? '' : readEarlier(file));
    for (const finding of findings) say(JSON.stringify(finding));
    return findings.some((finding) => 'reason' in finding) ? 2 : 0;
  },
  'reset-login': async ({ url, args }) => {
    const password = await resetLogin(url, nameIn(args, 'reset-login'));
    return tell([], `The new password is ${password}; it is shown once. The second factor is off.`);
  },
  url: async ({ url }) => tell([], url),
};

/**
 * Runs one command on the database, the embedded one being started for it when it is not running.
 *
 * `deploy --seed` also makes what a first start needs, for set-ups without the launcher's `up`.
 * `url` leaves the embedded database running, for whoever connects to it; `stop` stops it.
 *
 * @returns the exit code: 0 done or no difference, 2 a difference
 * @throws Fault with a sentence when the command is unknown or cannot be done
 */
export async function db([name = 'status', ...args]: readonly string[], env: Environment): Promise<number> {
  const config = parseLauncherConfig(env);
  if (name === 'stop') return stop(config);
  const command = commands[name];
  if (!command) {
    throw fault('input/invalid', {
      detail: `There is no command "db ${name}"; there are ${[...Object.keys(commands), 'stop'].join(', ')}.`,
    });
  }
  if (config.database.url !== undefined) {
    await checkDatabase(config.database.url);
    return command({ url: config.database.url, config, args, env });
  }
  return onEmbedded(config, name !== 'url', (url) => command({ url, config, args, env }));
}

async function onEmbedded(
  config: LauncherConfig,
  isStoppedAfter: boolean,
  work: (url: string) => Promise<number>,
): Promise<number> {
  openDataFolder(config.data.dir);
  const postgres = embedded(config);
  const { url, isNew } = await postgres.start();
  try {
    return await work(url);
  } finally {
    if (isNew && isStoppedAfter) await postgres.release();
  }
}

async function stop(config: LauncherConfig): Promise<number> {
  refuseWhileRunning(config);
  await embedded(config).stop();
  return tell([], 'The embedded database is stopped.');
}

async function develop(url: string, name: string, createOnly: boolean): Promise<number> {
  const { applied, created, warnings } = await migratorOf(url).dev(name, { createOnly });
  const lines = [
    ...warnings.map((warning) => `Warning: ${warning}`),
    ...(created === null ? [] : [`Written: prisma/migrations/${created}/migration.sql`]),
    ...applied.map((migration) => `Applied: ${migration}`),
  ];
  return tell(lines, created === null ? 'The migrations make schema.prisma already.' : 'Done.');
}

function refuseWhileRunning(config: LauncherConfig): void {
  const launcher = findLauncher(config.data.dir);
  if (launcher) throw alreadyRunning(launcher.pid, launcher.address);
}

function embedded(config: LauncherConfig): EmbeddedPostgres {
  return new EmbeddedPostgres({ folder: path.join(config.data.dir, 'postgres') });
}

function nameIn([name]: readonly string[], command: string): string {
  if (name !== undefined) return name;
  throw fault('input/invalid', { detail: `Give a name: npm run db -- ${command} NAME` });
}

function tell(lines: readonly string[], last: string): number {
  for (const line of [...lines, last]) say(line);
  return 0;
}

function differ(sql: string | null, agreement: string): number {
  say(sql ?? agreement);
  return sql === null ? 0 : 2;
}
