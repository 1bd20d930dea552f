import { createPool } from '#libs/store';
import { afterAll, describe, expect, inject, it } from 'vitest';

describe('a pool', () => {
  const pool = createPool({ url: inject('adminUrl'), max: 2, role: 'owner', name: 'pool test' });
  afterAll(() => pool.end());

  it('outlives a connection that the server ends while somebody holds it and says nothing', async () => {
    const held = await pool.connect();
    const { rows } = await held.query<{ pid: number }>('select pg_backend_pid() as pid');
    const ended = new Promise((resolve) => held.once('end', resolve));
    await pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
    await ended;
    await expect(held.query('select 1')).rejects.toThrow();
    held.release(true);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});
