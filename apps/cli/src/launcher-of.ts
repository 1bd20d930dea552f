import { existsSync } from 'node:fs';
import path from 'node:path';

/** The launcher of this installation; null where the command line was installed alone. */
export function launcherFile(): string | null {
  const file = path.join(import.meta.dirname, '../../launcher/src/main.js');
  return existsSync(file) ? file : null;
}
