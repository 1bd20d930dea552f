import path from 'node:path';
import {
  type Environment,
  type LauncherConfig,
  parseGatewayConfig,
  parseLauncherConfig,
  parseWorkerConfig,
} from '#libs/config';
import { isFault } from '#libs/faults';
import { checkDatabase, EmbeddedPostgres, lookAtDatabase } from '#libs/store';
import { nodeProblem } from '../check-node.js';
import { findLauncher } from '../data-folder.js';
import { migratorOf } from '../deploy.js';
import { type Finding, warning, well, wrong } from './finding.js';
import { ofDatabase } from './of-database.js';
import { ofErased } from './of-erased.js';
import { ofFolder } from './of-folder.js';
import { ofRedis } from './of-redis.js';

/** What was found on this machine. */
export interface Diagnosis {
  /** Where visitors and providers reach it, as this environment says. */
  readonly public_url: string;
  readonly findings: readonly Finding[];
}

/**
 * Looks at what an installation stands on: Node, settings, disk, database, Redis. Changes and starts nothing.
 *
 * @throws never for what is wrong with the installation: that is a finding
 */
export async function diagnose(env: Environment): Promise<Diagnosis> {
  const node = ofNode();
  try {
    const config = parseLauncherConfig(env);
    const { redisUrl } = config.queue;
    const queue =
      redisUrl === undefined
        ? [well('redis', 'none: the queue lives in PostgreSQL.')]
        : await ofRedis(redisUrl);
    const findings = [
      node,
      well('settings', 'They can be read.'),
      ...(await ofFolder(config.data.dir)),
      ofRun(config),
      ...(await ofStore(config, env)),
      ...queue,
    ];
    return { public_url: config.http.publicUrl, findings };
  } catch (error) {
    if (!isFault(error)) throw error;
    return {
      public_url: '',
      findings: [node, wrong('settings', error.detail, 'docs/config.md describes every setting.')],
    };
  }
}

function ofNode(): Finding {
  const { node } = process.versions;
  const problem = nodeProblem(node);
  return problem === null ? well('node', node) : wrong('node', node, problem);
}

/** Whether `npm start` runs here; on many machines it is something else that starts the processes. */
function ofRun({ data, database }: LauncherConfig): Finding {
  const launcher = findLauncher(data.dir);
  if (launcher) return well('launcher', `Process ${launcher.pid}, ${launcher.address}.`);
  if (database.url !== undefined) return well('launcher', 'none: something else starts gateway and worker.');
  return warning('launcher', 'Nothing runs on this data folder.', 'Start it: npm start.');
}

async function ofStore(config: LauncherConfig, env: Environment): Promise<Finding[]> {
  const own = config.database.url;
  if (own !== undefined) return ofReachable(own, config, env);
  const postgres = new EmbeddedPostgres({ folder: path.join(config.data.dir, 'postgres') });
  if (!postgres.isRunning()) {
    return [warning('database', 'The embedded database does not run.', 'Start Parley: npm start.')];
  }
  // It runs: this joins it, and leaves it as it is.
  const { url } = await postgres.start();
  return ofReachable(url, config, env);
}

async function ofReachable(url: string, config: LauncherConfig, env: Environment): Promise<Finding[]> {
  try {
    await checkDatabase(url);
    const look = await lookAtDatabase(url);
    const migrations = await ofMigrations(url);
    const findings = [...ofDatabase(look, connectionsOf(config, env)), migrations];
    // What a database of another version says of people is not known.
    if (migrations.state !== 'well') return findings;
    return [...findings, ...(await ofErased(url, path.join(config.data.dir, 'media')))];
  } catch (error) {
    if (isFault(error)) return [wrong('database', error.detail, 'Parley takes nothing in until it is back.')];
    throw error;
  }
}

/** Connections of one gateway and one worker. */
function connectionsOf(config: LauncherConfig, env: Environment): number {
  // Both need a database and a key, which the launcher brings where the environment does not.
  const whole = {
    DATABASE_URL: 'postgresql://x',
    PARLEY_SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
    ...env,
  };
  const both = [parseGatewayConfig(whole), parseWorkerConfig(whole)];
  const queues = config.queue.redisUrl === undefined ? both.map(({ queue }) => queue.poolMax) : [];
  return [...both.map(({ database }) => database.poolMax), ...queues].reduce((sum, one) => sum + one, 0);
}

async function ofMigrations(url: string): Promise<Finding> {
  const { history, failedMigrationNames: failed } = await migratorOf(url).status();
  if (failed.length > 0) {
    return wrong(
      'migrations',
      `${failed.join(', ')} failed.`,
      `Repair what it left, then: npm run db -- resolve ${failed[0]}`,
    );
  }
  return history === null
    ? well('migrations', 'All are applied.')
    : wrong('migrations', 'The database is not of this version.', 'Run: parley migrate');
}
