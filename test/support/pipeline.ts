import { randomBytes, randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Client } from 'pg';
import { inject } from 'vitest';
import { parseWorkerConfig } from '#libs/config';
import { connectorOf, parseSettings } from '#libs/connectors';
import { InboundDoor } from '#libs/inbound';
import type { BotDefinition, InboundEvent, WorkspaceId } from '#libs/model';
import { Logger, Metrics } from '#libs/observe';
import { Outbox } from '#libs/outbound';
import { QueueModule } from '#libs/queue';
import { Bots, Channels, RepositoriesModule, StoreModule, Workspaces, type LoadedChannel } from '#libs/store';
import { startStubServer, type StubServer } from '../../libs/connectors/src/testkit/stub-server.js';
import { createWorker } from '../../apps/worker/src/app.js';

/** The pipeline without its HTTP edge: a door, workers, a provider, and a database of its own. */
export interface Pipeline {
  door: InboundDoor;
  /** Anything the gateway's side has, by class. */
  get: INestApplicationContext['get'];
  provider: StubServer;
  owner: Client;
  databaseUrl: string;
  /** Everything that was logged. */
  log: string[];
  addWorker(env?: Record<string, string>): Promise<INestApplicationContext>;
  /** A workspace with a `webhook` channel to the provider, answered by a bot. */
  addChannel(options?: ChannelOptions): Promise<LoadedChannel>;
  close(): Promise<void>;
}

export interface ChannelOptions {
  /** Default: `webhook`, towards the stub provider. */
  connector?: string;
  bot?: Partial<BotDefinition> | null;
  settings?: Record<string, unknown>;
  workspaceId?: WorkspaceId;
}

export interface PipelineOptions {
  queue: 'postgres' | 'redis';
  workers?: number;
  env?: Record<string, string>;
}

const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** A bot that repeats nothing and always answers the same: enough to see a reply. */
export const answeringBot: BotDefinition = {
  persona: { name: 'Echo' },
  rules: [],
  fallback: [{ type: 'text', text: 'answer' }],
  fallback_hands_over: false,
};

/** Starts a pipeline over a fresh copy of the migrated template. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const admin = new Client({ connectionString: inject('adminUrl') });
  await admin.connect();
  await admin.query(`create database ${name} template parley_template`);
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${name}`;
  const owner = new Client({ connectionString: url.href });
  await owner.connect();
  const env = {
    DATABASE_URL: url.href,
    PARLEY_SECRET_KEY: randomBytes(32).toString('base64'),
    PARLEY_EGRESS_ALLOW: '127.0.0.0/8',
    PARLEY_SWEEP_EVERY: '200ms',
    PARLEY_LEASE: '2s',
    ...(options.queue === 'redis' && { REDIS_URL: inject('redisUrl') ?? '' }),
    ...options.env,
  };
  const log: string[] = [];
  const logger = Logger.create({
    app: 'test',
    level: 'debug',
    destination: { write: (line) => void log.push(line) },
  });
  const config = parseWorkerConfig(env);
  const metrics = new Metrics('test');

  @Module({
    imports: [
      {
        module: class Observe {},
        global: true,
        providers: [
          { provide: Metrics, useValue: metrics },
          { provide: Logger, useValue: logger },
        ],
        exports: [Metrics, Logger],
      },
      StoreModule.forRoot({ url: config.database.url, poolMax: 12, name: 'test' }),
      RepositoriesModule.forRoot(config.secrets),
      QueueModule.forRoot({
        redisUrl: config.queue.redisUrl,
        databaseUrl: config.database.url,
        poolMax: 8,
        role: 'gateway',
      }),
    ],
    providers: [InboundDoor, Outbox],
  })
  class Edge {}
  const edge = await NestFactory.createApplicationContext(Edge, { logger, abortOnError: false });
  // Checks of channels come whenever they come.
  const provider = await startStubServer(({ method }) => method === 'HEAD');
  const workers: INestApplicationContext[] = [];
  const addWorker = async (more: Record<string, string> = {}): Promise<INestApplicationContext> => {
    const worker = await createWorker(parseWorkerConfig({ ...env, ...more }), {
      logger,
      metrics: new Metrics('worker'),
    });
    workers.push(worker);
    return worker;
  };
  for (let n = 0; n < (options.workers ?? 1); n++) await addWorker();
  return {
    door: edge.get(InboundDoor),
    get: edge.get.bind(edge),
    provider,
    owner,
    databaseUrl: url.href,
    log,
    addWorker,
    addChannel: (channel) => addChannel(edge, provider, channel),
    async close() {
      for (const worker of workers) await worker.close();
      await edge.close();
      await provider.close();
      await owner.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

async function addChannel(
  edge: INestApplicationContext,
  provider: StubServer,
  options: ChannelOptions = {},
): Promise<LoadedChannel> {
  const actor = 'system';
  const workspaceId =
    options.workspaceId ?? (await edge.get(Workspaces).create({ name: randomUUID(), actor })).workspaceId;
  const bot =
    options.bot === null
      ? null
      : await edge
          .get(Bots)
          .create(workspaceId, { name: 'Bot', definition: { ...answeringBot, ...options.bot }, actor });
  const connector = connectorOf(options.connector ?? 'webhook');
  const own = options.connector !== undefined;
  const settings = parseSettings(
    connector,
    own
      ? (options.settings ?? {})
      : {
          url: `${provider.url}/in`,
          inbound_secret: secret(),
          outbound_secret: secret(),
          account: randomUUID(),
          ...options.settings,
        },
  ) as Record<string, unknown>;
  const channels = edge.get(Channels);
  const stored = await channels.create(workspaceId, {
    connector: connector.manifest.id,
    name: 'Test',
    botId: bot?.id ?? null,
    settings,
    secrets: connector.manifest.secrets,
    pacing: connector.manifest.pacing(settings),
    actor,
  });
  return (await channels.load(stored.id))!;
}

/** Says something as a person would, and waits until it is accepted. */
export function say(
  pipeline: Pick<Pipeline, 'door'>,
  channel: LoadedChannel,
  thread: string,
  text: string,
  key: string = randomUUID(),
) {
  const event: InboundEvent = {
    kind: 'message',
    event_key: key,
    thread,
    from: { kind: 'external', value: thread },
    provider_id: key,
    content: [{ type: 'text', text }],
  };
  return pipeline.door.accept(channel, [{ event, raw: Buffer.from(JSON.stringify(event)) }]);
}
