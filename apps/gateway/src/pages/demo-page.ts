import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { Instance } from '#libs/store';
import { type BuiltFile, builtFolder, readBuiltFiles } from './built-files.js';
import { escapeHtml, page } from './html.js';

const PLACE = /(<meta name="parley-channel" content=")[^"]*(")/;

/** The page at `/`: a web chat on the demo channel of the installation. */
@Injectable()
export class DemoPage {
  readonly #index: string | null;
  readonly #files: ReadonlyMap<string, BuiltFile>;

  constructor(private readonly instance: Instance) {
    const folder = builtFolder('demo');
    const index = path.join(folder, 'index.html');
    this.#index = existsSync(index) ? readFileSync(index, 'utf8') : null;
    this.#files = readBuiltFiles(path.join(folder, 'assets'));
  }

  /** The page, with the channel that it talks to. */
  async html(): Promise<{ html: string; etag: string }> {
    const channel = await this.instance.get('demo_channel');
    const html = this.#index === null ? notBuilt() : withChannel(this.#index, channel);
    return { html, etag: `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"` };
  }

  /** What the page loads; nothing when there is no such file. Names hold a hash of the content. */
  file(name: string): BuiltFile | undefined {
    return this.#files.get(name);
  }
}

function withChannel(index: string, channel: unknown): string {
  const id = typeof channel === 'string' ? escapeHtml(channel) : '';
  return index.replace(PLACE, (_, before: string, after: string) => `${before}${id}${after}`);
}

function notBuilt(): string {
  return page('Parley', '<h1>Parley is running</h1>\n<p>The <a href="/docs">API</a> is there.</p>');
}
