import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Action } from '../commands.js';

/** Brings the database up to date: the launcher of this installation does it, with the settings of this environment. */
export const migrate: Action = async ({ world }) => {
  const launcher = path.join(import.meta.dirname, '../../../launcher/src/main.js');
  const child = spawn(process.execPath, [launcher, 'db', 'deploy'], {
    env: { ...world.env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
};
