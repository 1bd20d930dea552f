import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorOf } from '#libs/connectors';
import { uuidOf } from '#libs/model';
import { Conversations, type LoadedChannel } from '#libs/store';
import { addFiledConnector, filed } from '../support/filed-connector.js';
import { startPipeline, type Pipeline } from '../support/pipeline.js';
import { until } from '../support/until.js';

const world = addFiledConnector();
let folder: string;
let pipeline: Pipeline;
let channel: LoadedChannel;

const filesOf = async (source: string) =>
  (await pipeline.owner.query('select status, epoch, reason from media where source = $1', [source]))
    .rows as { status: string; epoch: number; reason: string | null }[];
const stored = (source: string) =>
  until(`${source} is stored`, async () =>
    (await filesOf(source)).every(({ status }) => status === 'stored'),
  );

describe('files, with two workers', () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'parley-media-'));
    pipeline = await startPipeline({
      queue: 'postgres',
      workers: 2,
      env: { PARLEY_DATA_DIR: folder, PARLEY_SWEEP_EVERY: '50ms' },
    });
    channel = await pipeline.addChannel({ connector: 'filed', bot: null });
  });
  afterAll(async () => {
    await pipeline.close();
    await rm(folder, { recursive: true });
  });

  it('are fetched by one of them each', async () => {
    const refs = Array.from({ length: 30 }, (_, at) => `file-${at}`);
    for (const ref of refs) world.files.set(ref, { bytes: Buffer.from(ref) });
    await pipeline.door.accept(
      channel,
      refs.map((ref) => filed(ref, [{ type: 'file', url: `media:${ref}` }])),
    );
    await until('all are there', async () => {
      const { rows } = await pipeline.owner.query("select 1 from media where status = 'stored'");
      return rows.length === refs.length;
    });
    expect([...world.fetched].sort()).toEqual([...refs].sort());
  });

  it('are fetched again by the other when one stands still, and only one of them writes what became of it', async () => {
    const held: (() => void)[] = [];
    const { media } = connectorOf('filed');
    const fetchOne = media!.fetch;
    media!.fetch = async (ref) => {
      // The first claim stands still until the second has ended.
      if (ref === 'slow' && held.length === 0) await new Promise<void>((go) => held.push(go));
      return { bytes: Buffer.from(`take ${held.length}`) };
    };
    await pipeline.door.accept(channel, [filed('slow', [{ type: 'file', url: 'media:slow' }])]);
    await until('one stands still', () => held.length === 1);
    await pipeline.owner.query(
      "update media set due_at = now() - interval '1 second', leased_by = 'one that died' where source = 'media:slow'",
    );
    await stored('media:slow');
    held[0]!();
    media!.fetch = fetchOne;
    const [file] = await filesOf('media:slow');
    expect(file).toMatchObject({ status: 'stored', epoch: 2 });
    const { rows } = await pipeline.owner.query<{ conversation_id: string; message_id: string }>(
      "select conversation_id, message_id from media where source = 'media:slow'",
    );
    const { rows: told } = await pipeline.owner.query(
      "select 1 from event where conversation_id = $1 and type = 'message.updated' and data->>'message' = $2",
      [rows[0]!.conversation_id, rows[0]!.message_id],
    );
    expect(told).toHaveLength(1);
  });

  it('that change with a message are fetched too', async () => {
    world.files.set('first', { bytes: Buffer.from('first') });
    world.files.set('second', { bytes: Buffer.from('second') });
    const original = filed('edited', [{ type: 'file', url: 'media:first' }]);
    await pipeline.door.accept(channel, [original]);
    await stored('media:first');
    const edit = {
      kind: 'edit' as const,
      event_key: 'edited-2',
      thread: 'ann',
      from: { kind: 'external', value: 'ann' },
      provider_id: 'edited',
      content: [{ type: 'file' as const, url: 'media:second' }],
    };
    await pipeline.door.accept(channel, [{ event: edit, raw: Buffer.from('edit') }]);
    await until('the second is there', async () => (await filesOf('media:second')).length === 1);
    await stored('media:second');
    const conversations = pipeline.get(Conversations);
    const id = await conversations.idOfThread(channel.workspaceId, channel.channelId, 'ann');
    const page = { limit: 100, order: 'asc' as const };
    const { data } = await conversations.messages(channel.workspaceId, id!, page);
    const shown = data.find(({ provider_id }) => provider_id === 'edited');
    expect(shown?.parts[0]).toMatchObject({ status: 'stored', size_bytes: 6 });
  });

  it('of a channel that is gone end with that reason', async () => {
    const { rows } = await pipeline.owner.query<{ id: string }>(
      "select conversation_id as id from media where source = 'media:first'",
    );
    await pipeline.owner.query(
      `insert into media (workspace_id, id, channel_id, conversation_id, source, due_at)
       values ($1, gen_random_uuid(), gen_random_uuid(), $2, 'media:orphan', now())`,
      [uuidOf(channel.workspaceId), rows[0]!.id],
    );
    await until('it is given up', async () => (await filesOf('media:orphan'))[0]?.status === 'failed');
    expect((await filesOf('media:orphan'))[0]?.reason).toBe('The channel is gone.');
  });
});
