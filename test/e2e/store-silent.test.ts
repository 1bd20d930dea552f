import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { newId } from '#libs/model';
import { Database } from '#libs/store';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

/** A way to the tests' database on which connections can be made to lead nowhere, without anybody being told. */
const silent = new Set<Socket>();
const open = new Set<Socket>();
let isMute = false;
const way = createServer((client) => {
  const target = new URL(inject('adminUrl'));
  const server = connect(Number(target.port), target.hostname);
  open.add(client);
  if (isMute) silent.add(client);
  client.on('data', (chunk) => silent.has(client) || server.write(chunk));
  server.on('data', (chunk) => silent.has(client) || client.write(chunk));
  client.on('close', () => server.destroy());
  server.on('close', () => silent.has(client) || client.destroy());
  for (const side of [client, server]) side.on('error', () => undefined);
});
let database: Database;

beforeAll(async () => {
  way.listen(0, '127.0.0.1');
  await once(way, 'listening');
  const url = new URL(inject('adminUrl'));
  url.port = String((way.address() as AddressInfo).port);
  database = new Database({ url: url.href, poolMax: 4, name: 'silent' });
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  await database.close();
  way.close();
});

const ask = () => database.run<{ one: number }>('one', 'select 1 as one', []);

describe('a database behind connections that have fallen silent', () => {
  it('is away for one time-out, and then answers on new connections', async () => {
    await Promise.all([ask(), ask(), ask(), ask()]);
    for (const socket of open) silent.add(socket);
    const began = Date.now();
    await expect(ask()).rejects.toMatchObject({ code: 'store/unavailable' });
    expect(await ask()).toEqual([{ one: 1 }]);
    expect(Date.now() - began).toBeLessThan(8_000);
  });

  it('is away, and no mistake of ours, for an import or an export that cannot connect', async () => {
    isMute = true;
    const session = database.inSession(newId('workspace'), 'write', () => Promise.resolve());
    await expect(session).rejects.toMatchObject({ code: 'store/unavailable', retryAfterMs: 5_000 });
    isMute = false;
  });
});
