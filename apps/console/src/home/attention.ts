import type { Channel, DeadLetter, Readiness, WebhookEndpoint } from '#libs/model';
import type { LightState } from '../parts/light.js';

/** Everything that the first screen looks at; absent where the member may not see it, or it did not answer. */
export interface Seen {
  channels?: readonly Channel[] | undefined;
  endpoints?: readonly WebhookEndpoint[] | undefined;
  dead?: { items: readonly DeadLetter[]; hasMore: boolean } | undefined;
  readiness?: Readiness | 'unavailable' | undefined;
}

/** Something that a person should look at: what is so, since when, and the one thing to do. */
export interface Concern {
  id: string;
  light: LightState;
  kind: 'channel' | 'channelPaused' | 'noBot' | 'webhookDisabled' | 'webhookFailing' | 'dead' | 'queue';
  words: { name?: string; reason?: string; host?: string; count?: number };
  since: string | null;
  action: { kind: 'channel' | 'bot' | 'webhook' | 'dead' | 'queue'; to: string };
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

/** What needs a person, the worst first. */
export function concernsOf(seen: Seen): Concern[] {
  const all = [
    ...(seen.channels ?? []).flatMap(ofChannel),
    ...(seen.endpoints ?? []).flatMap(ofEndpoint),
    ...ofDead(seen.dead),
    ...ofQueue(seen.readiness),
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

function ofQueue(readiness: Seen['readiness']): Concern[] {
  if (readiness === undefined || (readiness !== 'unavailable' && readiness.queue === 'up')) return [];
  const action = { kind: 'queue', to: '/errors/queue/unavailable' } as const;
  return [{ id: 'queue', light: 'warn', kind: 'queue', words: {}, since: null, action }];
}

/** The host of an address, as people recognise it. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
