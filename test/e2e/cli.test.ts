import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webhooks } from '#libs/sdk';
import { run } from '../../apps/cli/src/program.js';
import { apiOf, boot, type Booted, keyFor, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';
import { startReceiver } from '../support/webhook-receiver.js';

let booted: Booted;
let home: TestWorkspace;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-cli-'));
  booted = await boot();
  home = await makeWorkspace(booted);
});
afterAll(async () => {
  await booted?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

class Heard extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

/** Runs a command with the key of the workspace. */
async function parley(args: string[], input = '', env: Record<string, string> = {}): Promise<Ran> {
  const [stdout, stderr] = [new Heard(), new Heard()];
  const known = { PARLEY_URL: booted.url, PARLEY_API_KEY: home.key, XDG_CONFIG_HOME: folder, ...env };
  const code = await run(['node', 'parley', ...args], {
    env: known,
    stdout,
    stderr,
    stdin: Readable.from([input]),
  });
  return { code, out: stdout.text, err: stderr.text };
}
const jsonOf = async (...args: string[]): Promise<never> => {
  const ran = await parley(['--json', ...args]);
  expect(ran.code, ran.err).toBe(0);
  return JSON.parse(ran.out) as never;
};

describe('the command line', () => {
  it('shows tables to people and JSON to programs', async () => {
    const shown = await parley(['channels', 'list']);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out).toContain(home.channelId);
    expect(await jsonOf('channels', 'list')).toMatchObject([{ id: home.channelId, connector: 'web' }]);
    expect(await jsonOf('whoami')).toMatchObject({ workspace_id: home.workspaceId });
    expect((await jsonOf('channels', 'types')) as object[]).toContainEqual(
      expect.objectContaining({ connector: 'web' }),
    );
  });

  it('registers a channel with a check, simulates somebody on it, and says how it is', async () => {
    const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
    const set = [
      '--set',
      'url=https://127.0.0.1:1/',
      `inbound_secret=${secret}`,
      `outbound_secret=${secret}`,
    ];
    const made: { id: string; check: object } = await jsonOf(
      'channels',
      'add',
      'webhook',
      '--name',
      'Hook',
      ...set,
    );
    expect(made.check).toHaveProperty('state');
    expect((await parley(['channels', 'simulate', made.id, 'open', '--from', 'somebody'])).out).toContain(
      '200',
    );
    expect((await parley(['channels', 'test', made.id])).out).not.toBe('');
    expect([0, 7]).toContain((await parley(['channels', 'health', made.id])).code);
    expect(await jsonOf('channels', 'pause', made.id)).toMatchObject({ state: 'paused' });
    expect(await jsonOf('channels', 'resume', made.id)).toMatchObject({ state: 'active' });
  });

  it('has a conversation', async () => {
    const ran = await parley(['chat', '--as', 'u_cli'], 'When are you open?\n');
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('Hello! What would you like to know?');
    expect(ran.out).toContain('From nine to five.');
  });

  it('keeps a bot in a folder: pulls it, says what would change, pushes it, tests it', async () => {
    const bot = path.join(folder, 'bot');
    await parley(['bots', 'pull', home.botId, bot]);
    expect((await parley(['bots', 'diff', home.botId, bot])).code).toBe(0);
    const manifest = JSON.parse(readFileSync(path.join(bot, 'bot.json'), 'utf8'));
    manifest.definition.persona.name = 'Grace';
    writeFileSync(path.join(bot, 'bot.json'), JSON.stringify(manifest));
    const changed = await parley(['bots', 'diff', home.botId, bot]);
    expect([changed.code, changed.out]).toEqual([7, expect.stringContaining('"Grace"')]);
    expect(await jsonOf('bots', 'push', home.botId, bot)).toMatchObject({ draft: true });
    expect((await jsonOf('bots', 'list')) as object[]).toContainEqual(
      expect.objectContaining({ id: home.botId, published_version: 1 }),
    );
    expect(await jsonOf('bots', 'push', home.botId, bot, '--publish')).toMatchObject({ version: 2 });

    const step = { says: 'open', expect: { replies: ['From nine to five.'] } };
    mkdirSync(path.join(bot, 'tests'));
    writeFileSync(path.join(bot, 'tests/hours.json'), JSON.stringify({ title: 'Hours', steps: [step] }));
    manifest.files.tests = ['tests/hours.json'];
    writeFileSync(path.join(bot, 'bot.json'), JSON.stringify(manifest));
    await parley(['bots', 'push', home.botId, bot]);
    expect((await parley(['bots', 'test', home.botId])).out).toContain('1 of 1');
    step.expect.replies = ['Never.'];
    writeFileSync(path.join(bot, 'tests/hours.json'), JSON.stringify({ title: 'Hours', steps: [step] }));
    await parley(['bots', 'push', home.botId, bot]);
    const failed = await parley(['bots', 'test', home.botId]);
    expect([failed.code, failed.out]).toEqual([7, expect.stringContaining('Hours, step 1')]);
    manifest.definition.persona.name = 'Barbara';
    writeFileSync(path.join(bot, 'bot.json'), JSON.stringify(manifest));
    const refused = await parley(['bots', 'push', home.botId, bot, '--publish']);
    expect([refused.code, refused.err]).toEqual([5, expect.stringContaining('tests-failed')]);
  });

  it('takes an archive of the workspace out, and into an installation that is empty', async () => {
    const file = path.join(folder, 'all.tar.gz');
    expect((await parley(['export', file])).code).toBe(0);
    // The same installation knows the ids already: it says so, and nothing is taken.
    const again = await parley(['import', file]);
    expect([again.code, again.err]).toEqual([5, expect.not.stringContaining('undefined')]);
    expect((await parley(['import', path.join(folder, 'none')])).code).not.toBe(0);
  });

  it('makes, rotates and ends keys', async () => {
    const made: { id: string; key: string } = await jsonOf(
      'keys',
      'create',
      'CI',
      '--scopes',
      'channels:read',
    );
    expect((await parley(['channels', 'list', '--key', made.key])).code).toBe(0);
    const rotated: { key: string } = await jsonOf('keys', 'rotate', made.id, '--overlap', '0');
    expect(rotated.key).not.toBe(made.key);
    expect((await parley(['keys', 'list'])).out).toContain(made.id);
    expect((await parley(['keys', 'revoke', made.id])).code).toBe(0);
  });

  it('forwards events to a program here, signed like webhooks, and prints them', async () => {
    const receiver = await startReceiver();
    const secret = `whsec_${Buffer.alloc(24, 5).toString('base64')}`;
    const child = startCli(['--json', 'listen', '--forward-to', `${receiver.url}/local`, '--secret', secret]);
    try {
      const session = await waitForEvents(receiver.on.bind(receiver));
      const hook = receiver.on('/local').find(({ body }) => body.data.conversation_id === session)!;
      await expect(webhooks.verify(hook.text, hook.headers, secret)).resolves.toMatchObject({
        type: hook.body.type,
      });
      await until('a line was printed', () => child.text().includes('"status":204'));
    } finally {
      await child.stop();
      await receiver.close();
    }
  });

  it('keeps profiles where only their owner can read them', async () => {
    const env = { PARLEY_API_KEY: home.key };
    expect((await parley(['login', '--name', 'shop'], '', env)).code).toBe(0);
    const file = path.join(folder, 'parley/profiles.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const without = { PARLEY_API_KEY: undefined as never, PARLEY_URL: undefined as never };
    expect((await parley(['whoami', '--profile', 'shop'], '', without)).out).toContain(home.workspaceId);
    expect((await parley(['profiles'])).out).not.toContain(home.key);
    expect((await parley(['logout', 'shop'])).code).toBe(0);
    const none = await parley(['whoami'], '', without);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('PARLEY_API_KEY')]);
  });

  it('ends with a code that says what kind of failure it was, and a sentence', async () => {
    const powerless = await keyFor(booted, home.workspaceId, []);
    expect((await parley(['channels', 'list', '--key', powerless])).code).toBe(3);
    expect((await parley(['channels', 'health', 'chan_x'])).code).toBe(4);
    expect((await parley(['keys', 'create', '', '--scopes', 'channels:read'])).code).toBe(5);
    expect((await parley(['no-such-command'])).code).toBe(2);
    expect((await parley(['chat', '--no-such-option'])).code).toBe(2);
    const refused = await parley(['--json', 'channels', 'health', 'chan_x']);
    expect(JSON.parse(refused.err)).toMatchObject({ code: 'state/not-found', status: 404 });
  });

  it('says what is wrong with an installation, and what to do', async () => {
    const well = await parley(['doctor']);
    expect(well.out).toContain('readiness');
    const nobody = await parley(['doctor', '--url', 'http://127.0.0.1:1']);
    expect([nobody.code, nobody.out]).toEqual([7, expect.stringContaining('nobody answers there')]);
  });

  it('lists webhooks and dead letters, and replays', async () => {
    const api = apiOf(booted, home.key);
    const { id } = (await api('POST', '/v1/webhook-endpoints', { url: 'https://127.0.0.1:1/' })).body;
    expect((await parley(['webhooks', 'list'])).out).toContain(id);
    expect((await parley(['webhooks', 'deliveries', id])).code).toBe(0);
    const since = ['--since', '2026-01-01T00:00:00Z'];
    expect(await jsonOf('webhooks', 'replay', '--endpoint', id, ...since, '--dry-run')).toHaveProperty(
      'count',
    );
    expect((await parley(['webhooks', 'replay'])).code).toBe(1);
    expect((await parley(['dead-letters', 'list'])).code).toBe(0);
    expect((await parley(['dead-letters', 'retry', 'dlv_x'])).code).toBe(4);
    expect((await parley(['members', 'list'])).code).toBe(0);
  });

  it('completes its commands in every shell', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      expect((await parley(['completion', shell])).out).toContain('dead-letters');
    }
  });

  it('serves models over stdio', async () => {
    const child = startCli(['mcp']);
    try {
      child.say({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } },
      });
      await until('it greeted', () => child.text().includes('"serverInfo"'));
      child.say({ jsonrpc: '2.0', method: 'notifications/initialized' });
      child.say({
        jsonrpc: '2.0',
        id: 2,
        method: 'tools/call',
        params: { name: 'list_channels', arguments: {} },
      });
      await until('it answered', () => child.text().includes(home.channelId));
    } finally {
      await child.stop();
    }
  });
});

/** The program itself, compiled, as a process. */
function startCli(args: string[]): { text(): string; say(message: object): void; stop(): Promise<void> } {
  const env = { ...process.env, PARLEY_URL: booted.url, PARLEY_API_KEY: home.key, XDG_CONFIG_HOME: folder };
  const child = spawn(process.execPath, ['dist/apps/cli/src/main.js', ...args], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const heard = new PassThrough();
  let text = '';
  child.stdout.pipe(heard);
  child.stderr.on('data', (chunk: Buffer) => (text += String(chunk)));
  heard.on('data', (chunk: Buffer) => (text += String(chunk)));
  return {
    text: () => text,
    say: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`),
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** The program takes a moment to listen: makes something happen until it is heard. @returns the conversation */
async function waitForEvents(
  on: (path: string) => { body: { data: { conversation_id: string } } }[],
): Promise<string> {
  const api = apiOf(booted, home.key);
  const heard = await until(
    'an event was forwarded',
    async () => {
      await api('POST', '/v1/sessions', {});
      return on('/local')[0];
    },
    40_000,
  );
  return heard.body.data.conversation_id;
}
