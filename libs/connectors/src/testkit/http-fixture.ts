import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { HookRequest } from '../connector.js';

/** A recorded request of a provider. */
export interface HttpFixture {
  /** File name without its ending: channel, kind, twist. */
  name: string;
  request: HookRequest;
  /** Kinds of the events that it decodes to, in order. */
  kinds: string[];
}

/** Every `*.http` file of a connector's fixtures, by name; none when there is no such folder. */
export function readFixtures(folder: string): HttpFixture[] {
  const fixtures = path.join(folder, 'fixtures');
  if (!existsSync(fixtures)) return [];
  const files = readdirSync(fixtures).filter((file) => file.endsWith('.http'));
  return files
    .toSorted()
    .map((file) => parseFixture(path.basename(file, '.http'), readFileSync(path.join(fixtures, file))));
}

/**
 * Parses a recorded request: `# name: value` lines, the request line, headers, an empty line, the body to the last
 * byte but the final newline.
 *
 * `# received-at` is the instant at which the signature is judged, `# kinds` what the request decodes to.
 */
function parseFixture(name: string, file: Buffer): HttpFixture {
  const end = file.indexOf('\n\n');
  const lines = file.subarray(0, end).toString('utf8').split('\n');
  const notes = fields(lines.filter((line) => line.startsWith('# ')).map((line) => line.slice(2)));
  const [start = '', ...headers] = lines.filter((line) => !line.startsWith('# '));
  const [method, target = '/'] = start.split(' ');
  const url = new URL(target, 'https://parley.example');
  const request: HookRequest = {
    method: method === 'GET' ? 'GET' : 'POST',
    url: url.href,
    query: Object.fromEntries(url.searchParams),
    headers: fields(headers),
    body: file.subarray(end + 2, file.at(-1) === 0x0a ? -1 : undefined),
    receivedAt: Date.parse(notes['received-at'] ?? ''),
  };
  return { name, request, kinds: (notes['kinds'] ?? '').split(/[ ,]+/).filter(Boolean) };
}

function fields(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
