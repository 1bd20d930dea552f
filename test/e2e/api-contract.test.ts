import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { isFaultCode, Problem, problemContentType } from '#libs/faults';
import { idPrefixes, newId, type IdKind } from '#libs/model';
import {
  apiOf,
  boot,
  keyFor,
  makeWorkspace,
  type Api,
  type ApiAnswer,
  type Booted,
  type TestWorkspace,
} from '../support/boot.js';
import { browserOf } from '../support/signed-in.js';
import { Approvals, KnowledgeIndex } from '#libs/store';
import { printOf } from '../support/database-print.js';

interface Operation {
  path: string;
  method: string;
  hasBody: boolean;
  /** The first example of the description. */
  example: unknown;
  isVisitors: boolean;
}

// Each test asks every route, some of them several times.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let booted: Booted;
let home: TestWorkspace;
let stranger: TestWorkspace;
let api: Api;
let operations: Operation[];
/** Ids of things of another workspace, by the noun in the path. */
let foreign: Record<string, string>;

interface Content {
  examples?: Record<string, { value: unknown }>;
}
interface Document {
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, Content> } }>>;
  webhooks: Record<string, object>;
  components: { schemas: Record<string, object> };
}
let document: Document;

beforeAll(async () => {
  booted = await boot({ hasWorker: false, env: { PARLEY_BODY_MAX: '20kB' } });
  home = await makeWorkspace(booted, 'Home');
  stranger = await makeWorkspace(booted, 'Stranger');
  api = apiOf(booted, home.key);
  document = (await api('GET', '/openapi.json')).body as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => ({
      path,
      method: method.toUpperCase(),
      // Where the body is a file, anything is one: test/e2e/media.test.ts.
      hasBody: requestBody !== undefined && 'application/json' in requestBody.content,
      example: Object.values(requestBody?.content['application/json']?.examples ?? {})[0]?.value,
      isVisitors: path.startsWith('/v1/widget/') && path !== '/v1/widget/sessions',
    })),
  );
  foreign = await thingsOf(stranger);
});
afterAll(() => booted?.close());

async function thingsOf(workspace: TestWorkspace): Promise<Record<string, string>> {
  const theirs = apiOf(booted, workspace.key);
  const hook = { url: 'https://127.0.0.1:1/' };
  const endpoint = (await theirs('POST', '/v1/webhook-endpoints', hook)).body;
  const delivery = (await theirs('POST', `/v1/webhook-endpoints/${endpoint.id}/test`)).body;
  const session = (await theirs('POST', '/v1/sessions', {})).body;
  const said = { session_id: session.id, text: 'theirs', respond: 'async' };
  const message = (await theirs('POST', '/v1/messages', said)).body;
  const contact = (
    await theirs('POST', '/v1/contacts', { identities: [{ kind: 'email', value: 'x@y.example' }] })
  ).body;
  const twin = (await theirs('POST', '/v1/contacts', {})).body;
  const merge = (await theirs('POST', `/v1/contacts/${contact.id}/merge`, { contact_id: twin.id })).body;
  const later = {
    text: 'x',
    channels: [{ channel_id: workspace.channelId }],
    send_at: '2099-01-01T00:00:00Z',
  };
  const send = (await theirs('POST', '/v1/sends', { ...later, contact_id: contact.id })).body;
  const batch = (await theirs('POST', '/v1/send-batches', { ...later, to: [{ contact_id: contact.id }] }))
    .body;
  const held = (await theirs('GET', '/v1/api-keys')).body;
  const person = { email: 'them@example.com', name: 'T', password: 'their password', role: 'viewer' };
  const action = { kind: 'send', to: { contact_id: contact.id }, text: 'x' };
  const trigger = await theirs('POST', '/v1/triggers', { name: 'x', action });
  const exported = await theirs('POST', '/v1/exports', {});
  const member = await theirs('POST', '/v1/members', person);
  const invitation = await theirs('POST', '/v1/invitations', { email: 'guest@example.com', role: 'viewer' });
  const client = await theirs('POST', '/v1/oauth-clients', { name: 'x', scopes: ['bots:read'] });
  const visitorKey = await theirs('POST', `/v1/channels/${workspace.channelId}/visitor-keys`, {
    algorithm: 'HS256',
  });
  const approvals = booted.gateway.get(Approvals);
  const question = { callId: 'c', tool: 'x', input: {}, expiresAt: new Date(Date.now() + 60_000) };
  await approvals.ask(workspace.workspaceId, session.conversation_id, [question]);
  const asked = await approvals.list(workspace.workspaceId, { limit: 1, order: 'asc' });
  const base = (await theirs('POST', '/v1/knowledge-bases', { name: 'theirs' })).body.id;
  const rows = { kind: 'rows', title: 'theirs' };
  const source = (await theirs('POST', `/v1/knowledge-bases/${base}/sources`, rows)).body.id;
  const lesson = { text: 'theirs', answer: 'x' };
  const proposal = (await theirs('POST', `/v1/bots/${workspace.botId}/proposals`, lesson)).body;
  const gapId = newId('knowledgeGap');
  const gap = { gapId, botId: workspace.botId, words: 'x', example: 'x', language: null };
  await booted.gateway
    .get(KnowledgeIndex)
    .miss(workspace.workspaceId, { ...gap, messageId: newId('message') });
  const label = (await theirs('POST', '/v1/labels', { name: 'theirs' })).body.id;
  const kept = { shortcut: 'x', title: 'x', text: 'x' };
  const canned = (await theirs('POST', '/v1/canned-replies', kept)).body.id;
  const at = `/v1/conversations/${session.conversation_id}/notes`;
  const note = (await theirs('POST', at, { text: 'theirs' })).body.id;
  return {
    labels: label,
    'canned-replies': canned,
    notes: note,
    'knowledge-bases': base,
    'knowledge-sources': source,
    'knowledge-gaps': gapId,
    approvals: asked.data[0]!.approvalId,
    'api-keys': held.data[0].id,
    members: member.body.id,
    triggers: trigger.body.id,
    exports: exported.body.id,
    invitations: invitation.body.id,
    'oauth-clients': client.body.id,
    'visitor-keys': visitorKey.body.id,
    sends: send.id,
    'send-batches': batch.id,
    channels: workspace.channelId,
    contacts: contact.id,
    identities: contact.identities[0].id,
    'contact-merges': merge.id,
    bots: workspace.botId,
    'bot-proposals': proposal.id,
    sessions: session.id,
    conversations: session.conversation_id,
    messages: message.event_id.replace('inb_', 'msg_'),
    'dead-letters': message.event_id,
    'webhook-endpoints': endpoint.id,
    'webhook-deliveries': delivery.id,
  };
}

const kindOf: Record<string, IdKind> = {
  labels: 'label',
  'canned-replies': 'cannedReply',
  notes: 'note',
  'knowledge-bases': 'knowledgeBase',
  'knowledge-sources': 'knowledgeSource',
  'knowledge-gaps': 'knowledgeGap',
  approvals: 'approval',
  channels: 'channel',
  bots: 'bot',
  'bot-proposals': 'botProposal',
  sessions: 'session',
  'api-keys': 'apiKey',
  members: 'member',
  triggers: 'trigger',
  exports: 'export',
  invitations: 'invitation',
  'oauth-clients': 'oauthClient',
  'visitor-keys': 'visitorKey',
  sends: 'send',
  'send-batches': 'sendBatch',
  contacts: 'contact',
  identities: 'identity',
  'contact-merges': 'contactMerge',
  conversations: 'conversation',
  messages: 'message',
  'dead-letters': 'delivery',
  'webhook-endpoints': 'webhookEndpoint',
  'webhook-deliveries': 'webhookDelivery',
};
const nounOf = (path: string): string => path.replace('/v1/widget/', '/v1/').split('/')[2] ?? '';
const withId = (path: string, id: string): string => path.replace('{id}', id).replace('{version}', '1');
const anyPath = ({ path }: Operation): string => withId(path, newId(kindOf[nounOf(path)] ?? 'request'));

/** Doors through which people come in; behind them their session is asked for, and no scope. */
const DOORS = ['sign-in', 'second-factor', 'set-up', 'accept-invitation'].map((door) => `/v1/auth/${door}`);
const isPersons = ({ path }: Operation): boolean => path.startsWith('/v1/auth/');
/** With a signature of its own: test/e2e/api-triggers.test.ts. */
const isFired = ({ path, method }: Operation): boolean => method === 'POST' && path === '/v1/triggers/{id}';
const isOpen = ({ path, method }: Operation): boolean =>
  (method === 'POST' && path === '/v1/triggers/{id}') ||
  !path.startsWith('/v1/') ||
  path === '/v1/widget/sessions' ||
  DOORS.includes(path);

function expectProblem(answer: ApiAnswer, status: number, code: string, what: string): void {
  expect(`${what}: ${answer.status} ${answer.body.code}`).toBe(`${what}: ${status} ${code}`);
  expect(answer.headers.get('content-type')).toContain(problemContentType);
  const problem = Problem.parse(answer.body);
  expect(isFaultCode(problem.code)).toBe(true);
  expect(problem.request_id).toBe(answer.headers.get('request-id'));
}

/** Runs something that must not change the database. */
async function changingNothing(work: () => Promise<void>): Promise<void> {
  const before = await printOf(booted.owner);
  await work();
  expect(await printOf(booted.owner)).toEqual(before);
}

async function forEach(
  chosen: (operation: Operation) => boolean,
  work: (operation: Operation, what: string) => Promise<void>,
): Promise<void> {
  const all = operations.filter(chosen);
  expect(all.length).toBeGreaterThan(0);
  await changingNothing(async () => {
    for (const operation of all) await work(operation, `${operation.method} ${operation.path}`);
  });
}

describe('every route', () => {
  it('is described, with every way to call it', () => {
    expect(operations.length).toBeGreaterThan(25);
    expect(document).toMatchObject({ openapi: '3.1.0' });
  });

  it('asks for credentials, and refuses bad ones without saying why', () =>
    forEach(
      (operation) => !isOpen(operation),
      async (operation, what) => {
        const none = await apiOf(booted, null)(operation.method, anyPath(operation));
        expectProblem(none, 401, 'access/missing-credentials', what);
        expect(none.headers.get('www-authenticate')).toContain('Bearer');
        for (const key of ['nonsense', `${home.key}x`, `${newId('session')}.a.b.c`]) {
          const bad = await apiOf(booted, key)(operation.method, anyPath(operation));
          expectProblem(bad, 401, 'access/invalid-api-key', what);
        }
      },
    ));

  it('asks for its scope', async () => {
    const powerless = apiOf(booted, await keyFor(booted, home.workspaceId, []));
    await forEach(
      (operation) =>
        !isOpen(operation) && !isPersons(operation) && !operation.isVisitors && operation.path !== '/v1/me',
      async (operation, what) => {
        const answer = await powerless(operation.method, anyPath(operation));
        expectProblem(answer, 403, 'access/insufficient-scope', what);
        expect(answer.headers.get('www-authenticate'), what).toMatch(
          /^Bearer realm="parley", error="insufficient_scope", scope="[a-z:-]+( [a-z:-]+)*"$/,
        );
      },
    );
  });

  it('names the methods that it takes', () =>
    forEach(
      () => true,
      async (operation, what) => {
        const taken = Object.keys(document.paths[operation.path] ?? {}).map((name) => name.toUpperCase());
        const other = ['PUT', 'PATCH', 'DELETE', 'POST'].find((method) => !taken.includes(method)) ?? '';
        const answer = await api(other, anyPath(operation));
        expectProblem(answer, 405, 'input/method-not-allowed', what);
        expect(answer.headers.get('allow')?.split(', ')).toContain(operation.method);
      },
    ));

  it('refuses to answer with a type that it does not have', () =>
    forEach(
      ({ path }) => path.startsWith('/v1/'),
      async (operation, what) => {
        const answer = await api(operation.method, anyPath(operation), undefined, {
          accept: 'text/x-nothing',
        });
        expectProblem(answer, 406, 'input/not-acceptable', what);
      },
    ));

  it('knows nothing of what does not exist, is malformed, or belongs to another workspace', async () => {
    const asVisitor = apiOf(booted, (await visitor()).client_token);
    await forEach(
      // Who has a link to a file needs nothing else, and who has none learns nothing: test/e2e/media.test.ts.
      (operation) =>
        operation.path.includes('{id}') &&
        operation.path !== '/media/{id}' &&
        !isPersons(operation) &&
        !isFired(operation),
      async ({ path, method, hasBody, example, isVisitors }, what) => {
        const caller = isVisitors ? asVisitor : api;
        const theirs = foreign[nounOf(path)];
        expect(theirs, nounOf(path)).toBeDefined();
        const ids = [newId(kindOf[nounOf(path)]!), theirs!, newId('request'), 'x', `${idPrefixes.bot}_`];
        const body = hasBody ? example : undefined;
        const answers = [];
        for (const id of ids) answers.push(await caller(method, withId(path, id), body));
        for (const answer of answers) expectProblem(answer, 404, 'state/not-found', what);
        // The same words for all: nobody learns that an id exists elsewhere.
        const words = answers.slice(0, 2).map(({ body: { detail, title } }) => `${title} ${detail}`);
        expect(new Set(words).size).toBe(1);
      },
    );
  });

  it('refuses bodies that are malformed, oversized, of another type, or not what its schema says', async () => {
    const { client_token: token, conversation_id: conversationId } = await visitor();
    const hook = { url: 'https://127.0.0.1:1/', types: ['turn.failed'] };
    const { id: contactId } = (await api('POST', '/v1/contacts', {})).body;
    const { api_key_id: ownKeyId } = (await api('GET', '/v1/me')).body;
    const { id: hookId } = (await api('POST', '/v1/webhook-endpoints', hook)).body;
    await forEach(
      (operation) => operation.hasBody && !isFired(operation) && (!isPersons(operation) || isOpen(operation)),
      async ({ path, method, isVisitors }, what) => {
        const caller = isVisitors ? apiOf(booted, token) : api;
        const ours: Record<string, string> = {
          approvals: newId('approval'),
          'canned-replies': newId('cannedReply'),
          labels: newId('label'),
          bots: home.botId,
          'bot-proposals': newId('botProposal'),
          contacts: contactId,
          'api-keys': ownKeyId,
          conversations: conversationId,
          'webhook-endpoints': hookId,
        };
        if (nounOf(path).startsWith('knowledge-')) ours[nounOf(path)] = newId(kindOf[nounOf(path)]!);
        const kind = kindOf[nounOf(path)];
        const at = withId(
          path,
          ours[nounOf(path)] ?? (kind === 'channel' || !kind ? home.channelId : newId(kind)),
        );
        expectProblem(await caller(method, at, '{"text":'), 400, 'input/malformed-json', what);
        const large = JSON.stringify({ text: 'x'.repeat(30_000) });
        expectProblem(await caller(method, at, large), 413, 'input/too-large', what);
        const plain = await caller(method, at, 'text', { 'content-type': 'text/plain' });
        expectProblem(plain, 415, 'input/unsupported-media-type', what);
        const poisoned = await caller(method, at, '{"__proto__":{"admin":true}}');
        expectProblem(poisoned, 400, 'input/malformed-json', what);
        const typo = await caller(method, at, { no_such_field: 1 });
        expectProblem(typo, 422, 'input/invalid', what);
        expect(typo.body.errors.length).toBeGreaterThan(0);
        for (const body of ['null', '[]', '"x"']) {
          expect((await caller(method, at, body)).status, `${what} ${body}`).toBe(422);
        }
      },
    );
  });

  it('refuses queries that its schema does not know', () =>
    forEach(
      ({ path, method, isVisitors }) =>
        method === 'GET' &&
        !path.includes('{id}') &&
        !isVisitors &&
        !path.startsWith('/v1/auth/') &&
        path.endsWith('s') &&
        path !== '/metrics',
      async ({ path }, what) => {
        if (['/v1/channel-types', '/v1/event-types', '/v1/inbox/counts', '/v1/operators'].includes(path))
          return;
        expectProblem(await api('GET', `${path}?limit=1000`), 422, 'input/invalid', what);
        expectProblem(await api('GET', `${path}?limt=1`), 422, 'input/invalid', what);
        // A position of the log is a number, and anything else no cursor at all.
        if (path === '/v1/events') return;
        expectProblem(await api('GET', `${path}?cursor=abc`), 400, 'input/invalid-cursor', what);
      },
    ));
});

async function visitor(): Promise<{ client_token: string; conversation_id: string; id: string }> {
  return (await api('POST', '/v1/sessions', {})).body;
}

describe('what is answered', () => {
  /** A schema of the document, by the name of its component. */
  const schema = (name: string): z.ZodType => {
    const text = JSON.stringify({ $ref: `#/$defs/${name}`, $defs: document.components.schemas });
    return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
  };
  const expectShape = ({ status, body }: ApiAnswer, expected: number, name: string): void => {
    expect(status, JSON.stringify(body)).toBe(expected);
    const parsed = schema(name).safeParse(body);
    expect(parsed.error?.issues ?? [], name).toEqual([]);
  };

  it('is what the document says', async () => {
    const { id, conversation_id, client_token } = await visitor();
    const widget = apiOf(booted, client_token);
    expectShape(await api('GET', '/v1/me'), 200, 'Me');
    expectShape(await api('GET', `/v1/sessions/${id}`), 200, 'Session');
    const said = { session_id: id, text: 'hi', respond: 'async' };
    expectShape(await api('POST', '/v1/messages', said), 202, 'MessageAnswer');
    expectShape(await api('GET', '/v1/conversations'), 200, 'ConversationList');
    expectShape(await api('GET', `/v1/conversations/${conversation_id}`), 200, 'Conversation');
    const messages = await api('GET', `/v1/conversations/${conversation_id}/messages`);
    expectShape(messages, 200, 'MessageList');
    const at = `/v1/conversations/${conversation_id}/messages`;
    expectShape(await api('POST', at, { text: 'x', dry_run: true }), 200, 'DryRunResult');
    expectShape(await api('POST', at, { text: 'x' }), 202, 'Message');
    const here = `/v1/conversations/${conversation_id}`;
    expectShape(await api('POST', `${here}/control`, { to: 'queue' }), 200, 'Conversation');
    expectShape(await api('POST', `${here}/offers`, { operators: ['x', 'y'] }), 200, 'OfferList');
    expectShape(await api('GET', `${here}/offers`), 200, 'OfferList');
    expectShape(await api('GET', `${here}/handover`), 200, 'Handover');
    const [greeting] = messages.body.data;
    expectShape(await api('GET', `/v1/messages/${greeting.id}`), 200, 'Message');
    expectShape(await api('GET', `/v1/messages/${greeting.id}/timeline`), 200, 'Timeline');
    expectShape(await api('GET', '/v1/channels'), 200, 'ChannelList');
    expectShape(await api('GET', `/v1/channels/${home.channelId}`), 200, 'Channel');
    expectShape(await api('POST', `/v1/channels/${home.channelId}/check`), 200, 'ChannelCheck');
    expectShape(await api('GET', '/v1/channel-types'), 200, 'ChannelTypeList');
    expectShape(await api('GET', '/v1/bots'), 200, 'BotList');
    expectShape(await api('GET', `/v1/bots/${home.botId}`), 200, 'Bot');
    for (const kind of ['delivery', 'inbox_event']) {
      expectShape(await api('GET', `/v1/dead-letters?kind=${kind}`), 200, 'DeadLetterList');
    }
    expectShape(await api('GET', '/v1/approvals'), 200, 'ToolApprovalList');
    expectShape(await api('GET', '/v1/secrets'), 200, 'SecretList');
    const { contact } = (await api('GET', `/v1/conversations/${conversation_id}`)).body;
    expectShape(await api('GET', `/v1/contacts/${contact.id}/facts`), 200, 'FactList');
    expectShape(await widget('GET', '/v1/widget/messages'), 200, 'WidgetMessageList');
    const more = { client_id: 'a', text: 'hi' };
    expectShape(await widget('POST', '/v1/widget/messages', more), 202, 'WidgetAccepted');
    const opened = await apiOf(booted, null)('POST', '/v1/widget/sessions', { channel_id: home.channelId });
    expectShape(opened, 201, 'WidgetSession');
    expectShape(await api('GET', '/readyz'), 200, 'Readiness');
  });

  it('is what the document says of contacts', async () => {
    const identities = [{ kind: 'email', value: 'ada@example.com' }];
    const made = await api('POST', '/v1/contacts', { name: 'Ada', identities });
    expectShape(made, 201, 'Contact');
    const at = `/v1/contacts/${made.body.id}`;
    expectShape(await api('GET', at), 200, 'Contact');
    expectShape(await api('PATCH', at, { attributes: { plan: 'gold' } }), 200, 'Contact');
    expectShape(await api('GET', '/v1/contacts?q=ada'), 200, 'ContactList');
    expectShape(
      await api('POST', `${at}/identities`, { kind: 'phone', value: '+4917012345' }),
      201,
      'Identity',
    );
    const consent = { channel_id: home.channelId, ...identities[0], state: 'opted-in' };
    expectShape(await api('PATCH', `${at}/consents`, consent), 200, 'Consent');
    expectShape(await api('GET', `${at}/consents`), 200, 'ConsentList');
    const twin = (await api('POST', '/v1/contacts', {})).body;
    const merge = await api('POST', `${at}/merge`, { contact_id: twin.id });
    expectShape(merge, 201, 'ContactMerge');
    expectShape(await api('GET', '/v1/contact-merges'), 200, 'ContactMergeList');
    expectShape(await api('GET', `/v1/contact-merges/${merge.body.id}`), 200, 'ContactMerge');
    expectShape(await api('POST', `/v1/contact-merges/${merge.body.id}/undo`), 200, 'ContactMerge');
    const exported = await api('GET', `${at}/export`);
    expect([exported.status, exported.body.contact.id]).toEqual([200, made.body.id]);
    expectShape(await api('POST', `${at}/erase`, { dry_run: true }), 200, 'ContactErasure');
    expectShape(await api('POST', `${at}/erase`, {}), 200, 'ContactErasure');
    expectProblem(await api('GET', at), 404, 'state/not-found', at);
  });

  it('is what the document says of the inbox', async () => {
    const { conversation_id } = await visitor();
    const at = `/v1/conversations/${conversation_id}`;
    expectShape(await api('GET', '/v1/inbox'), 200, 'InboxList');
    expectShape(await api('GET', '/v1/inbox/counts'), 200, 'InboxCounts');
    expectShape(await api('PATCH', at, { state: 'closed' }), 200, 'InboxConversation');
    const label = await api('POST', '/v1/labels', { name: 'VIP' });
    expectShape(label, 201, 'Label');
    expectShape(await api('PATCH', `/v1/labels/${label.body.id}`, { name: 'VIPs' }), 200, 'Label');
    expectShape(await api('GET', '/v1/labels'), 200, 'LabelList');
    expectShape(await api('POST', `${at}/labels`, { add: [label.body.id] }), 200, 'InboxConversation');
    const note = await api('POST', `${at}/notes`, { text: 'x' });
    expectShape(note, 201, 'Note');
    expectShape(await api('GET', `${at}/notes`), 200, 'NoteList');
    expect((await api('DELETE', `/v1/notes/${note.body.id}`)).status).toBe(204);
    expectShape(await api('GET', `${at}/context`), 200, 'ConversationContext');
    const kept = await api('POST', '/v1/canned-replies', { shortcut: 'x', title: 'x', text: 'x' });
    expectShape(kept, 201, 'CannedReply');
    expectShape(await api('GET', '/v1/canned-replies'), 200, 'CannedReplyList');
    const rendered = await api('POST', `/v1/canned-replies/${kept.body.id}/render`, { conversation_id });
    expectShape(rendered, 200, 'RenderedReply');
    expectShape(await api('GET', '/v1/search?q=x'), 200, 'SearchResult');
    expectShape(await api('GET', '/v1/operators'), 200, 'OperatorList');
    expectShape(await api('POST', '/v1/inbox/presence', { tab: 'contract' }), 200, 'PresenceList');
  });

  it('is what the document says of sends', async () => {
    const address = { kind: 'email', value: 'grace@example.com' };
    const later = { channels: [{ channel_id: home.channelId }], send_at: '2099-01-01T00:00:00Z', text: 'x' };
    const made = await api('POST', '/v1/sends', { ...later, address });
    expectShape(made, 202, 'Send');
    expectShape(await api('POST', '/v1/sends', { ...later, address, dry_run: true }), 200, 'SendDryRun');
    expectShape(await api('GET', '/v1/sends'), 200, 'SendList');
    expectShape(await api('GET', `/v1/sends/${made.body.id}`), 200, 'Send');
    expectShape(await api('POST', `/v1/sends/${made.body.id}/cancel`), 200, 'Send');
    const batch = await api('POST', '/v1/send-batches', { ...later, to: [{ address }] });
    expectShape(batch, 202, 'SendBatch');
    expectShape(await api('GET', `/v1/send-batches/${batch.body.id}`), 200, 'SendBatch');
    expectShape(await api('POST', `/v1/send-batches/${batch.body.id}/cancel`), 200, 'CancelledSends');
  });

  it('is what the document says of access', async () => {
    const made = await api('POST', '/v1/api-keys', { name: 'CI', scopes: ['messages:read'] });
    expectShape(made, 201, 'ApiKeyWithSecret');
    const at = `/v1/api-keys/${made.body.id}`;
    expectShape(await api('GET', '/v1/api-keys'), 200, 'ApiKeyList');
    expectShape(await api('GET', at), 200, 'ApiKey');
    expectShape(await api('PATCH', at, { name: 'CI 2' }), 200, 'ApiKey');
    expectShape(await api('POST', `${at}/rotate`, {}), 200, 'ApiKeyWithSecret');
    expect((await api('DELETE', at)).status).toBe(204);
    expectShape(await api('GET', '/v1/audit-logs'), 200, 'AuditLineList');
    const client = await api('POST', '/v1/oauth-clients', { name: 'CRM', scopes: ['messages:read'] });
    expectShape(client, 201, 'OauthClientWithSecret');
    expectShape(await api('GET', '/v1/oauth-clients'), 200, 'OauthClientList');
    expectShape(await api('GET', `/v1/oauth-clients/${client.body.id}`), 200, 'OauthClient');
    const keysAt = `/v1/channels/${home.channelId}/visitor-keys`;
    expectShape(await api('POST', keysAt, { algorithm: 'HS256' }), 201, 'VisitorKeyWithSecret');
    expectShape(await api('GET', keysAt), 200, 'VisitorKeyList');
  });

  it('is what the document says of people', async () => {
    const ada = { email: 'ada@home.example', name: 'Ada', password: 'a long password', role: 'admin' };
    expectShape(await api('POST', '/v1/members', ada), 201, 'Member');
    expectShape(await api('GET', '/v1/members'), 200, 'MemberList');
    const invited = await api('POST', '/v1/invitations', { email: 'eve@home.example', role: 'viewer' });
    expectShape(invited, 201, 'InvitationWithLink');
    expectShape(await api('GET', '/v1/invitations'), 200, 'InvitationList');
    const browser = browserOf(booted, home.workspaceId);
    const { email, password } = ada;
    expectShape(await browser('GET', '/v1/auth/set-up'), 200, 'SetUpState');
    expectShape(await browser('POST', '/v1/auth/sign-in', { email, password }), 200, 'SignedIn');
    expectShape(await browser('GET', '/v1/auth/session'), 200, 'LogIn');
    expectShape(await browser('GET', '/v1/auth/sessions'), 200, 'LoginSessionList');
    expectShape(await browser('POST', '/v1/auth/totp'), 200, 'TotpSecret');
    expectShape(await browser('GET', '/v1/me'), 200, 'Me');
  });

  it('is what the document says of webhooks, and what it says they send', async () => {
    const hook = { url: 'https://127.0.0.1:1/', types: ['turn.failed'] };
    const made = await api('POST', '/v1/webhook-endpoints', hook);
    expectShape(made, 201, 'WebhookEndpointWithSecret');
    const at = `/v1/webhook-endpoints/${made.body.id}`;
    expectShape(await api('GET', '/v1/webhook-endpoints'), 200, 'WebhookEndpointList');
    expectShape(await api('GET', at), 200, 'WebhookEndpoint');
    expectShape(await api('PATCH', at, { description: 'x' }), 200, 'WebhookEndpoint');
    expectShape(await api('POST', `${at}/rotate-secret`, {}), 200, 'WebhookEndpointWithSecret');
    const test = await api('POST', `${at}/test`);
    expectShape(test, 202, 'WebhookDelivery');
    expectShape(await api('GET', `${at}/deliveries`), 200, 'WebhookDeliveryList');
    expectShape(await api('GET', `/v1/webhook-deliveries/${test.body.id}`), 200, 'WebhookDeliveryDetail');
    const since = '2026-11-21T12:00:00Z';
    expectShape(await api('POST', `${at}/recover`, { since, dry_run: true }), 202, 'WebhookRecovery');
    expectShape(await api('GET', '/v1/event-types'), 200, 'EventTypeList');
    expect((await api('DELETE', at)).status).toBe(204);
    expectProblem(await api('GET', at), 404, 'state/not-found', at);
    const types = (await api('GET', '/v1/event-types')).body.data.map((one: { type: string }) => one.type);
    expect(Object.keys(document.webhooks)).toEqual(types);
    const payload = { type: 'webhook.test', timestamp: since, data: { endpoint_id: made.body.id } };
    expect(schema('WebhookPayload').safeParse(payload).success).toBe(true);
    expect(schema('WebhookPayload').safeParse({ ...payload, type: 'x' }).success).toBe(false);
  });

  it('carries a request id, the caller’s own when it is harmless', async () => {
    expect((await api('GET', '/livez')).headers.get('request-id')).toMatch(/^req_/);
    const own = await api('GET', '/livez', undefined, { 'request-id': 'trace-42' });
    expect(own.headers.get('request-id')).toBe('trace-42');
    const odd = await api('GET', '/livez', undefined, { 'request-id': 'a b"<script>' });
    expect(odd.headers.get('request-id')).toMatch(/^req_/);
  });

  it('is no secret of ours: an unknown error is opaque, and its line in the log has the request id', async () => {
    await booted.owner.query('alter table bot rename to bot_away');
    const answer = await api('GET', '/v1/bots', undefined, { 'request-id': 'opaque-1' });
    await booted.owner.query('alter table bot_away rename to bot');
    expectProblem(answer, 500, 'internal/bug', 'GET /v1/bots');
    expect(JSON.stringify(answer.body)).not.toMatch(/relation|bot_away|prisma/i);
    expect(booted.log.filter((line) => line.includes('opaque-1')).join('')).toMatch(/internal\/bug/);
  });

  it('has a page for every code', async () => {
    for (const code of ['input/invalid', 'state/not-found', 'store/unavailable']) {
      const page = await apiOf(booted, null)('GET', `/errors/${code}`);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.body).toContain(`<code>${code}</code>`);
    }
    expect((await api('GET', '/errors/no/such')).status).toBe(404);
    expect((await api('GET', '/errors')).body).toContain('/errors/channel/throttled');
  });

  it('lets nobody frame our pages or run scripts in them', async () => {
    const policy = (await api('GET', '/')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(policy).not.toContain('upgrade-insecure-requests');
  });

  it('shows numbers by route pattern, never by id', async () => {
    await api('GET', `/v1/channels/${home.channelId}`);
    const { body } = await api('GET', '/metrics');
    expect(body).toContain('route="/v1/channels/:id"');
    expect(body).not.toContain(home.channelId);
  });
});
