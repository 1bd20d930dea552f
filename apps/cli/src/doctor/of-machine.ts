import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Desk } from '../desk.js';
import { launcherFile } from '../launcher-of.js';
import type { Finding } from './finding.js';

interface Diagnosis {
  public_url: string;
  findings: Finding[];
}

/** Whether an address is of this machine. */
export function isHere(address: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(address).hostname);
}

/** What the launcher of this installation finds about disk, database, Redis and settings; it reads the same environment. */
export async function ofMachine({ world }: Desk): Promise<Diagnosis> {
  const launcher = launcherFile();
  if (launcher === null) return { public_url: '', findings: [] };
  const child = spawn(process.execPath, [launcher, 'doctor'], {
    env: { ...world.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complained] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  try {
    return JSON.parse(said) as Diagnosis;
  } catch {
    const words = complained.trim() || 'The launcher said nothing.';
    const action = 'Build it anew: npm run build.';
    return { public_url: '', findings: [{ what: 'installation', state: 'wrong', words, action }] };
  }
}
