import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fault } from '#libs/faults';

/** A key that seals the channels' secrets, and where it is kept. */
export interface KeptKey {
  readonly file: string;
  /** 32 bytes in base64, as PARLEY_SECRET_KEY takes them. */
  readonly key: string;
}

/**
 * Reads the key of the data folder, and makes one the first time.
 *
 * @throws Fault `store/folder-unusable` when the file cannot be read or written
 */
export function keepSecretKey(dataFolder: string): KeptKey {
  const file = path.join(dataFolder, 'secret.key');
  try {
    return { file, key: readFileSync(file, 'utf8').trim() || makeKey(file, 'w') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unusable(file, error);
    return { file, key: makeKey(file, 'wx') };
  }
}

function makeKey(file: string, flag: 'w' | 'wx'): string {
  const key = randomBytes(32).toString('base64');
  try {
    writeFileSync(file, `${key}\n`, { mode: 0o600, flag, flush: true });
    return key;
  } catch (error) {
    throw unusable(file, error);
  }
}

function unusable(file: string, cause: unknown): Error {
  const { code = String(cause) } = cause as NodeJS.ErrnoException;
  return fault('store/folder-unusable', {
    detail: `The key file ${file} cannot be used (${code}): make it readable for this user, or set PARLEY_SECRET_KEY.`,
    cause,
  });
}
