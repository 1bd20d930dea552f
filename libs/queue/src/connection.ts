import {
  createRedisBackend,
  setDefaultBackendFactory,
  type BackendFactory,
  type ConnectionOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import { createPool } from '#libs/store';
import { createPatientPostgresBackend } from './patient-backend.js';

export interface QueueOptions {
  /** BullMQ on this Redis; without it on PostgreSQL. */
  redisUrl?: string | undefined;
  /** Where the queue lives when it is not on Redis. */
  databaseUrl: string;
  /** Connections of the queue's own pool on PostgreSQL: each worker holds one to listen. */
  poolMax: number;
  /** A gateway only rings and must never wait for the queue; a worker must never give up on it. */
  role: 'gateway' | 'worker';
}

/** A connection that the queue keeps, and how to end it. */
export interface QueueConnection {
  kind: 'redis' | 'postgres';
  bullmq: ConnectionOptions;
  /** Runs a plain statement where the bell is rung: PUBLISH or pg_notify. */
  publish(topic: string, payload: string): Promise<void>;
  /** Another connection for hearing the bell; null on PostgreSQL, where the store's Listener does it. */
  subscriber(): Redis | null;
  close(): Promise<void>;
}

/** The keys of Parley on a Redis that others may use too. */
export const keyPrefix = 'parley';

/**
 * Opens the connection and makes its backend the default of the process: @nestjs/bullmq builds queues and workers
 * without naming one.
 */
export function openQueueConnection(options: QueueOptions): QueueConnection {
  return options.redisUrl === undefined ? onPostgres(options) : onRedis(options.redisUrl, options.role);
}

function onRedis(url: string, role: QueueOptions['role']): QueueConnection {
  setDefaultBackendFactory(createRedisBackend as BackendFactory);
  const quiet = (redis: Redis): Redis => {
    redis.on('error', () => undefined); // ioredis connects again by itself; metrics and health show the outage
    return redis;
  };
  // Redis that hangs must cost a ring, not a request: the sweeper finds what was not rung.
  const impatient = quiet(
    new Redis(url, {
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
      commandTimeout: 2_000,
      retryStrategy,
    }),
  );
  const patient =
    role === 'worker'
      ? quiet(new Redis(url, { maxRetriesPerRequest: null, retryStrategy, lazyConnect: false }))
      : null;
  return {
    kind: 'redis',
    bullmq: patient ?? impatient,
    publish: async (topic, payload) => {
      await impatient.publish(`${keyPrefix}:${topic}`, payload);
    },
    subscriber: () => quiet(new Redis(url, { maxRetriesPerRequest: null, retryStrategy })),
    close: async () => {
      impatient.disconnect();
      patient?.disconnect();
      await Promise.resolve();
    },
  };
}

const retryStrategy = (times: number): number => Math.min(50 * 2 ** Math.min(times, 5), 1_000);

function onPostgres(options: QueueOptions): QueueConnection {
  setDefaultBackendFactory(createPatientPostgresBackend);
  const pool = createPool({ url: options.databaseUrl, max: options.poolMax, role: 'owner', name: 'queue' });
  return {
    kind: 'postgres',
    bullmq: pool,
    publish: async (topic, payload) => {
      await pool.query({
        name: 'bell',
        text: 'select pg_notify($1, $2)',
        values: [`${keyPrefix}_${topic}`, payload],
      });
    },
    subscriber: () => null,
    close: () => pool.end(),
  };
}
