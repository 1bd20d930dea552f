/** The host of an address in lower case; null when it has none or is not of the web. */
export function hostOf(address: string): string | null {
  const whole = /^www\./i.test(address) ? `https://${address}` : address;
  // A sign that hides the host from people is never part of an address of ours.
  if (!URL.canParse(whole) || /^[^/]*\/\/[^/?#]*[@\\]/.test(whole)) return null;
  const { protocol, hostname } = new URL(whole);
  if (!/^https?:$/.test(protocol)) return null;
  return hostname.toLowerCase().replace(/\.$/, '');
}

/** Whether an address leads to one of the hosts or below it. */
export function isKnownHost(address: string, hosts: readonly string[]): boolean {
  const host = hostOf(address);
  return (
    host !== null &&
    hosts.some((known) => host === known.toLowerCase() || host.endsWith(`.${known.toLowerCase()}`))
  );
}
