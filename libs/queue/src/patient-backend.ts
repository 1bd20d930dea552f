import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, type BackendFactory } from 'bullmq';
import { isFault } from '#libs/faults';
import { storeFault } from '#libs/store';

/** Pause before a database that was away is asked again; the same as `runRetryDelay` of the workers. */
const RETRY_MS = 300;

/** What we use of BullMQ's backend that its types do not show; held true by the spec. */
interface Inside {
  connection: {
    waitUntilReady(): Promise<void>;
    readyPromise: Promise<void> | undefined;
    isClosing: unknown;
  };
  query(text: string, params?: unknown[]): Promise<unknown>;
}

/**
 * BullMQ's backend on PostgreSQL, with patience for a database that is starting.
 *
 * BullMQ 6.7 remembers for ever that its first connection failed, and takes only ECONNREFUSED for an outage: a worker that
 * began while PostgreSQL was recovering (SQLSTATE 57P03) turned in a loop of failed promises that let nothing else of the
 * process run, not even SIGTERM (found by a chaos run, 2026-11-21). Here the first connection is tried until it succeeds,
 * and a failure for which the database is to blame takes a moment.
 */
export const createPatientPostgresBackend = ((...args: Parameters<typeof createPostgresBackend>) => {
  const backend = createPostgresBackend(...args);
  const inside = backend as unknown as Inside;
  beReadyInTheEnd(inside.connection);
  failSlowly(inside);
  return backend;
}) as unknown as BackendFactory;

function beReadyInTheEnd(connection: Inside['connection']): void {
  const tryOnce = connection.waitUntilReady.bind(connection);
  connection.waitUntilReady = async () => {
    for (;;) {
      try {
        return await tryOnce();
      } catch (error) {
        connection.readyPromise = undefined;
        if (connection.isClosing) throw error;
        await sleep(RETRY_MS);
      }
    }
  };
}

function failSlowly(inside: Inside): void {
  const ask = inside.query.bind(inside);
  inside.query = async (text, params) => {
    try {
      return await ask(text, params);
    } catch (error) {
      if (isFault(storeFault(error), 'store/unavailable')) await sleep(RETRY_MS);
      throw error;
    }
  };
}
