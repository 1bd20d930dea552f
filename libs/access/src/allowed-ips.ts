import { BlockList, isIP } from 'node:net';

/**
 * Whether a request may come from an address.
 *
 * @param ip  IPv4, IPv6, or IPv4 in IPv6; without it nothing but "everywhere" allows the request
 * @param networks  addresses and CIDR blocks; empty: everywhere
 */
export function isAllowedFrom(ip: string | undefined, networks: readonly string[]): boolean {
  if (networks.length === 0) return true;
  if (ip === undefined) return false;
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  if (family === 0) return false;
  const allowed = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const type = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) allowed.addAddress(address, type);
    else allowed.addSubnet(address, Number(bits), type);
  }
  return allowed.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}
