import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { Instance } from '#libs/store';
import { escapeHtml, page } from './html.js';

/** A file of the demo page. */
export interface DemoFile {
  contentType: string;
  body: Buffer;
  /** The same, compressed with gzip. */
  gzipped: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const PLACE = /(<meta name="parley-channel" content=")[^"]*(")/;

/** The page at `/`: a web chat on the demo channel of the installation. */
@Injectable()
export class DemoPage {
  readonly #index: string | null;
  readonly #files: ReadonlyMap<string, DemoFile>;

  constructor(private readonly instance: Instance) {
    const folder = builtFolder();
    const index = path.join(folder, 'index.html');
    this.#index = existsSync(index) ? readFileSync(index, 'utf8') : null;
    this.#files = readFiles(path.join(folder, 'assets'));
  }

  /** The page, with the channel that it talks to. */
  async html(): Promise<{ html: string; etag: string }> {
    const channel = await this.instance.get('demo_channel');
    const html = this.#index === null ? notBuilt() : withChannel(this.#index, channel);
    return { html, etag: `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"` };
  }

  /** What the page loads; null when there is no such file. Names hold a hash of the content. */
  file(name: string): DemoFile | null {
    return this.#files.get(name) ?? null;
  }
}

function withChannel(index: string, channel: unknown): string {
  const id = typeof channel === 'string' ? escapeHtml(channel) : '';
  return index.replace(PLACE, (_, before: string, after: string) => `${before}${id}${after}`);
}

function notBuilt(): string {
  return page('Parley', '<h1>Parley is running</h1>\n<p>The <a href="/docs">API</a> is there.</p>');
}

/** dist/apps/demo, from the compiled code and from its source alike. */
function builtFolder(): string {
  const base = path.resolve(import.meta.dirname, '../../../..');
  return path.join(path.basename(base) === 'dist' ? base : path.join(base, 'dist'), 'apps/demo');
}

function readFiles(folder: string): Map<string, DemoFile> {
  if (!existsSync(folder)) return new Map();
  return new Map(
    readdirSync(folder).map((name) => {
      const contentType = TYPES[path.extname(name)] ?? 'application/octet-stream';
      const body = readFileSync(path.join(folder, name));
      return [name, { contentType, body, gzipped: gzipSync(body) }];
    }),
  );
}
