import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fault } from '#libs/faults';
import { z } from 'zod';
import type { Globals, World } from './world.js';

const Profiles = z.object({
  current: z.string().nullable(),
  profiles: z.record(z.string(), z.object({ url: z.string(), key: z.string() })),
});
/** Parleys that the program knows, by name. */
export type Profiles = z.infer<typeof Profiles>;

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Where profiles are kept: only their owner can read the file. */
export function profilesFile({ env }: World): string {
  const folder = env['XDG_CONFIG_HOME'] ?? path.join(env['HOME'] ?? homedir(), '.config');
  return path.join(folder, 'parley', 'profiles.json');
}

/** @throws Fault `input/invalid` when the file is not one of ours */
export function readProfiles(world: World): Profiles {
  const file = profilesFile(world);
  if (!existsSync(file)) return { current: null, profiles: {} };
  const read = Profiles.safeParse(parsed(readFileSync(file, 'utf8')));
  if (!read.success)
    throw fault('input/invalid', { detail: `${file} is not a list of profiles: remove it.` });
  return read.data;
}

/** Keeps profiles. */
export function writeProfiles(world: World, profiles: Profiles): void {
  const file = profilesFile(world);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

/**
 * Where to, and with which key: options come before the environment, and that before the profile.
 *
 * @throws Fault `input/invalid` when there is no key, or no such profile
 */
export function whereTo(world: World, { profile, url, key }: Globals): { baseUrl: string; apiKey: string } {
  const known = readProfiles(world);
  const name = profile ?? world.env['PARLEY_PROFILE'] ?? known.current;
  const chosen = name === null ? undefined : known.profiles[name];
  if (name !== null && !chosen && name !== known.current) {
    throw fault('input/invalid', { detail: `There is no profile "${name}".` });
  }
  const apiKey = key ?? world.env['PARLEY_API_KEY'] ?? chosen?.key;
  if (apiKey === undefined) {
    throw fault('input/invalid', {
      detail: 'There is no API key: set PARLEY_API_KEY, or run "parley login".',
    });
  }
  return { baseUrl: url ?? world.env['PARLEY_URL'] ?? chosen?.url ?? DEFAULT_URL, apiKey };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
