import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  newId,
  RetentionKind,
  uuidOf,
  type ConversationId,
  type RetentionDefaults,
  type WorkspaceId,
} from '#libs/model';
import type { Actor, Database } from '#libs/store';
import { fillWorkspace, type FilledWorkspace } from '../support/fill-workspace.js';
import { FilterlessDatabase } from '../support/filterless-database.js';
import { openTestStore, type Repositories, repositoriesOf, type TestStore } from '../support/test-store.js';

let store: TestStore;
let ours: FilledWorkspace;
let theirs: FilledWorkspace;

/** An installation that keeps everything. */
const DEFAULTS = Object.fromEntries(RetentionKind.options.map((kind) => [kind, null])) as RetentionDefaults;

/** Tables of people, who may work in several workspaces: a transaction sees those of the login that it names. */
const OF_LOGINS = ['login', 'login_session', 'recovery_code'];

/** Tables of no workspace, each with its reason. */
const SHARED: Record<string, string> = {
  allowance: 'how often something was done; the app may only take from it, by a function',
  login: 'a person, who may work in several workspaces; visible to a transaction that names it',
  login_session: 'of a login, as it is',
  recovery_code: 'of a login, as it is',
  instance: 'facts of the installation; no customer data',
  _prisma_migrations: 'which migrations ran; the app may not read it',
};

beforeAll(async () => {
  store = await openTestStore({ poolMax: 5 });
  ours = await fillWorkspace(store, 'Ours');
  theirs = await fillWorkspace(store, 'Theirs');
});
afterAll(() => store.close());

const query = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
  (await store.owner.query<Row & Record<string, unknown>>(sql, values)).rows;

/** Every table of the schema, and whether it belongs to workspaces. */
function tables(): Promise<{ name: string; owned: boolean; enabled: boolean; forced: boolean }[]> {
  return query(`
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      c.relname = 'workspace' or exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnotnull) as owned
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`);
}
const ownedTables = async (): Promise<string[]> =>
  (await tables()).filter(({ owned }) => owned).map(({ name }) => name);
const keyOf = (table: string): string => (table === 'workspace' ? 'id' : 'workspace_id');

describe('the schema', () => {
  it('gives every table a workspace_id, but for a short list with reasons', async () => {
    const shared = (await tables()).filter(({ owned }) => !owned).map(({ name }) => name);
    expect(shared.sort()).toEqual(Object.keys(SHARED).sort());
  });

  it('enables and forces row-level security on every table of a workspace', async () => {
    const open = (await tables()).filter(({ owned, enabled, forced }) => owned && !(enabled && forced));
    expect(open).toEqual([]);
  });

  it('has one policy for the app on each, for reading and writing, that asks for the workspace', async () => {
    const policies = await query<{ name: string; cmd: string; qual: string; check: string }>(`
      select tablename as name, cmd, qual, with_check as "check" from pg_policies where 'parley_app' = any (roles) or 'public' = any (roles)`);
    expect(policies.map(({ name }) => name).sort()).toEqual([...(await ownedTables()), ...OF_LOGINS].sort());
    for (const { name, cmd, qual, check } of policies) {
      expect(cmd, name).toBe('ALL');
      const isOfLogin = OF_LOGINS.includes(name);
      expect(qual, name).toContain(isOfLogin ? 'SELECT parley_login()' : `${keyOf(name)} = ANY`);
      expect(check, name).toBe(qual);
    }
  });

  it('carries workspace_id in every foreign key to a table of a workspace', async () => {
    const keys = await query<{ name: string; columns: string[]; target: string; targets: string[] }>(`
      select k.conname as name, k.confrelid::regclass::text as target,
        (select array_agg(a.attname::text order by x.ord) from unnest(k.conkey) with ordinality x(num, ord)
           join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.num) as columns,
        (select array_agg(a.attname::text order by x.ord) from unnest(k.confkey) with ordinality x(num, ord)
           join pg_attribute a on a.attrelid = k.confrelid and a.attnum = x.num) as targets
      from pg_constraint k where k.contype = 'f' and k.connamespace = 'public'::regnamespace`);
    expect(keys.length).toBeGreaterThan(15);
    const owned = new Set(await ownedTables());
    for (const { name, columns, target, targets } of keys.filter((key) => owned.has(key.target))) {
      const at = columns.indexOf('workspace_id');
      expect(at, name).toBeGreaterThanOrEqual(0);
      expect(targets[at], name).toBe(keyOf(target));
    }
  });

  it('connects every reference to another table of the workspace by a foreign key, or says why not', async () => {
    const loose = await query<{ ref: string }>(`
      select c.relname || '.' || a.attname as ref
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.atttypid = 'uuid'::regtype
        and a.attname like '%\\_id' and a.attname <> 'workspace_id'
        and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey))
      order by 1`);
    expect(loose.map(({ ref }) => ref)).toEqual([
      // Written by the one commit that writes what they name, and on hot paths; names that must outlive what they name.
      'contact_fact.conversation_id',
      // A trigger takes it away with the member: a key would have to clear the workspace too.
      'conversation.assignee_id',
      'delivery.channel_id',
      'delivery.conversation_id',
      'early_receipt.channel_id',
      'errand.channel_id',
      'idempotency.operation_id',
      'inbox_event.channel_id',
      'inbox_event.message_id',
      'media.channel_id',
      'media.inbox_event_id',
      'media.message_id',
      'message.turn_id',
      'turn.bot_id',
    ]);
  });
});

describe('the roles', () => {
  it('cannot bypass anything: no superuser, no bypassrls, no ownership of a table', async () => {
    const roles = await query(`
      select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolinherit,
        (select count(*)::int from pg_class c where c.relowner = r.oid and c.relkind = 'r') as tables,
        (select count(*)::int from pg_auth_members m where m.member = r.oid) as memberships
      from pg_roles r where rolname in ('parley_app', 'parley_dispatch')`);
    expect(roles).toHaveLength(2);
    for (const role of roles) {
      expect(role).toMatchObject({
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolcanlogin: false,
        rolinherit: false,
        tables: 0,
        memberships: 0,
      });
    }
  });

  it('are what every pooled connection runs as, and a connection cannot create objects', async () => {
    const [row] = await store.database.run<{ role: string }>(
      't-role',
      'select current_user::text as role',
      [],
    );
    expect(row?.role).toBe('parley_app');
    await expect(store.database.run('t-ddl', 'create table public.x ()', [])).rejects.toThrow(
      /permission denied/,
    );
    await expect(
      store.database.run('t-rls', 'alter table message disable row level security', []),
    ).rejects.toThrow(/must be owner/);
    await expect(store.database.run('t-mig', 'select * from _prisma_migrations', [])).rejects.toThrow(
      /permission denied/,
    );
  });

  it('lets the dispatcher see no column that holds what people wrote, their names, or a secret', async () => {
    const seen = await query<{ column: string }>(`
      select c.table_name || '.' || c.column_name as column from information_schema.columns c
      where c.table_schema = 'public' and has_column_privilege('parley_dispatch', ('public.' || quote_ident(c.table_name))::regclass, c.column_name, 'select')
      order by 1`);
    const columns = seen.map(({ column }) => column).filter((column) => !column.startsWith('pace.'));
    // mailbox.key and delivery.destination may hold an address: whom to serve and whom to pace is what it decides.
    expect(columns).toEqual([
      // How often something was done, by a hash or an id.
      'allowance.key',
      'allowance.rests_at',
      'api_key.id',
      'api_key.workspace_id',
      'channel.check_due_at',
      'channel.connector',
      'channel.gap_due_at',
      'channel.id',
      'channel.state',
      'channel.version',
      'channel.workspace_id',
      'channel_connection.channel_id',
      'channel_connection.channel_version',
      'channel_connection.due_at',
      'channel_connection.epoch',
      'channel_connection.is_used',
      'channel_connection.owner',
      'channel_connection.workspace_id',
      'conversation.id',
      'conversation.snoozed_until',
      'conversation.state',
      'conversation.workspace_id',
      'delivery.account',
      'delivery.conversation_id',
      'delivery.destination',
      'delivery.due_at',
      'delivery.epoch',
      'delivery.id',
      'delivery.leased_by',
      'delivery.status',
      'delivery.workspace_id',
      'errand.due_at',
      'errand.epoch',
      'errand.id',
      'errand.leased_by',
      'errand.workspace_id',
      'export.due_at',
      'export.epoch',
      'export.id',
      'export.leased_by',
      'export.workspace_id',
      'idempotency.created_at',
      'inbound_trigger.id',
      'inbound_trigger.workspace_id',
      'invitation.id',
      'invitation.token_hash',
      'invitation.workspace_id',
      // Knowledge is what a workspace wrote to be said to everybody. Its words are found past the policy, and read behind it.
      'knowledge_passage.base_id',
      'knowledge_passage.embedding_model',
      'knowledge_passage.id',
      'knowledge_passage.source_id',
      'knowledge_passage.words',
      'knowledge_passage.workspace_id',
      'knowledge_source.due_at',
      'knowledge_source.epoch',
      'knowledge_source.id',
      'knowledge_source.leased_by',
      'knowledge_source.workspace_id',
      'knowledge_word.base_id',
      'knowledge_word.passages',
      'knowledge_word.word',
      'knowledge_word.workspace_id',
      // Who logs in with which address: what is behind it is read past no policy.
      'login.email',
      'login.id',
      'login_session.login_id',
      'login_session.token_hash',
      'mailbox.channel_id',
      'mailbox.due_at',
      'mailbox.epoch',
      'mailbox.failures',
      'mailbox.id',
      'mailbox.key',
      'mailbox.leased_by',
      'mailbox.workspace_id',
      'media.channel_id',
      'media.created_at',
      'media.due_at',
      'media.epoch',
      'media.id',
      'media.is_over_connection',
      'media.leased_by',
      'media.workspace_id',
      'member.id',
      'member.workspace_id',
      // Words of messages, taken out of their sentences: found past the policy, and what they name is read behind it.
      'message_words.message_id',
      'message_words.words',
      'message_words.workspace_id',
      'oauth_client.id',
      'oauth_client.workspace_id',
      'oauth_token.id',
      'oauth_token.workspace_id',
      'request_log.at',
      'request_log.id',
      'request_log.workspace_id',
      'send.due_at',
      'send.epoch',
      'send.id',
      'send.leased_by',
      'send.workspace_id',
      'session.id',
      'session.workspace_id',
      'webhook_delivery.created_at',
      'webhook_delivery.due_at',
      'webhook_delivery.endpoint_id',
      'webhook_delivery.epoch',
      'webhook_delivery.id',
      'webhook_delivery.leased_by',
      'webhook_delivery.workspace_id',
      'webhook_endpoint.failing_since',
      'webhook_endpoint.id',
      'webhook_endpoint.paused_until',
      'webhook_endpoint.state',
      'webhook_endpoint.workspace_id',
      'workspace.id',
    ]);
  });

  it('has a fixed list of functions that look across workspaces, each with a safe search path and closed to the public', async () => {
    const definers = await query<{
      name: string;
      owner: string;
      config: string[] | null;
      open: boolean;
      result: string;
    }>(`
      select p.proname as name, p.proowner::regrole::text as owner, p.proconfig as config,
        has_function_privilege('public', p.oid, 'execute') as open, pg_get_function_result(p.oid) as result
      from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef order by 1`);
    expect(definers.map(({ name, result }) => `${name}: ${result}`)).toEqual([
      'allowance_lease: TABLE(key text, is_allowed boolean, remaining integer, reset_ms bigint, retry_ms bigint, extra integer, hold_ms integer)',
      'allowance_take: TABLE(key text, is_allowed boolean, remaining integer, reset_ms bigint, retry_ms bigint)',
      'api_key_workspace: uuid',
      'channel_take: TABLE(workspace_id uuid, channel_id uuid)',
      'channel_versions: TABLE(channel_id uuid, version integer)',
      'channel_workspace: uuid',
      'connection_renew: TABLE(channel_id uuid, state text, version integer)',
      'connection_take: TABLE(workspace_id uuid, channel_id uuid, epoch integer)',
      'delivery_take: SETOF delivery_claim',
      'delivery_wait_ms: double precision',
      'errand_take: SETOF errand_claim',
      'export_take: SETOF export_claim',
      'invitation_workspace: uuid',
      'knowledge_matches: TABLE(id uuid, weight double precision)',
      'knowledge_near: TABLE(asked text, word text, passages integer)',
      'knowledge_requeue: bigint',
      'knowledge_take: SETOF knowledge_claim',
      'login_of_email: uuid',
      'login_of_session: uuid',
      'login_workspaces: SETOF uuid',
      'mailbox_take: SETOF mailbox_claim',
      'media_take: SETOF media_claim',
      'media_workspace: uuid',
      'message_matches: TABLE(id uuid)',
      'oauth_client_workspace: uuid',
      'oauth_token_workspace: uuid',
      'purge_idempotency: bigint',
      'request_log_forget: integer',
      'request_log_write: void',
      'send_take: SETOF send_claim',
      'session_workspace: uuid',
      'snooze_due: TABLE(workspace_id uuid, conversation_id uuid)',
      'trigger_workspace: uuid',
      'webhook_end_left: integer',
      'webhook_forget: integer',
      'webhook_take: SETOF webhook_claim',
      'work_waiting_since: timestamp with time zone',
      'workspace_ids: SETOF uuid',
    ]);
    for (const { name, owner, config, open } of definers) {
      expect({ name, owner, config, open }).toEqual({
        name,
        owner: 'parley_dispatch',
        config: ['search_path=public, pg_temp'],
        open: false,
      });
    }
  });
});

describe('a unit of work of one workspace', () => {
  const inside = <T>(work: Parameters<Database['withWorkspace']>[1]): Promise<T> =>
    store.database.withWorkspace(ours.workspaceId, work) as Promise<T>;

  it('has rows of both workspaces to leak, in every table', async () => {
    for (const table of await ownedTables()) {
      for (const { workspaceId } of [ours, theirs]) {
        const rows = await query(`select 1 from ${table} where ${keyOf(table)} = $1`, [uuidOf(workspaceId)]);
        expect(rows.length, table).toBeGreaterThan(0);
      }
    }
  });

  it('sees its own rows only, in queries without any filter and in queries for the others', async () => {
    for (const table of await ownedTables()) {
      const rows = await inside<{ w: string }[]>((tx) =>
        tx.$queryRawUnsafe(`select ${keyOf(table)} as w from ${table}`),
      );
      expect(new Set(rows.map(({ w }) => w)), table).toEqual(new Set([uuidOf(ours.workspaceId)]));
      const others = await inside<unknown[]>((tx) =>
        tx.$queryRawUnsafe(`select 1 from ${table} where ${keyOf(table)} = '${uuidOf(theirs.workspaceId)}'`),
      );
      expect(others, table).toEqual([]);
    }
  });

  it('changes and removes nothing of others, although nothing in the statement says so', async () => {
    for (const table of await ownedTables()) {
      const before = await countTheirs(table);
      const key = keyOf(table);
      const harm = [
        `update ${table} set ${key} = ${key}`,
        `delete from ${table} where ${key} = '${uuidOf(theirs.workspaceId)}'`,
      ];
      for (const sql of harm) {
        const done = await inside<number>(async (tx) => {
          const count = await tx.$executeRawUnsafe(sql);
          throw Object.assign(new Error('undo'), { count });
        }).catch((error: { count?: number; message: string }) => error.count ?? error.message);
        const mine = (await query(`select 1 from ${table} where ${key} = $1`, [uuidOf(ours.workspaceId)]))
          .length;
        const isUpdate = sql.startsWith('update');
        if (table === 'audit') expect(done, sql).toMatch(/permission denied/);
        else expect(done, sql).toBe(isUpdate ? mine : 0);
      }
      expect(await countTheirs(table), table).toBe(before);
    }
  });

  it('sees nothing when no workspace is named, or an empty one, or one that does not exist', async () => {
    for (const table of await ownedTables()) {
      const rows = await store.database.run('', `select 1 from ${table}`, []);
      expect(rows, table).toEqual([]);
      const nobody = await store.database.withWorkspace(newId('workspace'), (tx) =>
        tx.$queryRawUnsafe(`select 1 from ${table}`),
      );
      expect(nobody, table).toEqual([]);
    }
  });

  it('finds through Prisma nothing of others, with and without a filter', async () => {
    const found = await inside<number[]>(async (tx) => [
      await tx.message.count(),
      await tx.message.count({ where: { workspaceId: uuidOf(theirs.workspaceId) } }),
      await tx.message.count({ where: { conversationId: uuidOf(theirs.conversationId) } }),
      (
        await tx.message.updateMany({
          where: { workspaceId: uuidOf(theirs.workspaceId) },
          data: { status: 'read' },
        })
      ).count,
      (await tx.conversation.deleteMany({ where: { id: uuidOf(theirs.conversationId) } })).count,
      (await tx.conversation.findMany({ include: { messages: true, contact: true } })).filter(
        (row) => row.workspaceId !== uuidOf(ours.workspaceId),
      ).length,
    ]);
    expect(found).toEqual([2, 0, 0, 0, 0, 0]);
  });

  it('cannot write a row for others, nor one of its own that points at theirs', async () => {
    const contact = (workspaceId: WorkspaceId) => ({
      workspaceId: uuidOf(workspaceId),
      id: uuidOf(newId('contact')),
    });
    await expect(inside((tx) => tx.contact.create({ data: contact(theirs.workspaceId) }))).rejects.toThrow(
      /row-level security/,
    );
    await expect(
      inside((tx) => tx.contact.updateMany({ data: { workspaceId: uuidOf(theirs.workspaceId) } })),
    ).rejects.toThrow(/row-level security|foreign key/i);
    await expect(
      inside((tx) =>
        tx.identity.create({
          data: {
            workspaceId: uuidOf(ours.workspaceId),
            id: uuidOf(newId('identity')),
            contactId: uuidOf(theirs.contactId),
            kind: 'email',
            value: 'x@example.com',
          },
        }),
      ),
    ).rejects.toThrow(/foreign key/i);
  });
});

/** How the repositories are made: as everywhere, and with every condition on the workspace taken out of them. */
const variants = [
  { name: 'the repositories', make: (): Database => store.database },
  {
    name: 'the repositories with their own filter removed',
    make: (): Database => new FilterlessDatabase({ url: store.url, poolMax: 4, name: 'filterless' }),
  },
];

describe.each(variants)('$name, with ids of others', ({ make }) => {
  let database: Database;
  let repositories: Repositories;
  beforeAll(() => {
    database = make();
    repositories = repositoriesOf(database, store.keyring);
  });
  afterAll(async () => {
    if (database instanceof FilterlessDatabase) {
      expect(database.removed).toBeGreaterThan(25);
      await database.close();
    }
  });

  const actor: Actor = 'system';
  const page = { limit: 100, order: 'asc' as const };
  const w = () => ours.workspaceId;

  it('read nothing', async () => {
    const gone = { code: 'state/not-found' };
    await expect(repositories.channels.get(w(), theirs.channelId)).rejects.toMatchObject(gone);
    await expect(repositories.bots.get(w(), theirs.botId)).rejects.toMatchObject(gone);
    await expect(repositories.conversations.get(w(), theirs.conversationId)).rejects.toMatchObject(gone);
    await expect(repositories.conversations.placeOf(w(), theirs.conversationId)).rejects.toMatchObject(gone);
    await expect(repositories.conversations.messages(w(), theirs.conversationId, page)).rejects.toMatchObject(
      gone,
    );
    await expect(repositories.conversations.messageById(w(), theirs.messageId)).rejects.toMatchObject(gone);
    await expect(repositories.timelines.of(w(), theirs.messageId)).rejects.toMatchObject(gone);
    expect(await repositories.bots.definitionOf(w(), theirs.botId)).toBeNull();
    expect(await repositories.conversations.eventsAfter(w(), theirs.conversationId, 0, 100)).toEqual([]);
    expect(await repositories.conversations.repliesOf(w(), theirs.turnId)).toEqual([]);
    expect(await repositories.conversations.answerTo(w(), theirs.inboxEventId)).toMatchObject({
      message: null,
      replies: [],
    });
    expect(await repositories.members.findByEmail(w(), 'owner@theirs.example')).toBeNull();
    await expect(repositories.members.get(w(), theirs.memberId)).rejects.toMatchObject(gone);
    expect((await repositories.conversations.lastSeqs(w(), [theirs.conversationId])).size).toBe(0);
    await expect(repositories.webhookEndpoints.get(w(), theirs.webhookEndpointId)).rejects.toMatchObject(
      gone,
    );
    await expect(repositories.webhookLog.get(w(), theirs.webhookDeliveryId)).rejects.toMatchObject(gone);
    await expect(repositories.webhookLog.list(w(), theirs.webhookEndpointId, page)).rejects.toMatchObject(
      gone,
    );
    await expect(repositories.contacts.get(w(), theirs.contactId)).rejects.toMatchObject(gone);
    await expect(repositories.contacts.consents(w(), theirs.contactId)).rejects.toMatchObject(gone);
    await expect(repositories.contactMerges.get(w(), theirs.contactMergeId)).rejects.toMatchObject(gone);
    await expect(repositories.personalData.survey(w(), theirs.contactId)).rejects.toMatchObject(gone);
    expect(await repositories.personalData.mergedInto(w(), theirs.contactId)).toEqual([]);
    expect(await repositories.personalData.sessionsOf(w(), theirs.contactId)).toEqual([]);
    expect((await repositories.contacts.list(w(), page, { address: 'Theirs' })).data).toEqual([]);
    expect((await repositories.contactMerges.list(w(), page, theirs.contactId)).data).toEqual([]);
    await expect(repositories.triggers.get(w(), theirs.triggerId)).rejects.toMatchObject(gone);
    await expect(repositories.exports.get(w(), theirs.exportId)).rejects.toMatchObject(gone);
    const log = await repositories.eventLog.after(w(), { after: 0, types: null, limit: 1_000 });
    expect(log.filter((event) => event.conversation_id === theirs.conversationId)).toEqual([]);
    expect((await repositories.retentionRules.get(w(), DEFAULTS)).rules).toHaveLength(1);
    await expect(repositories.sends.get(w(), theirs.sendId)).rejects.toMatchObject(gone);
    await expect(repositories.sends.batch(w(), theirs.sendBatchId)).rejects.toMatchObject(gone);
    expect((await repositories.sends.list(w(), page, { contactId: theirs.contactId })).data).toEqual([]);
    expect(await repositories.sends.lastChannel(w(), theirs.contactId)).toBeNull();
    await expect(repositories.sends.placeOf(w(), theirs.contactId, theirs.channelId)).rejects.toMatchObject(
      gone,
    );
    expect(await repositories.webhookDeliveries.contextOf(w(), theirs.conversationId)).toBeNull();
    for (const { target } of (await repositories.auditLog.list(w(), page)).data) {
      expect(Object.values(theirs)).not.toContain(target);
    }
    const reader = { operator: actor, memberId: null };
    const inbox = { view: 'all' as const, state: 'any' as const };
    expect(await repositories.inboxList.some(w(), [theirs.conversationId], reader)).toEqual([]);
    const owners = await repositories.inboxList.workspacesOf([w()], [theirs.conversationId]);
    expect(owners.size).toBe(0);
    const { changed } = await repositories.inboxList.changedSince(w(), new Date(0), 100);
    expect(changed.has(theirs.conversationId)).toBe(false);
    const found = await repositories.inboxSearch.find(w(), uuidOf(theirs.workspaceId).slice(0, 8), 50);
    expect(found).toEqual({ messages: [], contacts: [] });
    const said = await repositories.inboxSearch.find(w(), 'said', 50);
    expect(new Set(said.messages.map((hit) => hit.conversation_id))).toEqual(new Set([ours.conversationId]));
    expect((await repositories.inboxSearch.find(w(), 'Twin of Theirs', 50)).contacts.length).toBeLessThan(2);
    await expect(repositories.notes.list(w(), theirs.conversationId, page)).rejects.toMatchObject(gone);
    await expect(repositories.conversationContexts.of(w(), theirs.conversationId)).rejects.toMatchObject(
      gone,
    );
    expect((await repositories.operators.list(w())).map(({ name }) => name)).toEqual(['Ours']);
    expect(await repositories.operators.present(w())).toHaveLength(1);
    const lists = [
      await repositories.inboxList.list(w(), { ...page, ...inbox }, reader),
      await repositories.labels.list(w(), page),
      await repositories.cannedReplies.list(w(), page),
      await repositories.notes.list(w(), ours.conversationId, page),
      await repositories.channels.list(w(), page),
      await repositories.bots.list(w(), page),
      await repositories.apiKeys.list(w(), page),
      await repositories.members.list(w(), page),
      await repositories.oauthClients.list(w(), page),
      await repositories.invitations.list(w(), page),
      await repositories.deadLetters.inboxEvents(w(), page),
      await repositories.deadLetters.deliveries(w(), page),
      await repositories.conversations.list(w(), page),
      await repositories.webhookEndpoints.list(w(), page),
      await repositories.triggers.list(w(), page),
      await repositories.exports.list(w(), page),
      await repositories.contacts.list(w(), page),
      await repositories.contactMerges.list(w(), page),
      await repositories.sends.list(w(), page),
      await repositories.webhookLog.list(w(), ours.webhookEndpointId, page),
    ];
    for (const list of lists) {
      expect(list.data).toHaveLength(1);
      for (const secret of Object.values(theirs)) expect(JSON.stringify(list)).not.toContain(secret);
    }
  });

  it('change nothing', async () => {
    const before = await everythingOf(theirs.workspaceId);
    const gone = { code: 'state/not-found' };
    const definition = { persona: { name: 'X' }, rules: [], fallback_hands_over: false };
    const refused = [
      () => repositories.conversationDesk.update(w(), theirs.conversationId, { state: 'closed' }, actor),
      () =>
        repositories.conversationDesk.changeLabels(
          w(),
          theirs.conversationId,
          { add: [], remove: [] },
          actor,
        ),
      () => repositories.conversationDesk.markRead(w(), theirs.conversationId, actor, 1),
      () =>
        repositories.notes.create(w(), theirs.conversationId, { text: 'x', author: actor, authorName: null }),
      () => repositories.channels.update(w(), theirs.channelId, { version: null, name: 'X', actor }),
      () => repositories.channels.pause(w(), theirs.channelId, actor),
      () => repositories.channels.setHealth(w(), theirs.channelId, { state: 'down', reason: 'x' }),
      () => repositories.bots.publish(w(), theirs.botId, { definition, actor }),
      () => repositories.apiKeys.revoke(w(), theirs.apiKeyId, actor),
      () => repositories.apiKeys.get(w(), theirs.apiKeyId),
      () => repositories.oauthClients.get(w(), theirs.oauthClientId),
      () => repositories.oauthClients.rename(w(), theirs.oauthClientId, 'X', actor),
      () =>
        repositories.oauthClients.rotate(w(), theirs.oauthClientId, { secretHash: 'x', overlapMs: 0, actor }),
      () => repositories.oauthClients.remove(w(), theirs.oauthClientId, actor),
      () => repositories.visitorKeys.list(w(), theirs.channelId),
      () => repositories.visitorKeys.materialOf(w(), theirs.channelId),
      () => repositories.visitorKeys.remove(w(), theirs.visitorKeyId, actor),
      () => repositories.members.update(w(), theirs.memberId, { role: 'viewer' }, actor),
      () => repositories.members.remove(w(), theirs.memberId, actor),
      () => repositories.members.signOut(w(), theirs.memberId, actor),
      () => repositories.invitations.remove(w(), theirs.invitationId, actor),
      () => repositories.apiKeys.update(w(), theirs.apiKeyId, { name: 'X' }, actor),
      () => repositories.apiKeys.rotate(w(), theirs.apiKeyId, { secretHash: 'x', overlapMs: 0, actor }),
      () => repositories.sessions.start(w(), { channelId: theirs.channelId, ttlMs: 1_000 }),
      () => repositories.deadLetters.replayDelivery(w(), theirs.deliveryId, actor),
      () => repositories.deadLetters.replayInboxEvent(w(), theirs.inboxEventId, actor),
      () => repositories.deadLetters.markSent(w(), theirs.deliveryId, actor),
      () => repositories.webhookEndpoints.update(w(), theirs.webhookEndpointId, { state: 'disabled' }, actor),
      () => repositories.webhookEndpoints.remove(w(), theirs.webhookEndpointId, actor),
      () =>
        repositories.webhookEndpoints.rotate(w(), theirs.webhookEndpointId, {
          secret: 'x',
          overlapMs: 0,
          actor,
        }),
      () => repositories.contacts.update(w(), theirs.contactId, { name: 'X' }, actor),
      () =>
        repositories.contacts.addIdentity(
          w(),
          theirs.contactId,
          { kind: 'email', value: 'x', proof: 'claimed' },
          actor,
        ),
      () => repositories.contacts.removeIdentity(w(), theirs.identityId, actor),
      () =>
        repositories.contacts.setConsent(
          w(),
          theirs.contactId,
          { channel_id: theirs.channelId, kind: 'external', value: 'Theirs', state: 'opted-out' },
          actor,
        ),
      () => repositories.contactMerges.merge(w(), ours.contactId, theirs.contactId, actor),
      () => repositories.contactMerges.merge(w(), theirs.contactId, ours.contactId, actor),
      () => repositories.contactMerges.undo(w(), theirs.contactMergeId, actor),
      () => repositories.sends.cancel(w(), theirs.sendId),
      () => repositories.sends.cancelBatch(w(), theirs.sendBatchId),
      () => repositories.personalData.erase(w(), theirs.contactId, actor),
      () => repositories.webhookLog.retry(w(), theirs.webhookDeliveryId, actor),
      () => repositories.webhookLog.test(w(), theirs.webhookEndpointId),
      () =>
        repositories.webhookLog.recover(
          w(),
          theirs.webhookEndpointId,
          { since: new Date(0), until: new Date(), onlyFailed: false, isDryRun: false },
          actor,
        ),
    ];
    for (const attempt of refused) await expect(attempt(), String(attempt)).rejects.toMatchObject(gone);
    const plan = { contents: [], metadata: {}, sendAt: new Date(), expiresAt: new Date() };
    for (const [to, channelId] of [
      [theirs.contactId, ours.channelId],
      [ours.contactId, theirs.channelId],
    ] as const) {
      const steps = [{ channelId, success: 'sent' as const, waitMs: 1 }];
      const secret = { secret: 'x', overlapMs: 0, actor };
      await expect(
        repositories.triggers.update(w(), theirs.triggerId, { name: 'x' }, actor),
      ).rejects.toThrow();
      await expect(repositories.triggers.rotate(w(), theirs.triggerId, secret)).rejects.toThrow();
      await expect(repositories.triggers.remove(w(), theirs.triggerId, actor)).rejects.toThrow();
      await expect(repositories.exports.remove(w(), theirs.exportId, actor)).rejects.toThrow();
      const rule = { kind: 'messages', channel_id: theirs.channelId, days: 30 } as const;
      await expect(repositories.retentionRules.set(w(), rule, actor, DEFAULTS)).rejects.toThrow();
      await expect(repositories.sends.create(w(), { ...plan, to, steps })).rejects.toMatchObject({
        code: 'input/invalid',
      });
    }
    await repositories.apiKeys.touch(w(), theirs.apiKeyId);
    await repositories.oauthClients.revoke(w(), theirs.oauthTokenId);
    await repositories.sessions.end(w(), theirs.sessionId);
    expect(await repositories.sessions.extend(w(), theirs.sessionId, 1e9)).toBeNull();
    const scope = { workspaceId: w(), principal: 'p', key: 'k' };
    expect(await repositories.idempotency.finish(scope, theirs.operationId, 200, {})).toBe(false);
    expect(await everythingOf(theirs.workspaceId)).toBe(before);
  });
});

describe('a sealed secret', () => {
  it('cannot open a secret that was moved from one workspace to another', async () => {
    const [theirRow] = await query<{ secrets: object }>('select secrets from channel where id = $1', [
      uuidOf(theirs.channelId),
    ]);
    const [ourRow] = await query<{ secrets: object }>('select secrets from channel where id = $1', [
      uuidOf(ours.channelId),
    ]);
    await query('update channel set secrets = $2 where id = $1', [uuidOf(ours.channelId), theirRow?.secrets]);
    await expect(store.channels.load(ours.channelId)).rejects.toMatchObject({ code: 'store/sealed' });
    await query('update channel set secrets = $2 where id = $1', [uuidOf(ours.channelId), ourRow?.secrets]);
    expect(await store.channels.load(ours.channelId)).toMatchObject({ workspaceId: ours.workspaceId });
  });
});

describe('many workspaces over few connections', () => {
  it('leaks nothing in 600 parallel units that alternate, whether they end well or not', async () => {
    const sides = [ours, theirs];
    const unit = async (index: number): Promise<string[]> => {
      const { workspaceId, conversationId, channelId } = sides[index % 2] as FilledWorkspace;
      if (index % 7 === 3) return [(await store.channels.load(channelId))?.workspaceId ?? 'none'];
      if (index % 7 === 5) return eventIds(workspaceId, conversationId);
      const seen = await store.database
        .withWorkspace(workspaceId, async (tx) => {
          const rows = await tx.message.findMany({ select: { workspaceId: true } });
          if (index % 5 === 0) throw Object.assign(new Error('undo'), { rows });
          return rows;
        })
        .catch((error: { rows: { workspaceId: string }[] }) => error.rows);
      return seen.map((row) => row.workspaceId);
    };
    const seen: string[][] = [];
    let next = 0;
    // More lanes than connections, so that every connection changes hands all the time.
    const lane = async (): Promise<void> => {
      for (let index = next++; index < 600; index = next++) seen[index] = await unit(index);
    };
    await Promise.all(Array.from({ length: 24 }, lane));
    expect(seen).toHaveLength(600);
    const leaks = seen.filter((ids, index) => {
      const { workspaceId } = sides[index % 2] as FilledWorkspace;
      return ids.length === 0 || ids.some((id) => id !== workspaceId && id !== uuidOf(workspaceId));
    });
    expect(leaks).toEqual([]);
    expect(await store.database.run('', 'select 1 from message', [])).toEqual([]);
  });
});

async function eventIds(workspaceId: WorkspaceId, conversationId: ConversationId): Promise<string[]> {
  const events = await store.conversations.eventsAfter(workspaceId, conversationId, 0, 10);
  return events.map((event) => (event.conversation_id === conversationId ? workspaceId : 'leak'));
}

async function countTheirs(table: string): Promise<number> {
  return (await query(`select 1 from ${table} where ${keyOf(table)} = $1`, [uuidOf(theirs.workspaceId)]))
    .length;
}

/** Every row of a workspace as one text. */
async function everythingOf(workspaceId: WorkspaceId): Promise<string> {
  const all: unknown[] = [];
  for (const table of await ownedTables()) {
    const rows = await query(`select t::text as row from ${table} t where ${keyOf(table)} = $1 order by 1`, [
      uuidOf(workspaceId),
    ]);
    all.push([table, rows]);
  }
  return JSON.stringify(all);
}
