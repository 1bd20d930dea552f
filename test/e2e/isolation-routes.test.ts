import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idPrefixes, newId, type Role } from '#libs/model';
import { Database } from '#libs/store';
import {
  apiOf,
  boot,
  makeWorkspace,
  type Api,
  type ApiAnswer,
  type Booted,
  type TestWorkspace,
} from '../support/boot.js';
import { memberOf } from '../support/signed-in.js';
import { stripFilters } from '../support/filterless-database.js';
import { stock } from '../support/stock.js';
import { printOf } from '../support/database-print.js';

interface Operation {
  method: string;
  path: string;
  /** An example, with ids that end in zeros. */
  body: unknown;
}

/** One who calls from a workspace, in one of the ways that there are. */
type Caller = Api;

interface Side extends TestWorkspace {
  /** One of everything, by the prefix of its id. */
  ids: Record<string, string>;
  callers: Record<string, Caller>;
}

const ROLES: readonly Role[] = ['owner', 'admin', 'operator', 'bot-author', 'viewer', 'custom'];
const ZEROS = /\b([a-z]+)_01jd0{22}\b/g;

/** The kind of identifier that the paths of a noun take. */
const KINDS: Readonly<Record<string, keyof typeof idPrefixes>> = {
  'api-keys': 'apiKey',
  approvals: 'approval',
  'bot-proposals': 'botProposal',
  bots: 'bot',
  'canned-replies': 'cannedReply',
  channels: 'channel',
  'contact-merges': 'contactMerge',
  contacts: 'contact',
  conversations: 'conversation',
  exports: 'export',
  'dead-letters': 'delivery',
  identities: 'identity',
  invitations: 'invitation',
  'knowledge-bases': 'knowledgeBase',
  'knowledge-gaps': 'knowledgeGap',
  'knowledge-sources': 'knowledgeSource',
  labels: 'label',
  members: 'member',
  messages: 'message',
  notes: 'note',
  'oauth-clients': 'oauthClient',
  'send-batches': 'sendBatch',
  sends: 'send',
  sessions: 'session',
  triggers: 'trigger',
  'visitor-keys': 'visitorKey',
  'webhook-deliveries': 'webhookDelivery',
  'webhook-endpoints': 'webhookEndpoint',
};
const kindOf = (path: string) => KINDS[path.split('/')[2] ?? ''];

let booted: Booted;
let ours: Side;
let theirs: Side;
let operations: Operation[];

beforeAll(async () => {
  const none = Object.fromEntries(
    ['KEY', 'WORKSPACE', 'CHANNEL', 'SESSION', 'DOOR'].map((name) => [`PARLEY_LIMIT_${name}`, 'none']),
  );
  booted = await boot({ hasWorker: false, env: none });
  operations = await describedOperations();
  ours = await sideOf('Ours');
  theirs = await sideOf('Theirs');
}, 120_000);
afterAll(() => booted?.close());

async function describedOperations(): Promise<Operation[]> {
  const { body } = await apiOf(booted, null)('GET', '/openapi.json');
  interface Described {
    requestBody?: {
      content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>;
    };
    responses: Record<string, { content?: Record<string, unknown> }>;
  }
  const paths = Object.entries(body.paths as Record<string, Record<string, Described>>);
  return paths.flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([name, { requestBody, responses }]) => {
      const isStream = 'text/event-stream' in (responses['200']?.content ?? {});
      // Of a whole workspace: it has no identifier, and no end.
      if (!isOurs(name, path) || (name === 'get' && isStream && !path.includes('{id}'))) return [];
      const json = requestBody?.content['application/json'];
      const example = json?.example ?? Object.values(json?.examples ?? {})[0]?.value;
      return [{ method: name.toUpperCase(), path, body: example }];
    }),
  );
}

/**
 * Routes of visitors and of people themselves name no workspace, and a trigger is fired with a signature:
 * test/e2e/widget.test.ts, test/e2e/log-in.test.ts, test/e2e/api-triggers.test.ts.
 */
function isOurs(method: string, path: string): boolean {
  if (method === 'post' && path === '/v1/triggers/{id}') return false;
  return path.startsWith('/v1/') && !path.startsWith('/v1/widget/') && !path.startsWith('/v1/auth/');
}

async function sideOf(name: string): Promise<Side> {
  const home = await makeWorkspace(booted, name);
  const api = apiOf(booted, home.key);
  const stocked = await stock(booted, home);
  const guest = await api('POST', '/v1/invitations', { email: `guest@${name}.example`, role: 'viewer' });
  const client = await api('POST', '/v1/oauth-clients', { name, scopes: ['bots:read', 'contacts:write'] });
  const visitorKey = await api('POST', `/v1/channels/${home.channelId}/visitor-keys`, { algorithm: 'HS256' });
  const exported = await api('POST', '/v1/exports', {});
  const dead = newId('delivery');
  const callers: Record<string, Caller> = { 'API key': api };
  for (const role of ROLES) {
    const permissions = role === 'custom' ? (['contacts:read', 'members:read'] as const) : undefined;
    callers[role] = await memberOf(
      booted,
      home.workspaceId,
      role,
      `${role}-${name.toLowerCase()}`,
      permissions,
    );
  }
  callers['OAuth client'] = apiOf(booted, await tokenOf(client.body));
  const { scopes } = (await api('GET', '/v1/me')).body;
  const test = await api('POST', '/v1/api-keys', { name: 'test', scopes, is_test: true });
  callers['test key'] = apiOf(booted, test.body.key);
  const { data } = (await api('GET', '/v1/members')).body;
  const ids = Object.fromEntries(Object.entries(stocked.ids).map(([prefix, [id = '']]) => [prefix, id]));
  return {
    ...home,
    callers,
    ids: {
      ...ids,
      [idPrefixes.export]: exported.body.id,
      [idPrefixes.invitation]: guest.body.id,
      [idPrefixes.oauthClient]: client.body.id,
      [idPrefixes.visitorKey]: visitorKey.body.id,
      [idPrefixes.member]: data.find((one: { role: string }) => one.role === 'viewer').id,
      [idPrefixes.delivery]: dead,
    },
  };
}

async function tokenOf({
  id,
  client_secret: secret,
}: {
  id: string;
  client_secret: string;
}): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: id,
    client_secret: secret,
  });
  const answer = await fetch(`${booted.url}/oauth/token`, { method: 'POST', body: form });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Sends an operation with the ids of a side in its path and its body. */
function send(
  caller: Caller,
  { method, path, body }: Operation,
  pathId: string,
  ids: Side['ids'],
): Promise<ApiAnswer> {
  const at = path
    .replace('{id}', pathId)
    .replace('{version}', '1')
    .replaceAll(/\{\w+\}/g, 'x');
  const text = body === undefined ? undefined : JSON.stringify(body);
  const filled = text?.replaceAll(ZEROS, (whole, prefix: string) => ids[prefix] ?? whole);
  return caller(method, at, filled === undefined ? undefined : JSON.parse(filled));
}

const ends = (answer: ApiAnswer): string => `${answer.status} ${answer.body?.code ?? ''}`.trim();

/** The request log says what a side asked for, and these attacks name what is not theirs. */
const withoutOwnPaths = (name: string, value: unknown): unknown => (name === 'path' ? undefined : value);

/** Asks one side about everything of the other. @returns answers by how they ended */
async function attack(from: Side, of: Side): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const secrets = Object.values(of.ids);
  for (const operation of operations) {
    const kind = kindOf(operation.path);
    const hasId = operation.path.includes('{id}');
    const foreign = kind ? of.ids[idPrefixes[kind]] : undefined;
    for (const [name, caller] of Object.entries(from.callers)) {
      const what = `${name}: ${operation.method} ${operation.path}`;
      const answer = await send(caller, operation, foreign ?? newId('request'), of.ids);
      const end = ends(answer);
      counts.set(end, (counts.get(end) ?? 0) + 1);
      expect(answer.status, `${what} ${end}`).toBeLessThan(500);
      const shown = JSON.stringify(answer.body, withoutOwnPaths);
      // What was sent may come back in a word about itself; what was not known may not.
      if (answer.status < 300)
        for (const id of secrets) expect(shown.includes(id), `${what} ${id}`).toBe(false);
      if (!hasId) continue;
      expect(['404 state/not-found', '403 access/insufficient-scope', '403 access/test-key'], what).toContain(
        end,
      );
      if (answer.status !== 404 || !kind || !['owner', 'API key'].includes(name)) continue;
      const unknown = await send(caller, operation, newId(kind), of.ids);
      counts.set('same as unknown', (counts.get('same as unknown') ?? 0) + 1);
      expect([unknown.status, unknown.body.title, unknown.body.detail], what).toEqual([
        answer.status,
        answer.body.title,
        answer.body.detail,
      ]);
    }
  }
  return counts;
}

describe('every route × identifier × two workspaces × roles', () => {
  it('knows every identifier that a path can take', () => {
    const unknown = operations
      .filter(({ path }) => path.includes('{id}') && !kindOf(path))
      .map(({ path }) => path);
    expect([...new Set(unknown)]).toEqual([]);
    expect(operations.length).toBeGreaterThan(90);
  });

  it('has something to find: with its own ids, each side is answered', async () => {
    for (const side of [ours, theirs]) {
      const reads = operations.filter(
        ({ method, path }) => method === 'GET' && path.includes('{id}') && kindOf(path),
      );
      const found: string[] = [];
      for (const operation of reads) {
        // A stream has no end, nothing is dead, a web chat holds no connection, and no worker answers or makes the archive.
        if (/stream$|dead-letters|connection$|download$|trace$/.test(operation.path)) continue;
        const id = side.ids[idPrefixes[kindOf(operation.path)!]]!;
        const answer = await send(side.callers['owner']!, operation, id, side.ids);
        if (answer.status === 404) found.push(`${operation.path} ${id}`);
      }
      expect(found).toEqual([]);
    }
  });

  it('shows and changes nothing of the other workspace', async () => {
    await crossfire('with the filters of the application');
  }, 900_000);

  it('shows and changes nothing of it with the filters of the application taken out', async () => {
    const removed = stripFilters(booted.gateway.get(Database));
    await crossfire('with row-level security alone');
    console.log(`conditions taken out: ${removed()}`);
    expect(removed()).toBeGreaterThan(500);
  }, 900_000);
});

async function crossfire(how: string): Promise<void> {
  for (const [from, of] of [
    [ours, theirs],
    [theirs, ours],
  ] as const) {
    const before = await printOf(booted.owner, of.workspaceId);
    const counts = await attack(from, of);
    expect(await printOf(booted.owner, of.workspaceId)).toEqual(before);
    const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
    console.log(
      `${how}: ${operations.length} routes, ${Object.keys(from.callers).length} callers, ${total} requests:`,
      Object.fromEntries([...counts].sort(([, a], [, b]) => b - a)),
    );
  }
}
