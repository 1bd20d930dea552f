import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Database, Keyring } from '#libs/store';
import { migratorOf } from '../../apps/launcher/src/deploy.js';
import { installationKeys, repositoriesOf } from '../support/test-store.js';

const name = `t_${randomBytes(6).toString('hex')}`;
const admin = new Client({ connectionString: inject('adminUrl') });
const url = new URL(inject('adminUrl'));

/** A database of an account that may create databases, as `migrate dev` needs it, but is no superuser. */
beforeAll(async () => {
  await admin.connect();
  await admin.query(`create role ${name} login createdb password '${name}'`);
  await admin.query(`grant parley_app, parley_dispatch to ${name}`);
  await admin.query(`create database ${name} owner ${name}`);
  url.username = name;
  url.password = name;
  url.pathname = `/${name}`;
});
afterAll(async () => {
  await admin.query(`drop database ${name} with (force)`);
  await admin.query(`drop role ${name}`);
  await admin.end();
});

describe('the migrations', () => {
  it('apply under an account that is no superuser, and make what schema.prisma says', async () => {
    const migrator = migratorOf(url.href);
    expect((await migrator.deploy()).length).toBeGreaterThan(3);
    expect(await migrator.deploy()).toEqual([]);
    expect(await migrator.drift('schema')).toBeNull();
    expect(await migrator.drift('database')).toBeNull();
  });

  it('leave a database in which that account works, held by row-level security', async () => {
    const database = new Database({ url: url.href, poolMax: 4, name: 'test' });
    const { workspaces } = repositoriesOf(database, new Keyring(installationKeys(1)));
    const [one, two] = [
      await workspaces.create({ name: 'A', actor: 'system' }),
      await workspaces.create({ name: 'B', actor: 'system' }),
    ];
    expect(await workspaces.list()).toEqual([one.workspaceId, two.workspaceId]);
    const seen = await database.withWorkspace(one.workspaceId, (tx) => tx.workspace.findMany());
    expect(seen.map((row) => row.name)).toEqual(['A']);
    expect(await database.run('', 'select 1 from workspace', [])).toEqual([]);
    await database.close();
  });
});
