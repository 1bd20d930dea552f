import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '#libs/store';
import { Front } from '../chaos/front.mjs';

it('the front of a chaos run finds the gateway that listens, for everybody who comes at once', async () => {
  const gateway = createServer((_request, response) => response.end('here'));
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const front = new Front([await freePort(), (gateway.address() as AddressInfo).port]);
  await front.start();
  try {
    const ask = async () => (await fetch(`http://127.0.0.1:${front.port}/`)).text();
    const said = await Promise.all(Array.from({ length: 50 }, ask));
    expect(new Set(said)).toEqual(new Set(['here']));
  } finally {
    front.stop();
    gateway.closeAllConnections();
    gateway.close();
  }
});
