import type { Parley } from '#libs/sdk';
import type { Finding } from './finding.js';
import { ofCertificate } from './of-certificate.js';
import { isHere } from './of-machine.js';

/** Looks at the address that providers and visitors use. @param address  empty when it is not known */
export async function ofPublicUrl(parley: Parley, address: string): Promise<Finding[]> {
  if (address === '') return [];
  const what = 'public address';
  if (isHere(address)) {
    const words = `${address}: only this machine can reach it, so no provider can call.`;
    return [{ what, state: 'warning', words, action: 'Set PARLEY_PUBLIC_URL once a provider has to call.' }];
  }
  const certificate = await ofCertificate(address);
  return [await ofReach(parley.with({ baseUrl: address }), address, what), ...certificate];
}

async function ofReach(parley: Parley, address: string, what: string): Promise<Finding> {
  const trouble = await parley.http.GET('/livez').then(
    ({ response }) => (response.ok ? null : `it answered ${response.status}`),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (trouble !== null) {
    const words = `${address} does not lead here from this machine: ${trouble}`;
    return { what, state: 'wrong', words, action: 'Look at the name, the proxy and PARLEY_PUBLIC_URL.' };
  }
  if (address.startsWith('https:')) return { what, state: 'well', words: address };
  const action = 'Put a proxy with TLS in front, and set PARLEY_PUBLIC_URL to its address.';
  return { what, state: 'warning', words: `${address}: most providers call only https.`, action };
}
