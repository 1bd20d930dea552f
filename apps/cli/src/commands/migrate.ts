import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fault } from '#libs/faults';
import type { Action } from '../commands.js';
import { launcherFile } from '../launcher-of.js';

/** Brings the database up to date: the launcher of this installation does it, with the settings of this environment. */
export const migrate: Action = async (desk) => {
  const launcher = launcherFile();
  if (launcher === null) {
    throw fault('input/invalid', { detail: 'There is no installation here: run it where Parley is.' });
  }
  const child = spawn(process.execPath, [launcher, 'db', 'deploy'], {
    env: { ...desk.world.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complained, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw fault('store/migration-failed', { detail: complained.trim() || said.trim() });
  const applied = [...said.matchAll(/^Applied: (.*)$/gm)].map(([, name]) => name);
  desk.show({ applied }, said.trim());
};
