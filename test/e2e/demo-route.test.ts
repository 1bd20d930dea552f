import { startStubServer, type StubServer } from '../../libs/connectors/src/testkit/stub-server.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEgress } from '#libs/connectors';
import { demoHost, withDemoRoute } from '../../apps/worker/src/demo-route.js';

let service: StubServer;
let other: StubServer;

beforeAll(async () => {
  [service, other] = await Promise.all([startStubServer(), startStubServer()]);
});
afterAll(() => Promise.all([service.close(), other.close()]));

describe('the way to the service of the demo', () => {
  it('is its name, with path and query, and leads nowhere else on this machine', async () => {
    const egress = withDemoRoute(createEgress(), service.url);
    await egress.webFetch(`http://${demoHost}/orders/A%2F7?x=1`, { method: 'POST', body: '{}' });
    expect(service.requests).toMatchObject([{ method: 'POST', path: '/orders/A%2F7?x=1', body: '{}' }]);
    for (const address of [service.url, other.url, `http://${demoHost}:81/`, `https://${demoHost}/`]) {
      await expect(egress.webFetch(address)).rejects.toThrow();
    }
    // A second slash is part of the path, not another host.
    await egress.webFetch(`http://${demoHost}//${new URL(other.url).host}/`).catch(() => undefined);
    expect(other.requests).toEqual([]);
    expect(service.requests.length).toBeLessThanOrEqual(2);
    await egress.close();
  });

  it('leads nowhere where there is no such service', async () => {
    const egress = withDemoRoute(createEgress(), undefined);
    await expect(egress.webFetch(`http://${demoHost}/`)).rejects.toThrow();
    await egress.close();
  });
});
