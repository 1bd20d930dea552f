import { fault } from '#libs/faults';

/** A script that PostgreSQL refused. */
export interface RefusedScript {
  readonly sql: string;
  /** What the driver threw; PostgreSQL's errors carry `message`, `code`, and `position` (characters, from 1). */
  readonly error: unknown;
}

/**
 * Turns what the schema engine threw into a sentence that names the migration, the database's words and the way out.
 *
 * @param thrown  from the engine; anything that is not about a failed migration is returned as it is
 * @param refused  the last script that the database refused: the engine keeps only its own summary of the reason
 * @see https://www.prisma.io/docs/orm/reference/error-reference#p3009 (read 2026-11-21)
 */
export function migrationFault(thrown: unknown, refused: RefusedScript | null): unknown {
  if (!(thrown instanceof Error) || thrown.name !== 'SchemaConnectorError') return thrown;
  const earlier = /The `([^`]+)` migration started at (.+) failed/.exec(thrown.message);
  if (earlier) return failedEarlier(earlier[1] ?? '', earlier[2] ?? '', thrown);
  const name = /migration_name="([^"]+)"/.exec(thrown.message)?.[1];
  return name === undefined ? thrown : failedNow(name, refused, thrown);
}

function failedNow(name: string, refused: RefusedScript | null, cause: Error): Error {
  const words = refused ? databaseWords(refused) : (cause.message.split('\n')[1] ?? cause.message);
  return fault('store/migration-failed', {
    detail: `Migration ${name} failed and was rolled back: ${words}. Remove the cause, run "npm run db -- resolve ${name}", and start again.`,
    facts: { migration: name },
    cause,
  });
}

function failedEarlier(name: string, startedAt: string, cause: Error): Error {
  return fault('store/migration-failed', {
    detail: `Migration ${name} failed at ${startedAt} and was rolled back, and nothing is applied before that is settled: remove the cause, run "npm run db -- resolve ${name}", and start again.`,
    facts: { migration: name },
    cause,
  });
}

function databaseWords({ sql, error }: RefusedScript): string {
  const { message = String(error), code, position } = error as PgError;
  const place = position === undefined ? '' : ` (line ${lineAt(sql, Number(position))})`;
  return `${message}${place}${code === undefined ? '' : ` [${code}]`}`;
}

interface PgError {
  readonly message?: string;
  readonly code?: string;
  readonly position?: string;
}

function lineAt(sql: string, position: number): number {
  return sql.slice(0, position - 1).split('\n').length;
}
