import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Where a program of this machine is; undefined when it has none. */
function find(...names: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Programs of the system that not everybody has in the path. */
const findIn = (file: string): string | undefined => (isProgram(file) ? file : undefined);

/** Programs that npm cannot bring and some tests need, by their Debian package. */
export const programs = {
  chromium: process.env['CHROMIUM'] ?? find('chromium', 'chromium-browser', 'google-chrome'),
  'docker-compose': find('docker-compose'),
  'dovecot-core': find('dovecot') ?? findIn('/usr/sbin/dovecot'),
  'exim4-daemon-light': find('exim4') ?? findIn('/usr/sbin/exim4'),
  kannel: find('bearerbox') ?? findIn('/usr/sbin/bearerbox'),
  python3: find('python3'),
  'redis-server': process.env['TEST_REDIS_URL'] ?? find('redis-server'),
} as const;

/** The packages that this machine lacks: what needs them is skipped. In CI that is an error. */
export const missingPrograms: readonly string[] = Object.entries(programs)
  .filter(([, file]) => file === undefined)
  .map(([name]) => name);
