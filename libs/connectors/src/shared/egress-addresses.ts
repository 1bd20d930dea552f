import { lookup as dnsLookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

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

type Ip = ipaddr.IPv4 | ipaddr.IPv6;

function parseAddress(text: string): Ip | null {
  return ipaddr.isValid(text) ? ipaddr.process(text) : null;
}

function parseNetwork(text: string): [Ip, number] {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
