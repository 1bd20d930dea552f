import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf, type ChannelId } from '#libs/model';
import { Channels, type LoadedChannel } from '#libs/store';
import { addHeldConnector } from '../support/held-connector.js';
import { startPipeline, type Pipeline } from '../support/pipeline.js';
import { until } from '../support/until.js';

const world = addHeldConnector();
let pipeline: Pipeline;
let channel: LoadedChannel;

beforeAll(async () => {
  pipeline = await startPipeline({
    queue: 'postgres',
    workers: 2,
    env: { PARLEY_CHECK_EVERY: '1s', PARLEY_GAP_EVERY: '1s' },
  });
  channel = await pipeline.addChannel({ connector: 'held', settings: { is_used: false } });
});
afterAll(() => pipeline.close());

const healthOf = async (channelId: ChannelId) =>
  (await pipeline.get(Channels).get(channel.workspaceId, channelId)).health;

describe('a channel that nobody looks at', () => {
  it('shows what a check finds, and since when', async () => {
    await until('it is found healthy', async () => (await healthOf(channel.channelId)).state === 'healthy');
    world.health = { state: 'down', reason: 'The token is revoked. Put in a new one.' };
    const down = await until('it is found down', async () => {
      const health = await healthOf(channel.channelId);
      return health.state === 'down' ? health : null;
    });
    expect(down.reason).toBe('The token is revoked. Put in a new one.');
    world.health = { state: 'healthy', reason: 'All is well.' };
    const well = await until('it is well again', async () => {
      const health = await healthOf(channel.channelId);
      return health.state === 'healthy' ? health : null;
    });
    expect(Date.parse(well.since)).toBeGreaterThan(Date.parse(down.since));
  });

  it('is not called healthy while the connection that it needs is not open', async () => {
    world.failing = 'channel/unreachable';
    const held = await pipeline.addChannel({ connector: 'held', workspaceId: channel.workspaceId });
    await until('its connection has failed', async () => (await healthOf(held.channelId)).state === 'down');
    const asked = world.askedSince.length;
    await until('it was looked at again', () => world.askedSince.length > asked + 2);
    expect((await healthOf(held.channelId)).state).toBe('down');
    world.failing = null;
    await until(
      'it is open, and healthy',
      async () => (await healthOf(held.channelId)).state === 'healthy',
      30_000,
    );
    await pipeline.get(Channels).pause(held.workspaceId, held.channelId, 'system');
  });

  it('gets what its provider kept, once each, however often it is asked', async () => {
    world.kept = { 'kept-1': 'are you there?', 'kept-2': 'hello?' };
    const stored = async () =>
      (
        await pipeline.owner.query('select event_key from inbox_event where channel_id = $1 order by seq', [
          uuidOf(channel.channelId),
        ])
      ).rows.map((row: { event_key: string }) => row.event_key);
    await until('they are stored', async () => (await stored()).length === 2);
    const asked = world.askedSince.length;
    await until('it was asked again', () => world.askedSince.length > asked + 2);
    expect(await stored()).toEqual(['kept-1', 'kept-2']);
    const [first, last] = [world.askedSince[0]!, world.askedSince.at(-1)!];
    expect(last).toBeGreaterThan(first);
  });

  it('is left alone while it is paused', async () => {
    await pipeline.get(Channels).pause(channel.workspaceId, channel.channelId, 'system');
    await until('nobody asks any more', async () => {
      const before = world.askedSince.length;
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      return world.askedSince.length === before;
    });
  });
});
