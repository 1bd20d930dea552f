import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { Client } from 'pg';
import { inject } from 'vitest';
import { KeyService } from '#libs/access';
import { parseGatewayConfig, parseWorkerConfig } from '#libs/config';
import { connectorOf, parseSettings, withGenerated } from '#libs/connectors';
import { BotDefinition, type BotId, type ChannelId, Scope, type WorkspaceId } from '#libs/model';
import { Logger, Metrics } from '#libs/observe';
import { Bots, Channels, Workspaces } from '#libs/store';
import { createGateway } from '../../apps/gateway/src/app.js';

/** A Parley of its own for a test file: gateway and worker in this process, on a fresh copy of the template. */
export interface Booted {
  /** Address of the gateway, without a slash at the end. */
  url: string;
  gateway: Awaited<ReturnType<typeof createGateway>>;
  worker: INestApplicationContext | null;
  /** A connection as the owner of the tables, whom no policy holds. */
  owner: Client;
  databaseUrl: string;
  /** The settings of both, for whatever else must fit them. */
  env: Record<string, string>;
  /** Everything that was logged, one JSON line each. */
  log: string[];
  /** Ends both and removes the database. */
  close(): Promise<void>;
}

/** How a Parley is started. */
export interface BootOptions {
  /** Where the queue lives. Default: PostgreSQL. */
  queue?: 'postgres' | 'redis';
  /** Without a worker nothing is answered. Default: with one. */
  hasWorker?: boolean;
  /** More settings, as environment variables. */
  env?: Record<string, string>;
}

/** The queues that this machine can run: in CI always both. */
export function queuesHere(): readonly ('postgres' | 'redis')[] {
  return inject('redisUrl') === undefined ? ['postgres'] : ['postgres', 'redis'];
}

/** Starts a gateway on a free port, and a worker. */
export async function boot(options: BootOptions = {}): Promise<Booted> {
  const database = await copyTemplate();
  const log: string[] = [];
  const destination = { write: (line: string) => void log.push(line) };
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-'));
  const env: Record<string, string> = {
    DATABASE_URL: database.url,
    PARLEY_DATA_DIR: folder,
    PARLEY_SECRET_KEY: randomBytes(32).toString('base64'),
    PARLEY_HOST: '127.0.0.1',
    PARLEY_PORT: '0',
    PARLEY_SWEEP_EVERY: '200ms',
    PARLEY_EGRESS_ALLOW: '127.0.0.0/8',
    ...(options.queue === 'redis' && { REDIS_URL: inject('redisUrl') ?? '' }),
    ...options.env,
  };
  const logger = (app: string): Logger => Logger.create({ app, level: 'info', destination });
  const gateway = await createGateway(parseGatewayConfig(env), {
    logger: logger('gateway'),
    metrics: new Metrics('gateway'),
  });
  const worker = options.hasWorker === false ? null : await startWorker(env, logger('worker'));
  await gateway.listen(0, '127.0.0.1');
  return {
    url: await gateway.getUrl(),
    gateway,
    worker,
    owner: database.owner,
    databaseUrl: database.url,
    env,
    log,
    async close() {
      await gateway.close();
      await worker?.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startWorker(env: Record<string, string>, logger: Logger): Promise<INestApplicationContext> {
  const { createWorker } = await import('../../apps/worker/src/app.js');
  return createWorker(parseWorkerConfig(env), { logger, metrics: new Metrics('worker') });
}

async function copyTemplate(): Promise<{ url: string; owner: Client; drop: () => Promise<void> }> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const admin = new Client({ connectionString: inject('adminUrl') });
  await admin.connect();
  await admin.query(`create database ${name} template parley_template`);
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${name}`;
  const owner = new Client({ connectionString: url.href });
  await owner.connect();
  const drop = async (): Promise<void> => {
    await owner.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  };
  return { url: url.href, owner, drop };
}

/** Makes an API key for a workspace; without scopes it has all of them. */
export async function keyFor(
  booted: Booted,
  workspaceId: WorkspaceId,
  scopes: readonly Scope[] = Scope.options,
): Promise<string> {
  const input = { name: 'test', scopes, expiresAt: null, actor: 'system' as const };
  return (await booted.gateway.get(KeyService).create(workspaceId, input)).key;
}

/** A workspace with what a test needs in it. */
export interface TestWorkspace {
  workspaceId: WorkspaceId;
  /** A key with every scope. */
  key: string;
  /** Greets, answers `hours` by a rule, and says that a person will answer the rest. */
  botId: BotId;
  /** A web chat, answered by the bot. */
  channelId: ChannelId;
}

/** A bot that greets, knows one answer, and has words for the rest. */
export const testBot = BotDefinition.parse({
  persona: { name: 'Ada' },
  greeting: [
    {
      type: 'choices',
      text: 'Hello! What would you like to know?',
      options: [
        { id: 'hours', label: 'Opening hours' },
        { id: 'person', label: 'Talk to a person' },
      ],
    },
  ],
  rules: [
    { id: 'hours', when: { option: 'hours' }, reply: [{ type: 'text', text: 'We are open **9 to 5**.' }] },
    { id: 'hours-said', when: { words: ['open'] }, reply: [{ type: 'text', text: 'From nine to five.' }] },
  ],
  fallback: [{ type: 'text', text: 'A person will answer.' }],
});

/** Makes a workspace with a bot, a web channel and a key. */
export async function makeWorkspace(booted: Booted, name = 'Test'): Promise<TestWorkspace> {
  const { gateway } = booted;
  const actor = 'system';
  const { workspaceId } = await gateway.get(Workspaces).create({ name, actor });
  const bot = await gateway.get(Bots).create(workspaceId, { name: 'Ada', definition: testBot, actor });
  const key = await keyFor(booted, workspaceId);
  const web = connectorOf('web');
  const settings = parseSettings(web, withGenerated(web, {})) as Record<string, unknown>;
  const channel = await gateway.get(Channels).create(workspaceId, {
    connector: 'web',
    name: 'Chat',
    botId: bot.id,
    settings,
    secrets: web.manifest.secrets.map(String),
    pacing: web.manifest.pacing(settings),
    actor,
  });
  return { workspaceId, key, botId: bot.id, channelId: channel.id };
}

/** A caller of the API: fetches a path with a key, and reads the JSON of the answer. */
export interface Api {
  (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
}

/** One answer of the API. */
export interface ApiAnswer {
  status: number;
  headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look at what the documents hold; the contract test checks their schemas
  body: any;
}

/** Calls the API of a gateway with a key or a token. */
export function apiOf({ url }: Pick<Booted, 'url'>, key: string | null): Api {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = text !== '' && (answer.headers.get('content-type') ?? '').includes('json');
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  };
}
