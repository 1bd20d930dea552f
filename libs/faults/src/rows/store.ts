import type { FaultRow } from '../row.js';

/** Faults of the database and of what runs it. */
export const storeFaults = {
  'store/unavailable': {
    http: 503,
    retry: 'later',
    log: 'warn',
    title: 'The database is not available',
    cause: 'No connection to PostgreSQL could be had in time, or it was cut.',
    fix: 'Repeat the request: nothing was changed, or the same key finds what was; if it lasts, look at PostgreSQL.',
  },
  'store/conflict': {
    http: 409,
    retry: 'later',
    log: 'info',
    title: 'Two changes met',
    cause: 'The database refused one of two changes made at the same time.',
    fix: 'Repeat the request.',
  },
  'store/sealed': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'A sealed value cannot be opened',
    cause:
      'The key of the installation that sealed it is not configured, or the stored value was altered or moved to another row.',
    fix: 'Put the earlier key into PARLEY_SECRET_KEYS_OLD, or enter the credentials of the channel again.',
  },
  'store/credentials': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'The database refuses the login',
    cause: 'PostgreSQL does not know the user, the password or the database of DATABASE_URL.',
    fix: 'Correct DATABASE_URL, or create what it names, and start again.',
  },
  'store/too-old': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'The database is too old',
    cause: 'The server of DATABASE_URL is older than PostgreSQL 15.',
    fix: 'Upgrade it to PostgreSQL 15 or newer, or leave DATABASE_URL out to use the embedded one.',
  },
  'store/migration-failed': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'A migration has failed',
    cause:
      'PostgreSQL refused a migration; it was rolled back as a whole, and nothing starts before it is applied.',
    fix: 'Remove the cause that the message names, run `npm run db -- resolve NAME`, and start again.',
  },
  'store/schema-drift': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'The database and the migrations have parted ways',
    cause:
      'The schema of the development database cannot be reached by applying the migrations in their order.',
    fix: 'Run `npm run db -- reset` on a database whose content may be lost, or write the missing migration.',
  },
  'store/platform-unsupported': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'No embedded database here',
    cause: 'There is no embedded PostgreSQL for this platform or this account.',
    fix: 'Set DATABASE_URL to a PostgreSQL 15 or newer.',
  },
  'store/folder-unusable': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'The data folder cannot be used',
    cause: 'The data folder cannot be created, written or entered.',
    fix: 'Make it writable, or set PARLEY_DATA_DIR to another folder.',
  },
  'store/cluster-failed': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'The embedded database does not run',
    cause: 'The embedded PostgreSQL could not be created or started; the message has its own words.',
    fix: 'Read the log that the message names, or set DATABASE_URL to a PostgreSQL of your own.',
  },
} as const satisfies Record<string, FaultRow>;
