import { isFault } from '#libs/faults';
import { askRedis, checkRedis, whereIs } from '../check-redis.js';
import type { RespAnswer } from '../resp.js';
import { type Finding, warning, well, wrong } from './finding.js';

/** Looks at the Redis of the queue: version, what it throws away, and what it keeps over a restart. */
export async function ofRedis(url: string): Promise<Finding[]> {
  try {
    const policy = await checkRedis(url);
    const [, server, keeps] = await askRedis(url, [
      ['INFO', 'server'],
      ['CONFIG', 'GET', 'appendonly'],
    ]);
    return [ofServer(whereIs(url), server, policy), ...ofKeeping(keeps)];
  } catch (error) {
    if (!isFault(error)) throw error;
    return [
      wrong('redis', error.detail, 'Until then the sweeps carry the load: answers are late, none is lost.'),
    ];
  }
}

function ofServer(where: string, server: RespAnswer | undefined, policy: string | null): Finding {
  const [, version = 'of unknown version'] =
    /redis_version:([\d.]+)/.exec(typeof server === 'string' ? server : '') ?? [];
  const words = `Redis ${version} at ${where}.`;
  if (policy === null) return well('redis', words);
  return warning('redis', `${words} ${policy}`, 'Set maxmemory-policy noeviction.');
}

/** Losing wake-ups costs a second of latency; a server that hides its settings is believed. */
function ofKeeping(keeps: RespAnswer | undefined): Finding[] {
  if (!Array.isArray(keeps) || keeps[1] !== 'no') return [];
  return [
    warning(
      'redis',
      'appendonly is no: a restart forgets the wake-ups, which makes the next answers a second late.',
      'Set appendonly yes.',
    ),
  ];
}
