import { resolve } from 'node:path';
import { z } from 'zod';
import { deepFreeze, parseEnvironment, type Environment, type Frozen } from './parse.js';
import { gatewayPools, workerPools } from './pool-size.js';
import {
  areEmbeddingsWhole,
  embeddingsOf,
  embeddingsSlice,
  embeddingsWholeWords,
} from './slices/embeddings.js';
import { limitsSlice } from './slices/limits.js';
import { retentionSlice } from './slices/retention.js';
import { isModelWhole, modelOf, modelSlice, modelWholeWords } from './slices/model.js';
import {
  databaseSlice,
  logInSlice,
  processSlice,
  queueSlice,
  secretsSlice,
  workSlice,
} from './slices/process.js';
import { egressSlice, mediaSlice, serverSlice, spoolSlice } from './slices/server.js';

const shared = {
  ...databaseSlice,
  ...queueSlice,
  ...secretsSlice,
  ...logInSlice,
  ...limitsSlice,
  ...retentionSlice,
  ...serverSlice,
  ...mediaSlice,
  ...spoolSlice,
  ...egressSlice,
  ...modelSlice,
  ...embeddingsSlice,
  ...processSlice,
  ...workSlice,
};

const keysDiffer = (env: {
  PARLEY_SECRET_KEY?: { version: number } | undefined;
  PARLEY_SECRET_KEYS_OLD: { version: number }[];
}): boolean => {
  const versions = [env.PARLEY_SECRET_KEY, ...env.PARLEY_SECRET_KEYS_OLD].flatMap((key) =>
    key ? [key.version] : [],
  );
  return new Set(versions).size === versions.length;
};
const keysDifferWords = { path: ['PARLEY_SECRET_KEYS_OLD'], error: 'must not repeat a version' };

/** What gateway and worker read; the docs are made from it. */
export const serviceEnvironment = z
  .object(shared)
  .refine(keysDiffer, keysDifferWords)
  .refine(isModelWhole, modelWholeWords)
  .refine(areEmbeddingsWhole, embeddingsWholeWords);

/** What the launcher reads: the same, but it can bring its own database and key. */
const launcherEnvironment = z
  .object({
    ...shared,
    DATABASE_URL: shared.DATABASE_URL.optional(),
    PARLEY_SECRET_KEY: shared.PARLEY_SECRET_KEY.optional(),
  })
  .refine(keysDiffer, keysDifferWords)
  .refine(isModelWhole, modelWholeWords)
  .refine(areEmbeddingsWhole, embeddingsWholeWords);

type Read = z.infer<typeof launcherEnvironment>;

/** The settings of the gateway; frozen all the way down. */
export type GatewayConfig = Frozen<ReturnType<typeof service>>;
/** The settings of a worker; frozen all the way down. */
export type WorkerConfig = GatewayConfig;
/** The settings of the launcher; frozen all the way down. */
export type LauncherConfig = Frozen<ReturnType<typeof launcher>>;

/** The part of the settings that says where work is done at once and for how long. */
export type WorkConfig = GatewayConfig['work'];

/** @throws Fault `config/invalid` with every problem by name and without any value */
export function parseGatewayConfig(env: Environment): GatewayConfig {
  return deepFreeze(service(parseEnvironment(serviceEnvironment, env), 'gateway'));
}

/** @throws Fault `config/invalid` with every problem by name and without any value */
export function parseWorkerConfig(env: Environment): WorkerConfig {
  return deepFreeze(service(parseEnvironment(serviceEnvironment, env), 'worker'));
}

/**
 * Reads everything that gateway and worker will read too, so that a mistake is told before anything is started.
 *
 * @throws Fault `config/invalid` with every problem by name and without any value
 */
export function parseLauncherConfig(env: Environment): LauncherConfig {
  return deepFreeze(launcher(parseEnvironment(launcherEnvironment, env)));
}

function service(env: z.infer<typeof serviceEnvironment>, role: 'gateway' | 'worker') {
  const pools =
    role === 'gateway' ? gatewayPools() : workerPools(env.PARLEY_WORKER_TURNS, env.PARLEY_WORKER_SENDS);
  return {
    ...common(env),
    /** The database, and the most connections this process opens to it for its rows. */
    database: { url: env.DATABASE_URL, poolMax: env.PARLEY_DATABASE_POOL ?? pools.database },
    /** `redisUrl` undefined: the queue lives in PostgreSQL, with at most `poolMax` connections of its own. */
    queue: { redisUrl: env.REDIS_URL, poolMax: pools.queue },
    /** `current` seals; `current` and `old` open. */
    secrets: { current: env.PARLEY_SECRET_KEY, old: env.PARLEY_SECRET_KEYS_OLD },
  };
}

function launcher(env: Read) {
  return {
    ...common(env),
    /** `undefined`: start the embedded database. */
    database: { url: env.DATABASE_URL },
    /** False: make a key once and keep it in the data folder. */
    hasSecretKey: env.PARLEY_SECRET_KEY !== undefined,
  };
}

function common(env: Read) {
  return {
    http: {
      host: env.PARLEY_HOST,
      port: env.PARLEY_PORT,
      /** Without a slash at the end. */
      publicUrl: env.PARLEY_PUBLIC_URL ?? localUrl(env.PARLEY_HOST, env.PARLEY_PORT),
      trustProxy: env.PARLEY_TRUST_PROXY,
      drainWaitMs: env.PARLEY_DRAIN_WAIT,
      bodyBytesMax: env.PARLEY_BODY_MAX,
      corsOrigins: env.PARLEY_CORS_ORIGINS,
      /** `undefined`: there is no security.txt. */
      securityContact: env.PARLEY_SECURITY_CONTACT,
    },
    /** `undefined`: the queue lives in PostgreSQL. */
    queue: { redisUrl: env.REDIS_URL },
    logIn: { idleMs: env.PARLEY_LOGIN_IDLE },
    /** How much may be asked for; null: as much as anybody likes. */
    limits: {
      key: env.PARLEY_LIMIT_KEY,
      workspace: env.PARLEY_LIMIT_WORKSPACE,
      channel: env.PARLEY_LIMIT_CHANNEL,
      session: env.PARLEY_LIMIT_SESSION,
      door: env.PARLEY_LIMIT_DOOR,
    },
    /** Days by kind, where neither workspace nor channel has a rule; null: for ever. */
    retention: {
      messages: env.PARLEY_KEEP_MESSAGES,
      traces: env.PARLEY_KEEP_TRACES,
      media: env.PARLEY_KEEP_MEDIA,
      inbox: env.PARLEY_KEEP_INBOX,
      webhooks: env.PARLEY_KEEP_WEBHOOKS,
    },
    media: { bytesMax: env.PARLEY_MEDIA_MAX },
    spool: { bytesMax: env.PARLEY_SPOOL_MAX },
    /** `undefined`: bots bring their own models or have none. */
    model: modelOf(env),
    /** `undefined`: knowledge is found by its words alone. */
    embeddings: embeddingsOf(env),
    egress: {
      allow: env.PARLEY_EGRESS_ALLOW,
      timeoutMs: env.PARLEY_OUTBOUND_TIMEOUT,
      /** Undefined: its name leads nowhere. */
      demoServiceUrl: env.PARLEY_DEMO_SERVICE,
    },
    work: {
      turns: env.PARLEY_WORKER_TURNS,
      sends: env.PARLEY_WORKER_SENDS,
      turnTimeoutMs: env.PARLEY_TURN_TIMEOUT,
      sweepEveryMs: env.PARLEY_SWEEP_EVERY,
      checkEveryMs: env.PARLEY_CHECK_EVERY,
      gapEveryMs: env.PARLEY_GAP_EVERY,
      leaseMs: env.PARLEY_LEASE,
      /** Undefined: the worker answers no HTTP. */
      statusPort: env.PARLEY_WORKER_PORT,
    },
    data: { dir: resolve(env.PARLEY_DATA_DIR) },
    log: { level: env.PARLEY_LOG_LEVEL },
  };
}

function localUrl(host: string, port: number): string {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${shown}:${port}`;
}
