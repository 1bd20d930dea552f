import { randomUUID } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchiveWriter, type TextPiece } from '#libs/archive';
import { parseGatewayConfig } from '#libs/config';
import { connectorOf, parseSettings } from '#libs/connectors';
import { fault } from '#libs/faults';
import type { MediaFiles } from '#libs/media';
import { uuidOf, type WorkspaceId } from '#libs/model';
import { Logger } from '#libs/observe';
import { FileKeys, WorkspaceArchive } from '#libs/store';
import { ImportService } from '../../apps/gateway/src/exports/import-service.js';
import { archiveFormat, makeArchive } from '../../apps/worker/src/exports/make-archive.js';
import { writeHistory } from '../bench/history.mjs';
import { LiveMemory } from '../support/live-memory.js';
import { openTestStore, type TestStore } from '../support/test-store.js';

const FEW = 4_000;
const MANY = 4 * FEW;
/** Blocks, packers and statements that are under way; what four times the messages may hold more, in megabytes. */
const MORE_MB = 5;
const actor = 'system';
const noFiles = {
  read: () => Promise.reject(fault('state/gone')),
  put: () => Promise.reject(fault('state/gone')),
} as unknown as MediaFiles;

/** How a file of an archive is written. */
type Add = (writer: ArchiveWriter, name: string, pieces: AsyncIterable<TextPiece>) => Promise<unknown>;

const streamed: Add = (writer, name, pieces) => writer.addText(name, pieces);

/** What must not be: what was read stays until the archive is whole. */
function collecting(): Add {
  const all: TextPiece[] = [];
  return async (writer, name, pieces) => {
    const before = all.length;
    for await (const { text, rows } of pieces) all.push({ text: Buffer.from(text), rows });
    return writer.addText(
      name,
      (async function* () {
        yield* all.slice(before);
      })(),
    );
  };
}

describe('an archive of four times the messages', () => {
  const stores: TestStore[] = [];
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'parley-archive-'));
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function empty(): Promise<{ store: TestStore; workspaceId: WorkspaceId }> {
    const store = await openTestStore();
    stores.push(store);
    const { workspaceId } = await store.workspaces.create({ name: 'Home', actor });
    return { store, workspaceId };
  }

  async function filled(messages: number): Promise<{ store: TestStore; workspaceId: WorkspaceId }> {
    const { store, workspaceId } = await empty();
    const definition = {
      persona: { name: 'Echo' },
      rules: [],
      fallback: [{ type: 'text', text: 'Hi' }],
      fallback_hands_over: false,
    };
    const bot = await store.bots.create(workspaceId, { name: 'Echo', definition, actor } as never);
    const { manifest, ...connector } = connectorOf('webhook');
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const settings = parseSettings(
      { manifest, ...connector },
      { url: 'https://provider.example', inbound_secret: secret, outbound_secret: secret },
    );
    const channel = await store.channels.create(workspaceId, {
      connector: 'webhook',
      name: 'Here',
      botId: bot.id,
      settings,
      secrets: manifest.secrets,
      pacing: manifest.pacing(settings),
      actor,
    });
    const place = { workspace: uuidOf(workspaceId), channel: uuidOf(channel.id), bot: uuidOf(bot.id) };
    await writeHistory(store.url, place, messages);
    return { store, workspaceId };
  }

  /** @returns the most that was held, and how much was written, in megabytes */
  async function exported(
    { store, workspaceId }: { store: TestStore; workspaceId: WorkspaceId },
    add: Add,
  ): Promise<{ peakMb: number; writtenMb: number; file: string }> {
    const file = path.join(folder, `${randomUUID()}.tar.gz`);
    const memory = new LiveMemory(2 * 1_048_576);
    const writer = await ArchiveWriter.open(file);
    let written = 0;
    const watched = new Proxy(writer, {
      get: (target, name) =>
        name === 'addText'
          ? (called: string, pieces: AsyncIterable<TextPiece>) => add(target, called, passing(pieces))
          : (Reflect.get(target, name, target) as unknown),
    });
    async function* passing(pieces: AsyncIterable<TextPiece>): AsyncGenerator<TextPiece> {
      for await (const piece of pieces) {
        written += piece.text.length;
        memory.passed(piece.text.length);
        yield piece;
      }
    }
    memory.begin();
    const archive = new WorkspaceArchive(store.database, store.sealer);
    const sources = { archive, analytics: store.analytics, files: noFiles };
    const { missing } = await makeArchive(workspaceId, sources, watched, false);
    await writer.close({ ...archiveFormat, workspace_id: workspaceId, missing });
    return { peakMb: memory.peakMb, writtenMb: written / 1_048_576, file };
  }

  async function imported(file: string): Promise<{ peakMb: number }> {
    const { store, workspaceId } = await empty();
    const memory = new LiveMemory(2 * 1_048_576);
    const config = parseGatewayConfig({
      DATABASE_URL: store.url,
      PARLEY_SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
    });
    const archive = new WorkspaceArchive(store.database, store.sealer);
    const write = archive.write.bind(archive);
    archive.write = (to, by, work) =>
      write(to, by, (intake) =>
        work({
          take: async (table, lines) => {
            await intake.take(table, lines);
            memory.passed(lines.reduce((sum, line) => sum + line.length, 0));
          },
        }),
      );
    const keys = new FileKeys(store.database, store.sealer);
    const logger = Logger.create({ app: 'test', level: 'error' });
    memory.begin();
    const { rows } = await new ImportService(archive, noFiles, keys, logger, config).take(
      workspaceId,
      createReadStream(file),
      actor,
    );
    expect(rows['message']).toBeGreaterThan(0);
    return { peakMb: memory.peakMb };
  }

  it('is made and taken in with the memory of a small one', { timeout: 20 * 60_000 }, async () => {
    const [few, many] = [await filled(FEW), await filled(MANY)];
    // Once beforehand: plans, code and connections come to stay.
    await exported(few, streamed);
    const small = await exported(few, streamed);
    const large = await exported(many, streamed);
    const held = await exported(many, collecting());
    const [smallIn, largeIn] = [await imported(small.file), await imported(large.file)];
    const peaks = Object.entries({ small, large, held, smallIn, largeIn });
    process.stdout.write(
      `${peaks.map(([name, { peakMb }]) => `${name} ${peakMb.toFixed(1)} MB`).join(', ')}\n`,
    );
    expect(large.writtenMb - small.writtenMb).toBeGreaterThan(2.5 * MORE_MB);
    expect(large.peakMb - small.peakMb).toBeLessThan(MORE_MB);
    expect(largeIn.peakMb - smallIn.peakMb).toBeLessThan(MORE_MB);
    // The measure sees what it is there for: an export that holds what it has read.
    expect(held.peakMb - small.peakMb).toBeGreaterThan(2 * MORE_MB);
  });
});
