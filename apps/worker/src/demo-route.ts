import { createEgress, type Egress } from '#libs/connectors';

/** The name under which bots call the service of the demo. Names that end so exist nowhere (RFC 6761 §6.4, read 2026-11-21). */
export const demoHost = 'demo.parley.invalid';

/**
 * An egress that knows the way to the service of the demo, and no other way to this machine.
 *
 * Tools reach it as `http://demo.parley.invalid`, and nothing else on the loopback address: that is no allowed network.
 * Where there is no such service the name leads nowhere, and the tool fails like any other that cannot be reached.
 *
 * @param serviceUrl  where it listens on the loopback address; undefined: there is none
 */
export function withDemoRoute(egress: Egress, serviceUrl: string | undefined): Egress {
  if (serviceUrl === undefined) return egress;
  const own = createEgress({ allowCidrs: ['127.0.0.1/32'] });
  const webFetch: Egress['webFetch'] = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    // Put together as text: in an address of its own, a path that begins with two slashes would name a host.
    return url.origin === `http://${demoHost}`
      ? own.webFetch(`${serviceUrl}${url.pathname}${url.search}`, init)
      : egress.webFetch(input, init);
  };
  const close = async (): Promise<void> => {
    await Promise.all([egress.close(), own.close()]);
  };
  return { fetch: egress.fetch, webFetch, close };
}
