import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseWorkerConfig } from '#libs/config';
import { uuidOf } from '#libs/model';
import { Logger, Metrics } from '#libs/observe';
import { freePort, Workspaces } from '#libs/store';
import { createWorker } from '../../apps/worker/src/app.js';
import { boot, type Booted } from '../support/boot.js';
import { until } from '../support/until.js';

describe('what a worker does beside its loops', () => {
  let port: number;
  let parley: Booted;
  const status = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);

  beforeAll(async () => {
    port = await freePort();
    parley = await boot({ env: { PARLEY_WORKER_PORT: String(port) } });
  });
  afterAll(() => parley.close());

  it('shows that it lives, that it is ready, and its numbers', async () => {
    expect(await (await status('/livez')).json()).toEqual({ status: 'alive' });
    expect(await (await status('/readyz')).json()).toEqual({ status: 'ready' });
    expect(await (await status('/metrics')).text()).toMatch(/^parley_deliveries_total|# HELP parley_/m);
    expect((await status('/anything')).status).toBe(404);
  });

  it('ends with a sentence when its port is taken', async () => {
    const start = createWorker(parseWorkerConfig(parley.env), {
      logger: Logger.create({ app: 'worker', level: 'silent' }),
      metrics: new Metrics('worker'),
    });
    await expect(start).rejects.toMatchObject({
      code: 'config/port-taken',
      detail: expect.stringContaining(`${port} (PARLEY_WORKER_PORT)`),
    });
  });

  it('forgets the answers of yesterday, and wraps old data keys with the new key', async () => {
    const { workspaceId } = await parley.gateway.get(Workspaces).create({ name: 'Rotated', actor: 'system' });
    await parley.owner.query(
      `insert into idempotency (workspace_id, principal, key, request_hash, operation_id, locked_until, created_at)
       values ($1, 'key_x', 'old', 'hash', gen_random_uuid(), now(), now() - interval '25 hours')`,
      [uuidOf(workspaceId)],
    );
    const wrapped = async (): Promise<unknown[]> =>
      (await parley.owner.query('select wrapped_key from workspace_key')).rows;
    const before = await wrapped();
    const { PARLEY_WORKER_PORT: _, ...env } = parley.env;
    const worker = await createWorker(
      parseWorkerConfig({
        ...env,
        PARLEY_SECRET_KEY: `2:${randomBytes(32).toString('base64')}`,
        PARLEY_SECRET_KEYS_OLD: `1:${env['PARLEY_SECRET_KEY']}`,
      }),
      { logger: Logger.create({ app: 'worker', level: 'silent' }), metrics: new Metrics('worker') },
    );
    try {
      await until('the old answer is gone', async () => {
        const { rowCount } = await parley.owner.query(`select 1 from idempotency where key = 'old'`);
        return rowCount === 0;
      });
      expect(await wrapped()).not.toEqual(before);
    } finally {
      await worker.close();
    }
  });
});
