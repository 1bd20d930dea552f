import { existsSync } from 'node:fs';
import path from 'node:path';
import { migrateQueue } from '#libs/queue';
import { Migrator } from '#libs/store';

/** The root of the checkout or image: the folder above this file, compiled or not, that holds the Prisma schema. */
export const root = findRoot(import.meta.dirname);

/** One thing that brings a database to the state this version needs. Every step may run any number of times. */
interface DeployStep {
  readonly name: string;
  /** @returns what was changed, in words; empty when there was nothing to do */
  run(databaseUrl: string): Promise<readonly string[]>;
}

const steps: readonly DeployStep[] = [
  { name: 'schema', run: (url) => migratorOf(url).deploy() },
  { name: 'queue', run: (url) => migrateQueue(url).then(() => []) },
];

/**
 * Brings a database to the state this version needs. Any number of processes may do so at once.
 *
 * @returns what was changed, in order; empty when it was up to date
 * @throws Fault `store/migration-failed`
 */
export async function deploy(databaseUrl: string): Promise<string[]> {
  const changes: string[] = [];
  for (const step of steps) changes.push(...(await step.run(databaseUrl)));
  return changes;
}

/** The migrator of this checkout for a database. */
export function migratorOf(url: string): Migrator {
  return new Migrator({
    url,
    schema: path.join(root, 'prisma/schema.prisma'),
    migrations: path.join(root, 'prisma/migrations'),
  });
}

function findRoot(from: string): string {
  const isRoot = existsSync(path.join(from, 'prisma/schema.prisma')) || path.dirname(from) === from;
  return isRoot ? from : findRoot(path.dirname(from));
}
