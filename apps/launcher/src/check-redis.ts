import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { fault } from '#libs/faults';
import { decodeAnswers, encodeCommand, type RespAnswer } from './resp.js';

const TIMEOUT_MS = 10_000;
/** BullMQ's own lower bound; see its `Queue` constructor (6.7, read 2026-11-21). */
const OLDEST = [6, 2] as const;

/**
 * Makes sure that a Redis can carry the queue, before anything is started on it.
 *
 * @param url  `redis://` or `rediss://`; its password is never part of a message
 * @returns a warning sentence, or null when all is well
 * @throws Fault `queue/unavailable` when it cannot be reached or refuses the login, `queue/too-old` below Redis 6.2
 */
export async function checkRedis(url: string): Promise<string | null> {
  const where = whereIs(url);
  const [login, info, policy] = await askRedis(url, [
    ['INFO', 'server'],
    ['CONFIG', 'GET', 'maxmemory-policy'],
  ]);
  const refusal = errorOf(login, new URL(url).password ? '' : 'NOAUTH');
  if (refusal !== null) {
    throw fault('queue/unavailable', {
      detail: `The Redis of REDIS_URL (${where}) refuses the login: ${refusal}. Correct the user and the password in REDIS_URL.`,
    });
  }
  checkVersion(typeof info === 'string' ? info : '', where);
  return policyWarning(Array.isArray(policy) ? (policy[1] as string | null) : null, where);
}

function checkVersion(info: string, where: string): void {
  const [, major = '', minor = ''] = /redis_version:(\d+)\.(\d+)/.exec(info) ?? [];
  // A server that hides its version is believed: BullMQ asks again.
  if (major === '') return;
  if (Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1])) return;
  throw fault('queue/too-old', {
    detail: `The Redis of REDIS_URL (${where}) is version ${major}.${minor}, and Parley needs ${OLDEST.join('.')} or newer: upgrade it, or leave REDIS_URL out to keep the queue in PostgreSQL.`,
    facts: { major: Number(major), minor: Number(minor) },
  });
}

function policyWarning(policy: string | null, where: string): string | null {
  if (policy === null || policy === 'noeviction') return null;
  return `Warning: the Redis of REDIS_URL (${where}) has maxmemory-policy ${policy} and may throw wake-ups away when it is full, which makes answers late: set maxmemory-policy noeviction.`;
}

/** The host and port of a Redis: what of its address is no secret. */
export function whereIs(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '6379'}`;
}

/**
 * Asks a Redis over a connection of its own.
 *
 * @returns the answer to the login, and then to each command
 * @throws Fault `queue/unavailable` when it cannot be reached
 */
export async function askRedis(url: string, commands: readonly (readonly string[])[]): Promise<RespAnswer[]> {
  const at = new URL(url);
  const user = at.username ? [decodeURIComponent(at.username)] : [];
  const login = at.password ? ['AUTH', ...user, decodeURIComponent(at.password)] : ['ECHO', 'no login'];
  try {
    return await exchange(open(at), [login, ...commands]);
  } catch (cause) {
    const { message, code = '' } = cause as NodeJS.ErrnoException;
    throw fault('queue/unavailable', {
      detail: `The Redis of REDIS_URL (${whereIs(url)}) cannot be reached: ${message || code}. Start it, or correct REDIS_URL, or leave it out to keep the queue in PostgreSQL.`,
      cause,
    });
  }
}

function open(at: URL): Socket {
  const place = { host: at.hostname.replace(/^\[|\]$/g, ''), port: Number(at.port || '6379') };
  return at.protocol === 'rediss:' ? connectTls({ ...place, servername: at.hostname }) : connectTcp(place);
}

function exchange(socket: Socket, commands: readonly (readonly string[])[]): Promise<RespAnswer[]> {
  return new Promise<RespAnswer[]>((resolve, reject) => {
    let received = '';
    socket.setEncoding('latin1');
    socket.setTimeout(TIMEOUT_MS, () =>
      socket.destroy(new TypeError(`it gave no answer for ${TIMEOUT_MS / 1000} s`)),
    );
    socket.on('data', (text: string) => {
      received += text;
      const answers = decodeAnswers(received);
      if (answers.length >= commands.length) resolve(answers);
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new TypeError('it closed the connection')));
    socket.write(commands.map(encodeCommand).join(''));
  }).finally(() => socket.destroy());
}

function errorOf(answer: RespAnswer | undefined, beginning: string): string | null {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return null;
  return answer.error.startsWith(beginning) ? answer.error : null;
}
