import { lookup as dnsLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { fault } from '#libs/faults';

/** One address of a host. */
export interface ResolvedAddress {
  address: string;
  family: 4 | 6;
}
/** Resolves a host name to all its addresses; rejects when there are none. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** Which addresses our own calls may go to. */
export interface AddressRules {
  /** Public addresses and the allow-listed ones. Anything that is not an IP address is refused. */
  isAllowed(address: string): boolean;
  /** Only what somebody put on the allow-list. */
  isListed(address: string): boolean;
}

/**
 * Rules over IP addresses: everything that is not ordinary public unicast is refused (loopback, private, link-local,
 * carrier NAT, documentation, multicast, NAT64, 6to4, Teredo, …), unless a network of the allow-list holds it.
 *
 * IPv4 addresses inside IPv6 (`::ffff:127.0.0.1`) are judged as what they are.
 *
 * @param allowCidrs  networks such as `10.0.0.0/8` or `::1/128`; a bare address is a network of one
 */
export function addressRules(allowCidrs: readonly string[]): AddressRules {
  const networks = allowCidrs.map(parseNetwork);
  const isListed = (address: string): boolean => {
    const parsed = parseAddress(address);
    return (
      parsed !== null &&
      networks.some(([net, bits]) => net.kind() === parsed.kind() && parsed.match(net, bits))
    );
  };
  return {
    isListed,
    isAllowed: (address) => parseAddress(address)?.range() === 'unicast' || isListed(address),
  };
}

/** The host's own resolver, all addresses, in the order the system prefers. */
export const systemResolve: Resolve = async (hostname) => {
  const found = await dnsLookup(hostname, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/**
 * An address of a host for protocols that are not HTTP: judged by all its addresses, so that none of them leads inside.
 *
 * @throws Fault `channel/unreachable` when the name is unknown, or an address is not one that may be called
 */
export async function allowedAddress(host: string, rules: AddressRules, resolve: Resolve): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, '');
  const found = isIP(bare) ? [bare] : await addressesOf(bare, resolve);
  if (found.every((address) => rules.isAllowed(address))) return found[0]!;
  throw fault('channel/unreachable', {
    detail: `${host} leads to an address that this installation does not call.`,
    facts: { host, reason: 'forbidden-address' },
  });
}

async function addressesOf(host: string, resolve: Resolve): Promise<string[]> {
  const found = await resolve(host).catch((cause: unknown) => {
    throw fault('channel/unreachable', { detail: `The name ${host} is not known.`, cause, facts: { host } });
  });
  if (found.length > 0) return found.map(({ address }) => address);
  throw fault('channel/unreachable', { detail: `${host} has no address.`, facts: { host } });
}

type Ip = ipaddr.IPv4 | ipaddr.IPv6;

function parseAddress(text: string): Ip | null {
  return ipaddr.isValid(text) ? ipaddr.process(text) : null;
}

function parseNetwork(text: string): [Ip, number] {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
