import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DecodedEvent } from '#libs/connectors';
import { uuidOf, type Content } from '#libs/model';
import { Channels, Connections, type LoadedChannel } from '#libs/store';
import { addHeldConnector } from '../support/held-connector.js';
import { startPipeline, type Pipeline } from '../support/pipeline.js';
import { until } from '../support/until.js';

const world = addHeldConnector();
let pipeline: Pipeline;
let channel: LoadedChannel;

const said = (key: string, text: string, more: object = {}): DecodedEvent => ({
  event: {
    kind: 'message',
    event_key: key,
    thread: 'ann',
    from: { kind: 'external', value: 'ann' },
    provider_id: key,
    content: [{ type: 'text', text }] as Content[],
    ...more,
  },
  raw: Buffer.from(text),
});
const rows = async (sql: string): Promise<Record<string, unknown>[]> =>
  (await pipeline.owner.query(sql, [uuidOf(channel.channelId)])).rows as Record<string, unknown>[];
const shown = () => pipeline.get(Connections).get(channel.workspaceId, channel.channelId);
const isOpen = (): boolean => world.open === 1;

describe('a connection that is held open', () => {
  beforeAll(async () => {
    pipeline = await startPipeline({ queue: 'postgres', workers: 2 });
  });
  beforeEach(async () => {
    Object.assign(world, { most: 0, openings: 0, failing: null });
    world.sent.length = 0;
    channel = await pipeline.addChannel({
      connector: 'held',
      bot: { fallback: [{ type: 'text', text: 'An answer.' }] },
    });
    await until('it is open', isOpen);
  });
  afterEach(async () => {
    await pipeline.get(Channels).pause(channel.workspaceId, channel.channelId, 'system');
    await until('it is closed', () => world.open === 0);
  });
  afterAll(() => pipeline.close());

  it('is opened once, however many workers there are, and shows how it is', async () => {
    await until('it says so', async () => (await shown())?.state === 'open');
    expect(await shown()).toMatchObject({
      reason: 'Connected.',
      setUp: { kind: 'code', value: 'SECRET-1234' },
    });
    expect(world).toMatchObject({ open: 1, most: 1, openings: 1 });
    const [row] = await rows('select set_up from channel_connection where channel_id = $1');
    expect(row?.['set_up']).not.toContain('SECRET-1234');
    expect(pipeline.log.join('\n')).not.toContain('SECRET-1234');
    await until('the health says so', async () => {
      const { health } = await pipeline.get(Channels).get(channel.workspaceId, channel.channelId);
      return health.state === 'healthy';
    });
  });

  it('brings what people say, and carries the answer back', async () => {
    await world.io!.accept([said('m1', 'hello')]);
    await until('the answer is out', () => world.sent.length === 1);
    expect(world.sent[0]).toMatchObject({ opening: 1 });
    await until('it is recorded', async () => {
      const [row] = await rows('select status, provider_ref, account from delivery where channel_id = $1');
      return row?.['status'] === 'sent' && row['provider_ref'] === 'ref-1';
    });
  });

  it('remembers what it is told between openings', async () => {
    await world.io!.remember('uid', { last: 17 });
    world.drop('the provider hung up');
    await until('it is open again', () => world.openings === 2 && isOpen());
    expect(await world.io!.recall('uid')).toEqual({ last: 17 });
    expect(await world.io!.recall('nothing')).toBeNull();
    await expect(world.io!.remember('much', 'x'.repeat(70_000))).rejects.toMatchObject({
      code: 'internal/bug',
    });
  });

  it('lets what should go out wait while it is closed, and sends it when it is open again', async () => {
    const { accept } = world.io!;
    world.failing = 'channel/unreachable';
    world.drop('gone');
    await until('it shows that', async () => (await shown())?.state === 'down');
    await accept([said('w1', 'anybody there?')]);
    await until(
      'the answer waits',
      async () => (await rows('select 1 from delivery where channel_id = $1')).length > 0,
    );
    expect(world.sent).toEqual([]);
    world.failing = null;
    await until('it went out', () => world.sent.length === 1, 30_000);
  });

  it('moves when its owner ends, and is never open twice', async () => {
    const [owner] = await rows('select owner from channel_connection where channel_id = $1');
    await pipeline.addWorker();
    await pipeline.owner.query(
      `update channel_connection set owner = 'somebody else', epoch = epoch + 1, due_at = now() where channel_id = $1`,
      [uuidOf(channel.channelId)],
    );
    await until('somebody opened it', () => world.openings === 2 && isOpen());
    const [next] = await rows('select owner from channel_connection where channel_id = $1');
    expect(next?.['owner']).not.toBe('somebody else');
    expect([owner?.['owner'], world.most]).toEqual([
      expect.any(String),
      expect.toSatisfy((n: number) => n <= 2),
    ]);
  });

  it('is closed while the channel is paused, and opened anew with other settings', async () => {
    const channels = pipeline.get(Channels);
    await channels.pause(channel.workspaceId, channel.channelId, 'system');
    await until('it is closed', () => world.open === 0);
    await channels.resume(channel.workspaceId, channel.channelId, 'system');
    await until('it is open again', isOpen);
    await channels.update(channel.workspaceId, channel.channelId, {
      version: null,
      settings: {
        settings: { is_used: true, label: 'new' },
        secrets: [],
        pacing: { account: 'held' },
      },
      actor: 'system',
    });
    await until(
      'it has the new settings',
      () => (world.io?.settings as { label?: string } | undefined)?.label === 'new' && isOpen(),
    );
  });

  it('is not opened for a channel that needs none, until it does', async () => {
    const other = await pipeline.addChannel({
      connector: 'held',
      workspaceId: channel.workspaceId,
      settings: { is_used: false },
    });
    await until('it was looked at', async () => {
      const { rows: found } = await pipeline.owner.query(
        'select is_used from channel_connection where channel_id = $1',
        [uuidOf(other.channelId)],
      );
      return found[0] && !(found[0] as { is_used: boolean }).is_used;
    });
    expect(await pipeline.get(Connections).get(other.workspaceId, other.channelId)).toBeNull();
    expect(world.openings).toBe(1);
  });

  it('ends what may not be sent before any call, with the reason', async () => {
    const strict = await pipeline.addChannel({
      connector: 'held',
      workspaceId: channel.workspaceId,
      settings: { is_used: false },
      bot: { fallback: [{ type: 'text', text: 'forbidden' }] },
    });
    await pipeline.door.accept(strict, [said('f1', 'hello')]);
    const error = await until('it is given up', async () => {
      const found = await pipeline.owner.query(
        `update delivery set account = 'anybody' where channel_id = $1 and status = 'queued' returning 1`,
        [uuidOf(strict.channelId)],
      );
      if (found.rowCount) return null;
      const { rows: dead } = await pipeline.owner.query(
        `select error from delivery where channel_id = $1 and status = 'dead'`,
        [uuidOf(strict.channelId)],
      );
      return dead[0] && (dead[0] as { error: object }).error;
    });
    expect(error).toMatchObject({
      code: 'channel/refused',
      text: expect.stringContaining('Too late for that.'),
      provider: { name: 'held', code: 'outside-window' },
    });
    expect(world.sent).toEqual([]);
  });

  it('asks nobody who said STOP, answers the word with nothing, and goes on after START', async () => {
    const { accept } = world.io!;
    await accept([said('s1', 'STOP', { consent: 'opted-out' })]);
    await until(
      'it is recorded',
      async () => (await rows('select 1 from consent where channel_id = $1')).length === 1,
    );
    await accept([said('s2', 'are you there?')]);
    await until('the answer is refused', async () => {
      const [row] = await rows(
        `select error->>'code' as code from delivery where channel_id = $1 and status = 'dead'`,
      );
      return row?.['code'] === 'channel/opted-out';
    });
    expect(world.sent).toEqual([]);
    await accept([said('s3', 'START', { consent: 'opted-in' }), said('s4', 'and now?')]);
    await until('the answer is out', () => world.sent.length === 1);
  });

  it('shows what a machine wrote, and never answers it', async () => {
    await world.io!.accept([said('a1', 'I am on holiday', { automatic: true })]);
    await until(
      'it is recorded',
      async () =>
        (await rows("select 1 from inbox_event where channel_id = $1 and status = 'done'")).length === 1,
    );
    await world.io!.accept([said('a2', 'back again')]);
    await until('the answer is out', () => world.sent.length === 1);
    const turns = await rows(
      'select t.through_seq - t.from_seq as more from turn t join conversation c on c.id = t.conversation_id where c.channel_id = $1',
    );
    expect(turns).toEqual([{ more: 0 }]);
  });
});
