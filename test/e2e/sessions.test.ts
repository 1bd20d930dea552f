import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

let booted: Booted;
let home: TestWorkspace;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-session-'));
  booted = await boot();
  home = await makeWorkspace(booted, 'Shop');
});
afterAll(async () => {
  await booted?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a program to its end, both of its outputs in one. PARLEY_SESSIONS names a folder that keeps what it printed. */
async function printed(name: string, command: string, args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    PATH: `${folder}${path.delimiter}${process.env['PATH']}`,
    PARLEY_URL: booted.url,
    PARLEY_API_KEY: home.key,
    XDG_CONFIG_HOME: folder,
    BOT: home.botId,
    NO_COLOR: '1',
  };
  const child = spawn('sh', ['-c', 'exec "$@" 2>&1', 'sh', command, ...args], { cwd: folder, env });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const kept = process.env['PARLEY_SESSIONS'];
  if (kept !== undefined) writeFileSync(path.join(kept, `session-${name}.txt`), out);
  expect(code, out).toBe(0);
  return out;
}
/** Ids are new each time. */
const withoutIds = (out: string): string => out.replaceAll(/\b([a-z]{2,5}_)[0-9a-z]{26}\b/g, '$1…');

describe('the session in the guide to the clients', () => {
  const example = read('docs/examples/sdk-session.mjs');
  const guide = read('docs/guides/sdk.md');

  it('is the example, and prints what the guide says', async () => {
    const code = example.slice(example.indexOf('const parley'));
    expect(guide).toContain(code.trim());
    const build = spawn(process.execPath, ['tools/build-sdk.mjs', folder], { cwd: root, stdio: 'ignore' });
    expect(await once(build, 'exit')).toEqual([0, null]);
    writeFileSync(
      path.join(folder, 'session.mjs'),
      example.replace('../../dist/sdk/parley.js', './parley.js'),
    );
    const out = await printed('sdk', process.execPath, ['session.mjs', booted.url, home.key]);
    const [, shown = ''] = /It prints:\n\n```text\n([^`]+)```/.exec(guide) ?? [];
    expect(withoutIds(out)).toBe(shown);
  }, 120_000);
});

describe('the session in the guide to the command line', () => {
  const script = read('docs/examples/cli-session.sh');

  it('is the example, and runs to its end', async () => {
    expect(read('docs/guides/cli.md')).toContain(script.slice(script.indexOf('parley whoami')).trim());
    const program = path.join(folder, 'parley');
    writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${root}/dist/apps/cli/src/main.js "$@"\n`);
    chmodSync(program, 0o755);
    // The shell prints each line before it runs it, and ends at the first that fails.
    const out = await printed('cli', 'sh', ['-ev', path.join(root, 'docs/examples/cli-session.sh')]);
    expect(out).toContain(`Shop (${home.workspaceId})`);
    expect(out).toContain('From nine to five.');
    expect(out).toContain('- "Ada"\n+ "Grace"\nends with 7: there is a difference');
    expect(out).toContain('Version 2 is published.');
    expect(out).toMatch(/key_[0-9a-z]{26} is over\./);
    expect(out).toMatch(/all\.tar\.gz: \d+ bytes, sha256 [0-9a-f]{64}/);
  }, 180_000);
});
