import type { Action } from '../commands.js';
import { type Finding, lineOf } from '../doctor/finding.js';
import { ofCertificate } from '../doctor/of-certificate.js';
import { ofKey } from '../doctor/of-key.js';
import { isHere, ofMachine } from '../doctor/of-machine.js';
import { ofPublicUrl } from '../doctor/of-public-url.js';
import { ofServer } from '../doctor/of-server.js';

/** Looks at everything that has to work, and says of each thing that does not why, and what to do. */
export const doctor: Action<{ here?: boolean }> = async (desk, _given, { here }) => {
  const { parley } = desk;
  const { baseUrl } = parley.options;
  const machine =
    here === true || isHere(baseUrl) ? await ofMachine(desk) : { public_url: '', findings: [ofOwnNode()] };
  const findings = [
    ...machine.findings,
    ...(await ofServer(parley)),
    ...(await ofCertificate(baseUrl)),
    ...(isLookedAt(machine.public_url, baseUrl) ? [] : await ofPublicUrl(parley, machine.public_url)),
    ...(await ofKey(parley)),
  ];
  desk.show(findings, findings.map(lineOf).join('\n'));
  return findings.some(({ state }) => state === 'wrong') ? 7 : 0;
};

/** Whether the public address is the one that everything else was asked at. */
const isLookedAt = (publicUrl: string, baseUrl: string): boolean =>
  publicUrl === baseUrl.replace(/\/$/, '') && !isHere(baseUrl);

/** The command line alone, far from the installation. */
function ofOwnNode(): Finding {
  return { what: 'node', state: 'well', words: process.versions.node };
}
