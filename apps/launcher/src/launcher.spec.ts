import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { fault } from '#libs/faults';
import { nodeProblem } from './check-node.js';
import { checkPort } from './check-port.js';
import { checkRedis } from './check-redis.js';
import { describeFailure } from './command.js';
import { capLogs } from './logs.js';
import { decodeAnswers, encodeCommand } from './resp.js';
import { RestartCounter, defaultRestartPolicy } from './restart-policy.js';
import { keepSecretKey } from './secret-key.js';

const folder = mkdtempSync(path.join(tmpdir(), 'parley-launcher-spec-'));
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the version of Node', () => {
  it.each(['20.19.0', '20.20.2', '22.12.0', '24.0.0', '25.1.0'])('%s runs Parley', (version) => {
    expect(nodeProblem(version)).toBeNull();
  });

  it.each(['18.20.4', '20.18.1', '21.7.3', '22.11.0', '23.9.0'])('%s does not, and is told so', (version) => {
    expect(nodeProblem(version)).toBe(
      `Parley needs Node.js 20.19, 22.12, 24 or newer, and this is ${version}: install a newer one from https://nodejs.org and start again.`,
    );
  });

  it('is asked for in the same way before anything is compiled', () => {
    const bootstrap = readFileSync(path.resolve(import.meta.dirname, '../../../tools/bootstrap.mjs'), 'utf8');
    const here = readFileSync(path.join(import.meta.dirname, 'check-node.ts'), 'utf8');
    const condition = '(major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24';
    expect(bootstrap).toContain(condition);
    expect(here).toContain(condition);
  });
});

describe('the restart policy', () => {
  const ends = (readyFor: readonly (number | null)[], everyMs = 1_000) => {
    const counter = new RestartCounter(defaultRestartPolicy);
    return readyFor.map((ms, index) => {
      const now = 1_000_000 + index * everyMs;
      const verdict = counter.died(now, ms === null ? null : now - ms);
      return verdict === 'give-up' ? verdict : verdict.pauseMs;
    });
  };

  it('doubles the pause with each death, up to five seconds', () => {
    expect(ends(Array.from({ length: 8 }, () => 10))).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it('begins anew after half a minute of work', () => {
    expect(ends([10, 10, 30_000, 10])).toEqual([100, 200, 100, 200]);
  });

  it('gives up after five deaths within half a minute before being ready', () => {
    expect(ends([null, null, null, null, null])).toEqual([100, 200, 400, 800, 'give-up']);
  });

  it('does not give up when the deaths are far apart, or it was ready in between', () => {
    expect(
      ends(
        Array.from({ length: 6 }, () => null),
        10_000,
      ),
    ).not.toContain('give-up');
    expect(ends([null, null, null, null, 10, null, null])).not.toContain('give-up');
  });
});

describe('RESP', () => {
  it('writes commands with their lengths in bytes', () => {
    expect(encodeCommand(['ECHO', 'é'])).toBe('*2\r\n$4\r\nECHO\r\n$2\r\né\r\n');
  });

  it('reads text, errors, nothing and lists, and waits for what is cut off', () => {
    expect(
      decodeAnswers('+PONG\r\n-ERR no\r\n$-1\r\n$4\r\na\r\nb\r\n*2\r\n$1\r\nk\r\n$-1\r\n:7\r\n$9\r\nhal'),
    ).toEqual(['PONG', { error: 'ERR no' }, null, 'a\r\nb', ['k', null], '7']);
    expect(decodeAnswers('*2\r\n$1\r\nk\r\n$5\r\nno')).toEqual([]);
    expect(decodeAnswers('+PON')).toEqual([]);
  });
});

describe('the check of Redis', () => {
  const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
  const info = (version: string): string => bulk(`# Server\r\nredis_version:${version}\r\n`);
  const policy = (name: string): string => `*2\r\n${bulk('maxmemory-policy')}${bulk(name)}`;

  async function redisThatSays(answers: string, password = ''): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(answers));
    });
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return `redis://:${password}@127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('is content with a new one that evicts nothing', async () => {
    const url = await redisThatSays(`+OK\r\n${info('7.0.15')}${policy('noeviction')}`);
    expect(await checkRedis(url)).toBeNull();
  });

  it('warns of one that may throw wake-ups away', async () => {
    const url = await redisThatSays(`+OK\r\n${info('7.0.15')}${policy('allkeys-lru')}`);
    expect(await checkRedis(url)).toMatch(
      /^Warning: the Redis of REDIS_URL .* has maxmemory-policy allkeys-lru/,
    );
  });

  it.each(['6.0.16', '5.0.7'])('refuses version %s', async (version) => {
    const url = await redisThatSays(`+OK\r\n${info(version)}${policy('noeviction')}`);
    await expect(checkRedis(url)).rejects.toMatchObject({
      code: 'queue/too-old',
      detail: expect.stringContaining('Parley needs 6.2 or newer'),
    });
  });

  it('believes one that tells neither its version nor its policy', async () => {
    const url = await redisThatSays('+OK\r\n-NOPERM no\r\n-ERR unknown command\r\n');
    expect(await checkRedis(url)).toBeNull();
  });

  it.each([
    ['a wrong password', '-WRONGPASS invalid username-password pair\r\n', 'hush'],
    ['a missing password', '-NOAUTH Authentication required.\r\n', ''],
  ])('tells of %s without showing any', async (_, refusal, password) => {
    const url = await redisThatSays(`${refusal}${refusal}${refusal}`, password);
    const failure = checkRedis(url);
    await expect(failure).rejects.toMatchObject({
      code: 'queue/unavailable',
      detail: expect.stringContaining('refuses the login'),
    });
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('hush') });
  });

  it('tells of one that hangs up', async () => {
    const server = createServer((socket) => socket.destroy());
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    const url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(checkRedis(url)).rejects.toMatchObject({ code: 'queue/unavailable' });
  });
});

describe('the check of the port', () => {
  it('names an address that this machine does not have', async () => {
    await expect(checkPort('192.0.2.1', 3000)).rejects.toMatchObject({
      code: 'config/port-taken',
      detail:
        'This machine has no address 192.0.2.1: set PARLEY_PORT to another port, and PARLEY_HOST to an address of this machine.',
    });
  });
});

describe('the key of the data folder', () => {
  it('is made once, for the owner alone', () => {
    const first = keepSecretKey(folder);
    expect(Buffer.from(first.key, 'base64')).toHaveLength(32);
    expect(statSync(first.file).mode & 0o777).toBe(0o600);
    expect(keepSecretKey(folder)).toEqual(first);
  });

  it('that cannot be kept is a fault that names the file', () => {
    expect(() => keepSecretKey('/dev/null/data')).toThrow(
      expect.objectContaining({
        code: 'store/folder-unusable',
        detail: expect.stringContaining('/dev/null/data/secret.key'),
      }),
    );
  });
});

describe('logs', () => {
  it('keep one older file beside them when they are long, and only then', () => {
    const log = path.join(folder, 'gateway.log');
    writeFileSync(log, 'a long log');
    capLogs([log, path.join(folder, 'missing.log')], 100);
    expect(existsSync(`${log}.1`)).toBe(false);
    capLogs([log], 5);
    expect(readFileSync(log, 'utf8')).toBe('');
    expect(readFileSync(`${log}.1`, 'utf8')).toBe('a long log');
  });

  it('are cut also when nothing can be kept of them', () => {
    const log = path.join(folder, 'worker.log');
    writeFileSync(log, 'a long log');
    mkdirSync(`${log}.1`);
    capLogs([log], 5);
    expect(readFileSync(log, 'utf8')).toBe('');
  });
});

describe('a failure', () => {
  const failure = fault('config/port-taken', { detail: 'Port 1 is taken.', cause: new TypeError('deep') });

  it('is one sentence', () => {
    expect(describeFailure(failure, false)).toBe('Port 1 is taken.');
  });

  it('shows its stack and its cause when asked to', () => {
    expect(describeFailure(failure, true)).toMatch(
      /^Port 1 is taken\.\nFault: (.|\n)* at (.|\n)*caused by TypeError: deep/,
    );
  });

  it('that is a mistake of ours always shows where it happened', () => {
    expect(describeFailure(new TypeError('oops'), false)).toMatch(
      /^Parley made a mistake: TypeError: oops\n +at /,
    );
  });
});
