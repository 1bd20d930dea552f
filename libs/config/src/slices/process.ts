import { z } from 'zod';
import { count, duration, list, versionedKey } from '../text.js';

/** The database. */
export const databaseSlice = {
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be an address that begins with postgresql://' })
    .meta({
      description: 'PostgreSQL 15 or newer. `npm start` brings its own when this is not set.',
      example: 'postgresql://parley:secret@db.example:5432/parley',
    }),
  PARLEY_DATABASE_POOL: count({ min: 4, max: 1_000 }).optional().meta({
    description:
      'Most connections that one process opens. A queue in PostgreSQL has a few more of its own: 9 in a gateway, 15 in a worker.',
    derived: 'listeners + expected concurrency + 5',
  }),
};

/** The queue. */
export const queueSlice = {
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be an address that begins with redis:// or rediss://' })
    .optional()
    .meta({
      description: 'Redis for the queue. Without it the queue lives in PostgreSQL.',
      example: 'redis://redis.example:6379/0',
    }),
};

/** Keys that seal the secrets of channels. */
export const secretsSlice = {
  PARLEY_SECRET_KEY: versionedKey().meta({
    description:
      'Key that seals the secrets of channels and guards API keys: 32 random bytes in base64 (`openssl rand -base64 32`). ' +
      'Lose it, and every channel needs its credentials and every caller an API key again. ' +
      '`npm start` makes one in the data folder.',
    example: '2:base64 of 32 bytes, after a first rotation',
    secret: true,
  }),
  PARLEY_SECRET_KEYS_OLD: list(versionedKey()).prefault('').meta({
    description:
      'Earlier keys, as version:base64 with commas between: they open what they sealed, and seal nothing new. API keys that were made with one hold as long as it is here.',
    secret: true,
  }),
};

/** Logging in to the console. */
export const logInSlice = {
  PARLEY_LOGIN_IDLE: duration({ min: 60_000, max: 31_536_000_000 })
    .prefault('30d')
    .describe('How long a person may stay away from the console and still be signed in; `12h` is strict.'),
};

/** What every process has. */
export const processSlice = {
  PARLEY_DATA_DIR: z
    .string()
    .prefault('.parley')
    .describe(
      'Folder for what is kept in files: the embedded database, media, the key that `npm start` makes.',
    ),
  PARLEY_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be fatal, error, warn, info, debug, trace or silent',
    })
    .prefault('info')
    .describe('Least important level that is logged: fatal, error, warn, info, debug, trace or silent.'),
};

/** How much work happens at once, and how long it may take. */
export const workSlice = {
  PARLEY_WORKER_TURNS: count({ min: 1, max: 1_000 })
    .prefault('64')
    .describe('Turns that one worker runs at the same time.'),
  PARLEY_WORKER_SENDS: count({ min: 1, max: 1_000 })
    .prefault('64')
    .describe('Deliveries that one worker makes at the same time.'),
  PARLEY_WORKER_PORT: count({ min: 1, max: 65_535 }).optional().meta({
    description:
      'Port on which a worker answers `/livez`, `/readyz` and `/metrics`, at `PARLEY_HOST`. Without it a worker answers no HTTP. Workers on one machine need one port each.',
    example: '9464',
  }),
  PARLEY_TURN_TIMEOUT: duration({ min: 1_000, max: 600_000 })
    .prefault('60s')
    .describe('Longest time one turn of the bot may take.'),
  PARLEY_SWEEP_EVERY: duration({ min: 50, max: 60_000 })
    .prefault('500ms')
    .describe('Pause between two looks into the database for work whose wake-up was lost.'),
  PARLEY_CHECK_EVERY: duration({ min: 1_000, max: 3_600_000 })
    .prefault('30s')
    .describe(
      'Pause between two looks whether a channel works; a broken token shows within twice this time.',
    ),
  PARLEY_GAP_EVERY: duration({ min: 1_000, max: 3_600_000 })
    .prefault('60s')
    .describe('Pause between two questions to a provider for what it kept while nobody listened.'),
  PARLEY_LEASE: duration({ min: 1_000, max: 600_000 })
    .prefault('3s')
    .describe(
      'How long a mailbox or a delivery stays with a worker that gives no sign of life; a worker renews three times as often.',
    ),
};
