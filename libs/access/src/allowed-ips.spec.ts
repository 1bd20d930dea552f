import { describe, expect, it } from 'vitest';
import { isAllowedFrom } from './allowed-ips.js';

describe('a key for some networks', () => {
  const networks = ['192.0.2.0/24', '198.51.100.7', '2001:db8::/32'];

  it.each(['192.0.2.1', '198.51.100.7', '::ffff:192.0.2.200', '2001:db8:1::1'])('holds from %s', (ip) => {
    expect(isAllowedFrom(ip, networks)).toBe(true);
  });

  it.each(['192.0.3.1', '198.51.100.8', '2001:db9::1', '::1', 'nonsense', undefined])('not from %s', (ip) => {
    expect(isAllowedFrom(ip, networks)).toBe(false);
  });

  it('holds from everywhere when it names none', () => {
    expect(isAllowedFrom(undefined, [])).toBe(true);
  });
});
