import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { unprivilegedAccount } from './account.js';
import { lastWords } from './create-cluster.js';
import { readLock, takeLock } from './file-lock.js';
import { parsePidFile } from './pid-file.js';
import { accepts, freePort } from './ports.js';
import { identify, isAlive, programOf } from './process-identity.js';
import { logLength, readLogFrom, setLongLogAside } from './server-log.js';
import { defaultSettings, settingsForTests, toServerOptions } from './settings.js';

const folder = mkdtempSync(path.join(tmpdir(), 'parley-embedded-'));
const file = (name: string): string => path.join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A number that belonged to a process a moment ago. */
const deadPid = (): number => spawnSync(process.execPath, ['--version']).pid;

describe('the pid file of PostgreSQL', () => {
  it('tells process, port and whether the server is ready', () => {
    const text = '4711\n/data\n1700000000\n41234\n\n127.0.0.1\n  5432001   7\nready   \n';
    expect(parsePidFile(text)).toEqual({ pid: 4711, port: 41234, isReady: true });
    expect(parsePidFile('4711\n/data\n1700000000\n')).toEqual({ pid: 4711, port: 0, isReady: false });
  });

  it.each(['', 'soon\n', '-1\n', '0\n'])('is no pid file when it begins with %j', (text) => {
    expect(parsePidFile(text)).toBeNull();
  });
});

describe('settings on the command line', () => {
  it('are written one by one, an empty one in quotes', () => {
    expect(toServerOptions({ port: 5432, unix_socket_directories: '' })).toBe(
      "-c port=5432 -c unix_socket_directories=''",
    );
  });

  it('keep every commit on disk, except in tests', () => {
    expect(Object.keys(defaultSettings)).not.toContain('fsync');
    expect(settingsForTests).toMatchObject({ fsync: 'off', synchronous_commit: 'off' });
  });
});

describe('the account that PostgreSQL runs as under root', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n';

  it('is postgres where there is one, else nobody', () => {
    expect(unprivilegedAccount(`${passwd}postgres:x:101:104::/:/bin/sh\n`)).toEqual({
      name: 'postgres',
      uid: 101,
      gid: 104,
    });
    expect(unprivilegedAccount(passwd)).toEqual({ name: 'nobody', uid: 65534, gid: 65533 });
  });

  it('is never created', () => {
    expect(() => unprivilegedAccount('root:x:0:0::/root:/bin/sh\n')).toThrow(
      expect.objectContaining({ code: 'store/platform-unsupported' }),
    );
  });
});

describe('a process', () => {
  it('is known by its number and its start', () => {
    const me = identify(process.pid);
    expect(me?.pid).toBe(process.pid);
    expect(me && isAlive(me)).toBe(true);
    expect(isAlive({ pid: process.pid, startedAt: 'earlier' })).toBe(false);
  });

  it('that has ended is nobody', () => {
    expect(identify(deadPid())).toBeNull();
    for (const pid of [0, -1, 0.5, Number.NaN]) expect(identify(pid)).toBeNull();
  });

  it('that runs tells its program', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    await expect.poll(() => programOf(child.pid ?? 0)).toBe('sleep');
    child.kill('SIGKILL');
  });
});

describe('a lock file', () => {
  it('is held by one, who says something about itself', () => {
    const taken = takeLock(file('one.lock'), 'first');
    expect('lock' in taken).toBe(true);
    expect(takeLock(file('one.lock'), 'second')).toMatchObject({
      holder: { pid: process.pid, note: 'first' },
    });
    if ('lock' in taken) taken.lock.describe('first, busy');
    expect(readLock(file('one.lock'))).toMatchObject({ note: 'first, busy' });
    if ('lock' in taken) taken.lock.release();
    expect(existsSync(file('one.lock'))).toBe(false);
  });

  it.each([
    { what: 'whose holder was killed', content: () => ({ pid: deadPid(), startedAt: '', note: null }) },
    {
      what: 'whose holder has given its number to another process',
      content: () => ({ pid: process.pid, startedAt: 'before the last boot', note: null }),
    },
    { what: 'that is not readable', content: () => 'x' },
  ])('$what is taken over', ({ content }) => {
    writeFileSync(file('stale.lock'), JSON.stringify(content()));
    const taken = takeLock(file('stale.lock'), 'mine');
    expect('lock' in taken).toBe(true);
    if ('lock' in taken) taken.lock.release();
  });

  it('is not released by one who no longer holds it', () => {
    const taken = takeLock(file('lost.lock'), null);
    writeFileSync(file('lost.lock'), JSON.stringify({ pid: process.ppid, startedAt: '', note: null }));
    if ('lock' in taken) taken.lock.release();
    expect(existsSync(file('lost.lock'))).toBe(true);
  });
});

describe('ports', () => {
  it('that are free accept nobody', async () => {
    expect(await accepts(await freePort())).toBe(false);
  });
});

describe('the log of the server', () => {
  it('is read from where a start began', () => {
    writeFileSync(file('server.log'), 'old\nnew\n');
    expect(readLogFrom(file('server.log'), 4)).toBe('new\n');
    expect(logLength(file('missing.log'))).toBe(0);
    expect(readLogFrom(file('missing.log'), 0)).toBe('');
  });

  it('is set aside when it is long, and only then', () => {
    setLongLogAside(file('server.log'));
    expect(readFileSync(file('server.log'), 'utf8')).toBe('old\nnew\n');
    truncateSync(file('server.log'), 11 * 1024 * 1024);
    setLongLogAside(file('server.log'));
    expect(existsSync(file('server.log'))).toBe(false);
    expect(statSync(file('server.log.1')).size).toBe(11 * 1024 * 1024);
  });

  it('gives its last words as a sentence', () => {
    expect(lastWords('working\nno space left on device\n')).toBe('no space left on device.');
    expect(lastWords('')).toBe('it said nothing.');
  });
});
