import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EgressFetch } from '#libs/connectors';
import { newId } from '#libs/model';
import { Logger, Metrics } from '#libs/observe';
import type {
  ChannelCache,
  Channels,
  Deliveries,
  DeliveryOutcomeRow,
  LoadedChannel,
  OpenDelivery,
} from '#libs/store';
import { describe, expect, it } from 'vitest';
import { DeliverySender, type SendingMeans } from './delivery-sender.js';

const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

const channel = {
  workspaceId: newId('workspace'),
  channelId: newId('channel'),
  connector: 'webhook',
  state: 'active',
  settings: {
    url: 'https://provider.example/in',
    lookup_url: 'https://provider.example/in',
    outbound_secret: secret(),
  },
} as unknown as LoadedChannel;

function lapsed(overrides: Partial<OpenDelivery> = {}): OpenDelivery {
  return {
    workspaceId: channel.workspaceId,
    deliveryId: newId('delivery'),
    epoch: 2,
    isLapsed: true,
    channelId: channel.channelId,
    homeChannelId: channel.channelId,
    conversationId: newId('conversation'),
    messageId: newId('message'),
    body: { body: { content: [{ type: 'text', text: 'hello' }] }, rendering: 'text' },
    class: 'look-up',
    attempts: 0,
    account: 'account',
    isExpired: false,
    error: null,
    thread: 'thread',
    address: null,
    lastInbound: null,
    isOptedOut: false,
    ...overrides,
  };
}

interface Sending {
  timeoutMs: number;
  /** Default: longer than any test. */
  leaseMs?: number;
  /** What the store says when it is asked to renew the lease. */
  renew?: () => Promise<Set<OpenDelivery['deliveryId']>>;
}

/** Sends one delivery, and says what was recorded of it. */
function send(
  delivery: OpenDelivery,
  fetch: EgressFetch,
  { timeoutMs, leaseMs = 60_000, renew }: Sending,
): Promise<DeliveryOutcomeRow> {
  return new Promise((resolve, reject) => {
    const waiting = [delivery];
    const deliveries = {
      open: () => Promise.resolve(waiting.splice(0)),
      waitMs: () => Promise.resolve(null),
      renew: renew ?? (() => Promise.resolve(new Set([delivery.deliveryId]))),
      record: (_worker: string, row: DeliveryOutcomeRow) => {
        sender.stop().then(() => resolve(row), reject);
        return Promise.resolve(true);
      },
    } as unknown as Deliveries;
    const sender = new DeliverySender(
      deliveries,
      { load: () => Promise.resolve(channel) } as unknown as ChannelCache,
      {} as Channels,
      {
        fetch,
        heldConnections: () => [],
        connectionOf: () => undefined,
        hookUrl: () => undefined,
      } as unknown as SendingMeans,
      () => undefined,
      { worker: 'w', sends: 1, timeoutMs, leaseMs, sweepEveryMs: 60_000 },
      Logger.create({ app: 'test', level: 'silent' }),
      new Metrics('test'),
    );
    void sender.poke();
  });
}

describe('sending', () => {
  it('gives a look-up its whole time after the provider has settled, however short that time is', async () => {
    const heard: { method: string | undefined; isLate: boolean }[] = [];
    const fetch = (async (_url, request) => {
      heard.push({ method: request?.method, isLate: request?.signal?.aborted ?? true });
      return { status: 200, headers: {}, body: new Uint8Array(), text: () => '{"id":"found"}' };
    }) as EgressFetch;
    const { status, entry } = await send(lapsed(), fetch, { timeoutMs: 500 });
    expect(heard).toEqual([{ method: undefined, isLate: false }]);
    expect({ status, outcome: entry.outcome }).toEqual({ status: 'sent', outcome: 'looked-up' });
  });

  it('sends nothing when it learns, right before it would, that the delivery is no longer its own', async () => {
    const methods: (string | undefined)[] = [];
    const fetch = (async (_url, request) => {
      methods.push(request?.method);
      return { status: 404, headers: {}, body: new Uint8Array(), text: () => '' };
    }) as EgressFetch;
    const renew = () => Promise.resolve(new Set<never>());
    const delivery = lapsed();
    const recorded = send(delivery, fetch, { timeoutMs: 500, leaseMs: 3_000, renew });
    const outcome = await Promise.race([recorded, sleep(2_600, 'nothing')]);
    expect({ outcome, methods }).toEqual({ outcome: 'nothing', methods: [undefined] });
  });
});
