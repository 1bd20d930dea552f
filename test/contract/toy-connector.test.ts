import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * The proof that adding a connector is adding one folder: in a scratch checkout, the testkit's toy becomes a connector
 * by the documented commands, everything is compiled, a message goes in and out through it, and git says what changed.
 */
const root = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
const tsc = path.join(root, 'node_modules/typescript-7/bin/tsc');
let scratch: string;

/** Runs a script in the scratch checkout; what it printed is in the failure. */
async function node(...args: string[]): Promise<string> {
  const options = { cwd: scratch, maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await run(process.execPath, args, options).catch(
    (failed: Error & { stdout?: string }) => {
      throw new Error(`${failed.message}\n${failed.stdout ?? ''}`, { cause: failed });
    },
  );
  return stdout;
}
const git = async (...args: string[]): Promise<string> => (await run('git', args, { cwd: scratch })).stdout;

async function build(): Promise<void> {
  await node('tools/gen.mjs');
  await node(tsc, '-p', 'tsconfig.json');
  await node('tools/gen.mjs', '--built');
}

/** Not what was deleted meanwhile, nor dependencies that are linked in. */
function isSource(file: string): boolean {
  return file !== '' && file !== 'node_modules' && existsSync(path.join(root, file));
}

/** The sources as they stand in the working tree, committed or not, with the dependencies of this one. */
async function checkOut(): Promise<void> {
  const listed = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
  });
  const files = listed.stdout.split('\0').filter(isSource);
  for (const file of [...files, 'libs/store/src/generated']) {
    mkdirSync(path.dirname(path.join(scratch, file)), { recursive: true });
    cpSync(path.join(root, file), path.join(scratch, file), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(scratch, 'node_modules'), 'junction');
  await git('init', '--quiet');
  writeFileSync(path.join(scratch, '.git/info/exclude'), 'node_modules\n');
}

/** Runs with the compiled registry: one message out, one in. */
const TRY_OUT = `
  import { createHmac } from 'node:crypto';
  import { once } from 'node:events';
  import { createServer } from 'node:http';
  import { connectorOf, createEgress, parseSettings } from './dist/libs/connectors/src/index.js';

  const posts = [];
  const provider = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    posts.push(JSON.parse(body));
    response.end('{"ref":"ref-1"}');
  }).listen(0, '127.0.0.1');
  await once(provider, 'listening');

  const connector = connectorOf('toy');
  const base_url = 'http://127.0.0.1:' + provider.address().port;
  const settings = parseSettings(connector, { base_url, api_key: 'key-0123456789', signing_secret: 'secret-0123456789' });
  const { fetch, close } = createEgress({ allowCidrs: ['127.0.0.1'] });
  const io = { settings, fetch, signal: AbortSignal.timeout(5000), now: Date.now };
  const to = { thread: 'ann', address: { kind: 'toy', value: 'ann' }, conversationId: 'conv_1' };
  const { parts } = connector.outbound.plan([{ type: 'text', text: 'Hello' }], settings);
  const receipt = await connector.outbound.deliver(parts[0], to, 'key-1', io);

  const body = Buffer.from('{"event":"said","no":"1","user":"ann","words":"Hi"}');
  const headers = { 'toy-signature': createHmac('sha256', settings.signing_secret).update(body).digest('hex') };
  const request = { method: 'POST', url: 'https://parley.example', query: {}, headers, body, receivedAt: Date.now() };
  const verdict = connector.webhook.authenticate(request, settings);
  const [{ event }] = connector.webhook.decode(request, settings).events;
  console.log(JSON.stringify({ posts, receipt, verdict, event }));
  provider.close();
  await close();
`;

describe('adding a connector', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), 'parley-toy-'));
    await checkOut();
    await build();
    await git('add', '--all');
    await git(
      '-c',
      'user.name=t',
      '-c',
      'user.email=t@t.example',
      'commit',
      '--quiet',
      '--message',
      'before',
    );
    await node('tools/new-connector.mjs', 'toy');
    await build();
  }, 120_000);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('is enough to send and to receive through it', async () => {
    const { posts, receipt, verdict, event } = JSON.parse(
      await node('--input-type=module', '--eval', TRY_OUT),
    );
    expect(posts).toEqual([{ user: 'ann', words: 'Hello' }]);
    expect(receipt).toEqual({ providerRef: 'ref-1' });
    expect(verdict).toEqual({ genuine: true });
    expect(event).toMatchObject({ kind: 'message', thread: 'ann', content: [{ type: 'text', text: 'Hi' }] });
  });

  it('changes its folder and what is generated, and nothing else', async () => {
    const status = await git('status', '--porcelain', '--untracked-files=all');
    const changes = status.trimEnd().split('\n');
    const own = changes.filter((change) => change.startsWith('?? libs/connectors/src/toy/'));
    expect(own.length).toBeGreaterThan(8);
    expect(changes.filter((change) => !own.includes(change)).toSorted()).toEqual([
      ' M docs/connectors/README.md',
      ' M docs/connectors/renderings.md',
      ' M libs/connectors/src/registry.gen.ts',
      '?? docs/connectors/toy.md',
    ]);
  });

  it('starts from a scaffold that passes the checks of every connector', async () => {
    await node('tools/new-connector.mjs', 'acme-chat');
    expect(await node('tools/check-connectors.mjs')).toContain('have the shape');
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    const output = await node(vitest, 'run', '--project', 'small', 'libs/connectors/src/acme-chat');
    expect(output).toMatch(/passed, 0 failed, 0 skipped/);
  });
});
