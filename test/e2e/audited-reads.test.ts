import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { idPrefixes, type IdKind } from '#libs/model';
import { AuditLog } from '#libs/store';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { type DescribedOperation, documentChecker } from '../support/document-checker.js';
import { readEvents } from '../support/read-events.js';
import { prefixOf, stock } from '../support/stock.js';
import { until } from '../support/until.js';

/** What somebody said: wherever it is shown, a line must tell who was shown it. */
const CANARY = 'wordsthatapersonsaid';

// Every route that reads is asked.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let reads: DescribedOperation[];
let ids: Record<string, readonly string[]>;

beforeAll(async () => {
  booted = await boot();
  home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
  const filled = await stock(booted, home);
  const session = (await api('POST', '/v1/sessions', { contact: { name: 'Kim' } })).body;
  const body = { session_id: session.id, text: `I need ${CANARY} a person` };
  const { message } = (await api('POST', '/v1/messages', body)).body;
  // Said last, so that lists show it.
  await api('POST', `/v1/conversations/${session.conversation_id}/messages`, { text: `${CANARY}!` });
  const own: Partial<Record<IdKind, string>> = {
    session: session.id,
    conversation: session.conversation_id,
    contact: session.contact_id,
    message: message.id,
    channel: home.channelId,
  };
  const found = Object.entries(own).map(([kind, id]) => [idPrefixes[kind as IdKind], [id]] as const);
  ids = { ...filled.ids, ...Object.fromEntries(found) };
  const { operations } = documentChecker((await apiOf(booted, null)('GET', '/openapi.json')).body);
  reads = operations.filter(
    ({ method, path, isVisitors }) => method === 'GET' && path.startsWith('/v1/') && !isVisitors,
  );
});
afterAll(() => booted?.close());

const isStream = ({ responses }: DescribedOperation): boolean =>
  Object.keys(responses['200']?.['content'] ?? {}).includes('text/event-stream');

/** Queries without which a route shows nothing. */
const queries: Readonly<Record<string, string>> = {
  '/v1/search': `?q=${CANARY}`,
  '/v1/stream': '?after=0',
  '/v1/conversations/{id}/stream': '?after=0',
  '/v1/inbox/stream': `?after=${Date.now() - 60_000}`,
};

function pathOf({ path }: DescribedOperation): string {
  const id = ids[prefixOf(path)]?.[0] ?? 'x';
  return `${path.replace('{id}', id).replaceAll(/\{\w+\}/g, 'x')}${queries[path] ?? ''}`;
}

async function lines(): Promise<number> {
  const newest = await booted.gateway.get(AuditLog).list(home.workspaceId, { limit: 1, order: 'desc' }, {});
  return newest.data[0]?.seq ?? 0;
}

describe('what people said', () => {
  it('is shown by no route without a line in the audit log', async () => {
    const shown: string[] = [];
    const untold: string[] = [];
    for (const operation of reads.filter((one) => !isStream(one))) {
      const before = await lines();
      const { body } = await api('GET', pathOf(operation));
      if (!JSON.stringify(body).includes(CANARY)) continue;
      shown.push(operation.path);
      if ((await lines()) === before) untold.push(operation.path);
    }
    expect(untold).toEqual([]);
    // The search for them finds them at all.
    expect(shown).toEqual(
      expect.arrayContaining([
        '/v1/conversations/{id}/messages',
        '/v1/messages/{id}',
        '/v1/inbox',
        '/v1/search',
        '/v1/events',
        '/v1/channels/{id}/activity',
        '/v1/conversations/{id}/handover',
        '/v1/contacts/{id}/export',
      ]),
    );
  });

  it('is streamed by no route without one', async () => {
    const told: Record<string, boolean> = {};
    for (const operation of reads.filter(isStream)) {
      const before = await lines();
      const headers = { authorization: `Bearer ${home.key}` };
      const reader = await readEvents(`${booted.url}${pathOf(operation)}`, { headers });
      if (operation.path !== '/v1/channels/{id}/stream') {
        await until('it is heard', () => JSON.stringify(reader.events).includes(CANARY));
      }
      reader.stop();
      told[operation.path] = (await lines()) > before;
    }
    expect(told).toEqual({
      // How a channel is: it shows what nobody said.
      '/v1/channels/{id}/stream': false,
      '/v1/conversations/{id}/stream': true,
      '/v1/inbox/stream': true,
      '/v1/stream': true,
    });
  });
});
