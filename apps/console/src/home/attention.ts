import type { ApiKey, Channel, DeadLetter, Readiness, WebhookEndpoint } from '#libs/model';
import type { LightState } from '../parts/light.js';

/** Everything that the first screen looks at; absent where the member may not see it, or it did not answer. */
export interface Seen {
  channels?: readonly Channel[] | undefined;
  endpoints?: readonly WebhookEndpoint[] | undefined;
  dead?: { items: readonly DeadLetter[]; hasMore: boolean } | undefined;
  readiness?: Readiness | 'unavailable' | undefined;
  /** Since when this window knows that the server cannot work: nobody else could tell. */
  awaySince?: string | undefined;
  keys?: readonly ApiKey[] | undefined;
}

/** Something that a person should look at: what is so, since when, and the one thing to do. */
export interface Concern {
  id: string;
  light: LightState;
  kind:
    | 'channel'
    | 'channelPaused'
    | 'noBot'
    | 'provider'
    | 'webhookDisabled'
    | 'webhookFailing'
    | 'dead'
    | 'queue'
    | 'work'
    | 'database'
    | 'keyEnds'
    | 'keyEnded';
  words: { name?: string; reason?: string; host?: string; count?: number };
  since: string | null;
  action: {
    kind: 'channel' | 'bot' | 'channels' | 'webhook' | 'dead' | 'queue' | 'work' | 'key';
    to: string;
  };
}

const ORDER: readonly LightState[] = ['bad', 'warn', 'idle', 'unknown', 'good'];

/** The light of one channel. */
export function lightOf(channel: Pick<Channel, 'state' | 'health'>): LightState {
  if (channel.state === 'paused') return 'idle';
  const lights = { healthy: 'good', degraded: 'warn', down: 'bad', unknown: 'unknown' } as const;
  return lights[channel.health.state];
}

/** The light of several: the worst of them. */
export function worst(lights: readonly LightState[]): LightState {
  return ORDER.find((light) => lights.includes(light)) ?? 'good';
}

/** The light of each provider: that of its best channel, for one that works shows that the provider does. */
export function providersOf(channels: readonly Channel[]): { connector: string; light: LightState }[] {
  return byConnector(channels).map(([connector, own]) => ({
    connector,
    light: ORDER.findLast((light) => own.some((channel) => lightOf(channel) === light)) ?? 'unknown',
  }));
}

/** What needs a person, the worst first. */
export function concernsOf(seen: Seen, now = Date.now()): Concern[] {
  const channels = seen.channels ?? [];
  const failing = failingProviders(channels);
  const isAlone = ({ connector }: Channel) => !failing.some((one) => one.connector === connector);
  const all = [
    ...failing.map(ofProvider),
    ...channels.filter((channel) => isAlone(channel) || channel.state === 'paused').flatMap(ofChannel),
    ...(seen.endpoints ?? []).flatMap(ofEndpoint),
    ...ofDead(seen.dead),
    ...ofQueue(seen),
    ...(seen.keys ?? []).flatMap((key) => ofKey(key, now)),
  ];
  return all.sort((one, other) => ORDER.indexOf(one.light) - ORDER.indexOf(other.light));
}

function ofChannel(channel: Channel): Concern[] {
  const { id, name, state, health } = channel;
  const common = { words: { name, reason: health.reason } };
  const action = { kind: 'channel', to: `/channels/${id}` } as const;
  if (state === 'paused') {
    return [{ ...common, id, light: 'idle', kind: 'channelPaused', since: channel.updated_at, action }];
  }
  if (health.state === 'degraded' || health.state === 'down') {
    return [{ ...common, id, light: lightOf(channel), kind: 'channel', since: health.since, action }];
  }
  if (channel.bot_id !== null) return [];
  const bot = { kind: 'bot', to: `/channels/${id}` } as const;
  return [{ ...common, id, light: 'warn', kind: 'noBot', since: channel.updated_at, action: bot }];
}

function ofEndpoint(endpoint: WebhookEndpoint): Concern[] {
  const { id, url, state, disabled_reason: reason, failing_since: failing } = endpoint;
  const host = hostOf(url);
  const action = { kind: 'webhook', to: `/developers/webhooks/${id}` } as const;
  if (state === 'disabled' && reason !== null) {
    const since = endpoint.disabled_at;
    return [{ id, light: 'bad', kind: 'webhookDisabled', words: { host, reason }, since, action }];
  }
  if (state === 'disabled' || failing === null) return [];
  return [{ id, light: 'warn', kind: 'webhookFailing', words: { host }, since: failing, action }];
}

function ofDead(dead: Seen['dead']): Concern[] {
  const oldest = dead?.items.at(-1);
  if (!dead || !oldest) return [];
  const action = { kind: 'dead', to: '/operations/dead-letters' } as const;
  const words = { count: dead.items.length };
  return [{ id: 'dead', light: 'bad', kind: 'dead', words, since: oldest.at, action }];
}

function ofQueue({ readiness, awaySince }: Seen): Concern[] {
  if (readiness === undefined) return [];
  if (readiness === 'unavailable') {
    const action = { kind: 'queue', to: '/errors/store/unavailable' } as const;
    return [{ id: 'database', light: 'bad', kind: 'database', words: {}, since: awaySince ?? null, action }];
  }
  const found: Concern[] = [];
  const { work_since: late, queue, queue_since: away } = readiness;
  if (late !== null) {
    const action = { kind: 'work', to: '/operations/queues' } as const;
    found.push({ id: 'work', light: 'bad', kind: 'work', words: {}, since: late, action });
  }
  if (queue === 'degraded') {
    const action = { kind: 'queue', to: '/errors/queue/unavailable' } as const;
    found.push({ id: 'queue', light: 'warn', kind: 'queue', words: {}, since: away, action });
  }
  return found;
}

function byConnector(channels: readonly Channel[]): [connector: string, own: Channel[]][] {
  const names = [...new Set(channels.map(({ connector }) => connector))];
  return names.map((name) => [name, channels.filter(({ connector }) => connector === name)]);
}

interface FailingProvider {
  connector: string;
  channels: readonly Channel[];
}

/** Providers with several channels of which none works: then it is hardly the fault of each of them. */
function failingProviders(channels: readonly Channel[]): FailingProvider[] {
  const active = channels.filter(({ state }) => state === 'active');
  return byConnector(active)
    .map(([connector, own]) => ({ connector, channels: own }))
    .filter(({ channels: own }) => own.length > 1 && own.every(({ health }) => health.state === 'down'));
}

function ofProvider({ connector, channels }: FailingProvider): Concern {
  const since = channels.map(({ health }) => health.since).sort((a, b) => a.localeCompare(b))[0] ?? null;
  const reason = channels[0]?.health.reason ?? '';
  const words = { name: connector, reason, count: channels.length };
  return {
    id: connector,
    light: 'bad',
    kind: 'provider',
    words,
    since,
    action: { kind: 'channels', to: '/channels' },
  };
}

const WEEK_MS = 7 * 86_400_000;

/** A key that is in use and ends within a week, or ended within the last one: what uses it stops. */
function ofKey(
  { id, name, expires_at: ends, revoked_at: revoked, last_used_at: used }: ApiKey,
  now: number,
): Concern[] {
  if (ends === null || revoked !== null || used === null) return [];
  const left = Date.parse(ends) - now;
  if (left > WEEK_MS || left < -WEEK_MS || Date.parse(used) < now - WEEK_MS) return [];
  const action = { kind: 'key', to: '/developers' } as const;
  const kind = left > 0 ? 'keyEnds' : 'keyEnded';
  return [
    { id, light: left > 0 ? 'warn' : 'bad', kind, words: { name }, since: left > 0 ? null : ends, action },
  ];
}

/** The host of an address, as people recognise it. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
