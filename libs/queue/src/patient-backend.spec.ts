import { Worker } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { createPatientPostgresBackend } from './patient-backend.js';

const starting = () =>
  Object.assign(new Error('the database system is starting up'), { code: '57P03', severity: 'FATAL' });

/** A pool of a database that is starting for so many connections, and then has nothing to say. */
function poolStartingFor(times: number) {
  const asked = { connects: 0 };
  const client = { query: () => new Promise(() => undefined), on: () => client, release: () => undefined };
  const pool = {
    options: {},
    on: () => pool,
    end: () => Promise.resolve(),
    query: () => Promise.reject(starting()),
    connect: () => (++asked.connects > times ? Promise.resolve(client) : Promise.reject(starting())),
  };
  return { pool, asked };
}

describe('the queue on a PostgreSQL that is starting', () => {
  it('tries to connect until it succeeds, and leaves the process time for everything else', async () => {
    const { pool, asked } = poolStartingFor(3);
    const options = { connection: pool as never, runRetryDelay: 300 };
    const worker = new Worker('inbound', () => Promise.resolve(), options, createPatientPostgresBackend);
    worker.on('error', () => undefined);
    await expect.poll(() => asked.connects, { timeout: 5_000 }).toBe(4);
    void worker.close(true);
  });

  it('takes a moment to fail while the database is away, so that nobody asks it in a tight loop', async () => {
    const { pool } = poolStartingFor(0);
    const backend = createPatientPostgresBackend('inbound', { connection: pool }) as never as {
      connection: { readyPromise: Promise<void> };
      query(text: string): Promise<unknown>;
    };
    backend.connection.readyPromise = Promise.resolve();
    const began = performance.now();
    await expect(backend.query('select 1')).rejects.toThrow('starting up');
    expect(performance.now() - began).toBeGreaterThan(250);
  });
});
