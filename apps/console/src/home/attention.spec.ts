import { describe, expect, it } from 'vitest';
import type { ApiKey, Channel, DeadLetter, Readiness, WebhookEndpoint } from '#libs/model';
import { concernsOf, providersOf, type Seen } from './attention.js';

const now = Date.parse('2026-11-21T12:00:00Z');
const since = '2026-11-21T11:00:00.000Z';
const day = 86_400_000;

function channel(id: string, health: Channel['health']['state'], more: Partial<Channel> = {}): Channel {
  const reason = `${id} is ${health}.`;
  return {
    id,
    name: id,
    connector: 'slack',
    state: 'active',
    bot_id: 'bot_1',
    updated_at: since,
    health: { state: health, reason, since },
    ...more,
  } as Channel;
}
const ready = (more: Partial<Readiness> = {}): Readiness => ({
  status: 'ready',
  database: 'up',
  queue: 'up',
  queue_since: null,
  work_since: null,
  ...more,
});
const endpoint = (more: object) =>
  ({ id: 'whe_1', url: 'https://crm.example/hooks', state: 'enabled', ...more }) as WebhookEndpoint;
const key = (more: Partial<ApiKey>) =>
  ({
    id: 'key_1',
    name: 'CRM',
    revoked_at: null,
    expires_at: null,
    last_used_at: since,
    ...more,
  }) as ApiKey;
const inDays = (days: number): string => new Date(now + days * day).toISOString();

/** The one concern that something leads to. */
function only(seen: Seen) {
  const all = concernsOf(seen, now);
  expect(all).toHaveLength(1);
  return all[0]!;
}

describe('what needs a person', () => {
  it('is nothing when all is well', () => {
    const seen: Seen = {
      channels: [channel('a', 'healthy')],
      endpoints: [endpoint({ disabled_reason: null, failing_since: null })],
      dead: { items: [], hasMore: false },
      readiness: ready(),
      keys: [key({ expires_at: inDays(90) }), key({ expires_at: null })],
    };
    expect(concernsOf(seen, now)).toEqual([]);
  });

  it.each<[string, Seen, object]>([
    [
      'a channel that is down',
      { channels: [channel('a', 'down')] },
      {
        light: 'bad',
        kind: 'channel',
        since,
        words: { reason: 'a is down.' },
        action: { to: '/channels/a' },
      },
    ],
    [
      'a channel that works badly',
      { channels: [channel('a', 'degraded')] },
      { light: 'warn', kind: 'channel', since, action: { to: '/channels/a' } },
    ],
    [
      'a channel that is paused',
      { channels: [channel('a', 'down', { state: 'paused' })] },
      { light: 'idle', kind: 'channelPaused', since, action: { to: '/channels/a' } },
    ],
    [
      'a channel without a bot',
      { channels: [channel('a', 'healthy', { bot_id: null })] },
      { light: 'warn', kind: 'noBot', since, action: { to: '/channels/a' } },
    ],
    [
      'a provider of which no channel works: one line for all of them, since the first',
      {
        channels: [
          channel('a', 'down'),
          channel('b', 'down', { health: { state: 'down', reason: 'x', since: '2026-11-21T10:00:00.000Z' } }),
        ],
      },
      {
        light: 'bad',
        kind: 'provider',
        since: '2026-11-21T10:00:00.000Z',
        words: { name: 'slack', count: 2, reason: 'a is down.' },
        action: { to: '/channels' },
      },
    ],
    [
      'work that no worker takes',
      { readiness: ready({ work_since: since }) },
      { light: 'bad', kind: 'work', since, action: { to: '/operations/queues' } },
    ],
    [
      'a queue that is away',
      { readiness: ready({ queue: 'degraded', queue_since: since }) },
      { light: 'warn', kind: 'queue', since, action: { to: '/errors/queue/unavailable' } },
    ],
    [
      'a server that cannot work',
      { readiness: 'unavailable', awaySince: since },
      { light: 'bad', kind: 'database', since, action: { to: '/errors/store/unavailable' } },
    ],
    [
      'a webhook that was disabled',
      { endpoints: [endpoint({ state: 'disabled', disabled_reason: 'Gone.', disabled_at: since })] },
      {
        light: 'bad',
        kind: 'webhookDisabled',
        since,
        words: { host: 'crm.example', reason: 'Gone.' },
        action: { to: '/developers/webhooks/whe_1' },
      },
    ],
    [
      'a webhook that takes nothing',
      { endpoints: [endpoint({ disabled_reason: null, failing_since: since })] },
      { light: 'warn', kind: 'webhookFailing', since, action: { to: '/developers/webhooks/whe_1' } },
    ],
    [
      'dead letters, since the oldest',
      { dead: { items: [{ at: inDays(0) }, { at: since }] as DeadLetter[], hasMore: false } },
      { light: 'bad', kind: 'dead', since, words: { count: 2 }, action: { to: '/operations/dead-letters' } },
    ],
    [
      'a key in use that ends soon',
      { keys: [key({ expires_at: inDays(3) })] },
      { light: 'warn', kind: 'keyEnds', words: { name: 'CRM' }, action: { to: '/developers' } },
    ],
    [
      'a key in use that has ended',
      { keys: [key({ expires_at: inDays(-1), last_used_at: inDays(-1) })] },
      { light: 'bad', kind: 'keyEnded', since: inDays(-1), action: { to: '/developers' } },
    ],
  ])('names cause, since when and one action of %s', (_, seen, expected) => {
    expect(only(seen)).toMatchObject(expected);
  });

  it('is no key that nobody uses, that was revoked, or that ended long ago', () => {
    const keys = [
      key({ expires_at: inDays(2), last_used_at: null }),
      key({ expires_at: inDays(2), last_used_at: inDays(-30) }),
      key({ expires_at: inDays(2), revoked_at: since }),
      key({ expires_at: inDays(-20), last_used_at: inDays(-20) }),
    ];
    expect(concernsOf({ keys }, now)).toEqual([]);
  });

  it('blames no provider while one of its channels works', () => {
    const seen: Seen = { channels: [channel('a', 'down'), channel('b', 'healthy')] };
    expect(only(seen)).toMatchObject({ kind: 'channel', id: 'a' });
    expect(providersOf(seen.channels ?? [])).toEqual([{ connector: 'slack', light: 'good' }]);
  });

  it('has the worst first', () => {
    const seen: Seen = {
      channels: [channel('a', 'healthy', { bot_id: null }), channel('b', 'down', { connector: 'email' })],
    };
    expect(concernsOf(seen, now).map(({ light }) => light)).toEqual(['bad', 'warn']);
  });
});
