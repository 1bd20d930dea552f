import type { Readable, Writable } from 'node:stream';

/** What a command may touch. */
export interface World {
  env: Readonly<Record<string, string | undefined>>;
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean };
  stdin: Readable & { isTTY?: boolean };
}

/** What is asked for before any command. */
export interface Globals {
  json?: boolean;
  profile?: string;
  url?: string;
  key?: string;
}
