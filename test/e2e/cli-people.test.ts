import { once } from 'node:events';
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '#libs/model';
import { run } from '../../apps/cli/src/program.js';
import { apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';
import { startReceiver } from '../support/webhook-receiver.js';

let booted: Booted;
let home: TestWorkspace;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-people-'));
  booted = await boot();
  home = await makeWorkspace(booted);
});
afterAll(async () => {
  await booted?.close();
  rmSync(folder, { recursive: true, force: true });
});

class Heard extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}
async function parley(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Heard(), new Heard()];
  const env = { PARLEY_URL: booted.url, PARLEY_API_KEY: home.key, XDG_CONFIG_HOME: folder };
  const code = await run(['node', 'parley', ...args], { env, stdout, stderr, stdin: Readable.from([]) });
  return { code, out: stdout.text, err: stderr.text };
}
async function jsonOf<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await parley('--json', ...args);
  expect(code, err).toBe(0);
  return JSON.parse(out) as T;
}

describe('parley members', () => {
  it('invites somebody, who joins, gets another role and leaves', async () => {
    const made = await jsonOf<{ id: string; link: string }>(
      'members',
      'invite',
      'alan@example.com',
      '--role',
      'viewer',
    );
    expect(await jsonOf('members', 'invitations')).toMatchObject([
      { id: made.id, email: 'alan@example.com' },
    ]);
    const token = made.link.split('#token=')[1];
    const joined = await apiOf(booted, null)('POST', '/v1/auth/accept-invitation', {
      token,
      name: 'Alan',
      password: 'correct horse battery staple 7',
    });
    expect(joined.status, JSON.stringify(joined.body)).toBeLessThan(300);
    const [alan] = (await jsonOf<{ id: string; email: string; role: string }[]>('members', 'list')).filter(
      ({ email }) => email === 'alan@example.com',
    );
    expect(alan).toMatchObject({ role: 'viewer' });
    expect((await parley('members', 'role', alan!.id, 'operator')).out).toBe('Alan is operator.\n');
    expect((await parley('members', 'remove', alan!.id)).code).toBe(0);
    expect((await parley('members', 'list')).out).not.toContain('alan@example.com');
  });

  it('takes an invitation back, and says what a role may be', async () => {
    const shown = await parley('members', 'invite', 'eve@example.com', '--role', 'operator');
    const [id] = /inv_[0-9a-z]{26}/.exec(shown.out)!;
    expect(shown.out).toContain('http');
    expect((await parley('members', 'uninvite', id)).code).toBe(0);
    expect(await jsonOf('members', 'invitations')).toEqual([]);
    const wrong = await parley('members', 'invite', 'eve@example.com', '--role', 'king');
    expect([wrong.code, wrong.err]).toEqual([5, expect.stringContaining('/role')]);
    const custom = ['--role', 'custom', '--permissions', 'channels:read,bots:read'];
    expect(await jsonOf('members', 'invite', 'eve@example.com', ...custom)).toMatchObject({
      permissions: ['channels:read', 'bots:read'],
    });
  });
});

describe('parley contacts', () => {
  it('finds a person, gives out what is stored of them, and erases them when it is told twice', async () => {
    const email = 'mary@example.com';
    const made = { name: 'Mary', identities: [{ kind: 'email', value: email }] };
    const { id } = (await apiOf(booted, home.key)('POST', '/v1/contacts', made)).body;
    for (const how of [
      ['--find', 'mar'],
      ['--address', email],
    ])
      expect(await jsonOf('contacts', 'list', ...how)).toMatchObject([{ id, name: 'Mary' }]);

    const file = path.join(folder, 'mary.json');
    expect((await parley('contacts', 'export', id, file)).code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain(email);
    expect((await parley('contacts', 'export', id, file)).err).toBe(
      `${file} is there already, and is not written over: name another file.\n`,
    );

    const counted = await parley('contacts', 'erase', id);
    expect(counted.out).toContain('addresses: 1');
    expect(counted.err).toContain(`parley contacts erase ${id} --yes`);
    expect(await jsonOf('contacts', 'list', '--find', 'mary')).toHaveLength(1);
    expect((await parley('contacts', 'erase', id, '--yes')).out).toContain(`${id} is erased, for good`);
    expect(await jsonOf('contacts', 'list', '--find', 'mary')).toEqual([]);
  });
});

describe('what was given up', () => {
  it('is counted, and tried again together', async () => {
    const api = apiOf(booted, home.key);
    const session = (await api('POST', '/v1/sessions', {})).body;
    await api('POST', '/v1/messages', { session_id: session.id, text: 'hello' });
    await until('all is sent', async () => {
      const { rows } = await booted.owner.query("select 1 from delivery where status <> 'sent'");
      return rows.length === 0;
    });
    const { rows } = await booted.owner.query<{ id: string }>(
      "update delivery set status = 'dead', due_at = null where id = (select id from delivery order by seq desc limit 1) returning id",
    );
    const id = idOf('delivery', rows[0]!.id);
    expect((await parley('dead-letters', 'list')).out).toContain(id);
    expect(await jsonOf('dead-letters', 'retry', '--all', '--dry-run')).toEqual({
      count: 1,
      has_more: false,
    });
    expect((await parley('dead-letters', 'retry')).code).toBe(1);
    expect((await parley('dead-letters', 'retry', '--all')).out).toBe('1 are tried again.\n');
    await until('it is out', async () => (await jsonOf<object[]>('dead-letters', 'list')).length === 0);
  });
});

describe('a webhook endpoint', () => {
  it('is tried, and its delivery sent again', async () => {
    const receiver = await startReceiver();
    try {
      const url = `${receiver.url}/tried`;
      // It hears of nothing else: what it has is what it was tried with.
      const asked = { url, types: ['bot.published'] };
      const { id } = (await apiOf(booted, home.key)('POST', '/v1/webhook-endpoints', asked)).body;
      expect((await parley('webhooks', 'test', id)).out).toContain('is on its way');
      await until('it came', () => receiver.on('/tried', 'webhook.test').length === 1);
      type Delivery = { id: string; status: string };
      const list = () => jsonOf<Delivery[]>('webhooks', 'deliveries', id);
      await until('it is recorded', async () => (await list())[0]?.status === 'delivered');
      const [delivery] = await list();
      expect((await parley('webhooks', 'replay', delivery!.id)).code).toBe(0);
      await until('it came again', () => receiver.on('/tried', 'webhook.test').length === 2);
      expect(new Set(receiver.on('/tried', 'webhook.test').map((hook) => hook.id)).size).toBe(1);
    } finally {
      await receiver.close();
    }
  });
});

describe('parley tail', () => {
  it('prints what happens on a channel as it happens, and of that only what is asked for', async () => {
    const args = ['--json', 'tail', '--channel', home.channelId, '--types', 'message.created'];
    const env = { PATH: process.env['PATH'], PARLEY_URL: booted.url, PARLEY_API_KEY: home.key };
    const child = fork('dist/apps/cli/src/main.js', args, { env, execArgv: [], stdio: 'pipe' });
    let printed = '';
    child.stdout?.on('data', (bytes: Buffer) => (printed += bytes.toString()));
    const api = apiOf(booted, home.key);
    try {
      // It takes a moment to listen: somebody writes until it is heard.
      await until(
        'a message was printed',
        async () => {
          const { id } = (await api('POST', '/v1/sessions', {})).body;
          await api('POST', '/v1/messages', { session_id: id, text: 'when are you open?' });
          return printed.includes('From nine to five.');
        },
        60_000,
      );
      const lines = printed.trim().split('\n').slice(0, -1);
      const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
      expect(new Set(types)).toEqual(new Set(['message.created']));
    } finally {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }, 90_000);
});

describe('starting', () => {
  it('loads what help needs, and nothing of what commands need', async () => {
    const script = path.resolve('test/support/fixtures/loaded-modules.mjs');
    const child = fork(script, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const [loaded] = (await once(child, 'message')) as [string[]];
    await once(child, 'exit');
    const packages = new Set(
      loaded.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []),
    );
    expect([...packages]).toEqual(['commander']);
    expect(loaded.filter((url) => url.includes('/libs/'))).toEqual([]);
    expect(loaded.length).toBeLessThan(20);
  });
});
