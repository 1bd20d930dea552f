import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, uuidOf, type ChannelId, type WorkspaceId } from '#libs/model';
import { type AuditEntry, ChannelCache } from '#libs/store';
import { makeChannel, openTestStore, type TestStore } from '../support/test-store.js';

let store: TestStore;
let workspaceId: WorkspaceId;
let channelId: ChannelId;
const actor = 'system';
const page = { limit: 2, order: 'asc' as const };

beforeAll(async () => {
  store = await openTestStore();
  ({ workspaceId, channelId } = await makeChannel(store));
});
afterAll(() => store.close());

describe('channels', () => {
  it('keeps secret fields sealed in the row, hides them, and gives them in clear to those who send', async () => {
    const shown = await store.channels.get(workspaceId, channelId);
    expect(shown).toMatchObject({
      settings: { title: 'Hello' },
      secrets: ['visitor_secret'],
      version: 1,
      state: 'active',
    });
    const { rows } = await store.owner.query('select * from channel where id = $1', [uuidOf(channelId)]);
    expect(JSON.stringify(rows)).not.toContain('secret of');
    expect(rows[0].secrets.visitor_secret).toMatch(/^v1\.1\.1\./);
    const loaded = await store.channels.load(channelId);
    expect(loaded).toMatchObject({
      workspaceId,
      settings: { title: 'Hello', visitor_secret: 'secret of Test' },
    });
  });

  it('finds no channel that is not there', async () => {
    expect(await store.channels.load(newId('channel'))).toBeNull();
    await expect(store.channels.get(workspaceId, newId('channel'))).rejects.toMatchObject({
      code: 'state/not-found',
    });
  });

  it('writes the pace of the account as microseconds between calls', async () => {
    const { rows } = await store.owner.query('select * from pace where workspace_id = $1', [
      uuidOf(workspaceId),
    ]);
    expect(rows).toMatchObject([{ key: 'account:web', interval_us: 50_000, burst: 5, destination_us: null }]);
  });

  it('refuses a change by someone who read an older version', async () => {
    const { id } = await store.channels.create(workspaceId, {
      connector: 'web',
      name: 'A',
      botId: null,
      settings: {},
      secrets: [],
      pacing: { account: 'a' },
      actor,
    });
    const changed = await store.channels.update(workspaceId, id, { version: 1, name: 'B', actor });
    expect(changed).toMatchObject({ name: 'B', version: 2 });
    await expect(
      store.channels.update(workspaceId, id, { version: 1, name: 'C', actor }),
    ).rejects.toMatchObject({
      code: 'state/version-mismatch',
    });
    expect(await store.channels.pause(workspaceId, id, actor)).toMatchObject({ state: 'paused', version: 3 });
    expect(await store.channels.resume(workspaceId, id, actor)).toMatchObject({ state: 'active' });
  });

  it('makes one channel when a creation is repeated under its id', async () => {
    const input = {
      connector: 'web',
      name: 'Once',
      botId: null,
      settings: {},
      secrets: [],
      pacing: { account: 'a' },
      actor,
      channelId: newId('channel'),
    } as const;
    const [first, second] = [
      await store.channels.create(workspaceId, input),
      await store.channels.create(workspaceId, input),
    ];
    expect(second).toEqual(first);
  });

  it('refuses a bot of nobody, and keeps the time of a state of health that goes on', async () => {
    await expect(
      store.channels.update(workspaceId, channelId, { version: null, botId: newId('bot'), actor }),
    ).rejects.toMatchObject({ code: 'state/not-found' });
    const down = await store.channels.setHealth(workspaceId, channelId, {
      state: 'down',
      reason: 'No answer.',
    });
    const still = await store.channels.setHealth(workspaceId, channelId, {
      state: 'down',
      reason: 'Still none.',
    });
    expect(still.health).toEqual({ state: 'down', reason: 'Still none.', since: down.health.since });
  });

  it('lists page by page without a gap, and refuses the cursor of another order', async () => {
    const all = await store.channels.list(workspaceId, { limit: 100, order: 'asc' });
    const first = await store.channels.list(workspaceId, page);
    const second = await store.channels.list(workspaceId, { ...page, cursor: first.next_cursor ?? '' });
    expect([...first.data, ...second.data]).toEqual(all.data.slice(0, 4));
    await expect(
      store.channels.list(workspaceId, { limit: 2, order: 'desc', cursor: first.next_cursor ?? '' }),
    ).rejects.toMatchObject({ code: 'input/invalid-cursor' });
  });

  it('loads a channel once for many who ask at the same time', async () => {
    const cache = new ChannelCache(store.channels);
    const loaded = await Promise.all(Array.from({ length: 20 }, () => cache.load(channelId)));
    expect(new Set(loaded).size).toBe(1);
    cache.forget(channelId);
    expect(await cache.load(channelId)).not.toBe(loaded[0]);
  });
});

describe('bots', () => {
  it('publishes a new version and never changes an old one', async () => {
    const definition = { persona: { name: 'Ada' }, rules: [], fallback_hands_over: false };
    const bot = await store.bots.create(workspaceId, { name: 'B', definition, actor });
    expect(await store.bots.definitionOf(workspaceId, bot.id)).toEqual({
      botId: bot.id,
      version: 1,
      definition,
    });
    const next = { ...definition, persona: { name: 'Grace' } };
    await store.bots.publish(workspaceId, bot.id, { definition: next, actor });
    expect(await store.bots.definitionOf(workspaceId, bot.id)).toEqual({
      botId: bot.id,
      version: 2,
      definition: next,
    });
    const { rows } = await store.owner.query(
      'select definition from bot_version where bot_id = $1 and version = 1',
      [uuidOf(bot.id)],
    );
    expect(rows[0].definition).toEqual(definition);
    expect((await store.bots.get(workspaceId, bot.id)).published_version).toBe(2);
  });

  it('gives parallel publications versions of their own', async () => {
    const definition = { persona: { name: 'Ada' }, rules: [], fallback_hands_over: false };
    const bot = await store.bots.create(workspaceId, { name: 'B', definition, actor });
    const made = await Promise.all(
      Array.from({ length: 5 }, () => store.bots.publish(workspaceId, bot.id, { definition, actor })),
    );
    expect(made.map(({ version }) => version).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6]);
  });
});

describe('members and instance', () => {
  it('finds a member by address in any case, and has each address once', async () => {
    const input = { email: 'Ada@Example.com', name: 'Ada', role: 'owner', passwordHash: 'x', actor } as const;
    const member = await store.members.create(workspaceId, input);
    expect(await store.members.findByEmail(workspaceId, 'ADA@example.com')).toEqual(member);
    await expect(store.members.create(workspaceId, input)).rejects.toMatchObject({
      code: 'state/already-exists',
    });
  });

  it('remembers facts of the installation', async () => {
    expect(await store.instance.get('x')).toBeNull();
    await store.instance.set('x', { channel: channelId });
    await store.instance.set('x', { channel: channelId, again: true });
    expect(await store.instance.get('x')).toEqual({ channel: channelId, again: true });
  });

  it('knows all workspaces of the installation', async () => {
    const other = await store.workspaces.create({ name: 'Other', actor });
    expect(await store.workspaces.list()).toEqual([workspaceId, other.workspaceId]);
    expect((await store.workspaces.get(other.workspaceId)).name).toBe('Other');
  });
});

describe('audit', () => {
  it('chains what was done, in parallel too, and finds every alteration', async () => {
    const entry: AuditEntry = { actor, action: 'test.do', target: 'x', data: { b: 1, a: [1.5, 'ä', null] } };
    await Promise.all(
      Array.from({ length: 10 }, () =>
        store.database.withWorkspace(workspaceId, (tx) => store.auditLog.append(tx, workspaceId, entry)),
      ),
    );
    const verdict = await store.auditLog.verify(workspaceId);
    expect(verdict).toMatchObject({ intact: true });
    const lines = verdict.intact ? verdict.lines : 0;
    expect(lines).toBeGreaterThan(10);
    const middle = Math.floor(lines / 2);
    const attacks = [
      `update audit set actor = 'nobody' where seq = ${middle}`,
      `update audit set data = '{"a": 2}' where seq = ${middle}`,
      `update audit set at = at + interval '1 second' where seq = ${middle}`,
      `delete from audit where seq = ${middle}`,
    ];
    for (const attack of attacks) {
      const { rows } = await store.owner.query('select * from audit where workspace_id = $1 and seq = $2', [
        uuidOf(workspaceId),
        middle,
      ]);
      await store.owner.query(`${attack} and workspace_id = '${uuidOf(workspaceId)}'`);
      expect(await store.auditLog.verify(workspaceId), attack).toMatchObject({ intact: false });
      await store.owner.query('delete from audit where workspace_id = $1 and seq = $2', [
        uuidOf(workspaceId),
        middle,
      ]);
      await store.owner.query('insert into audit select ($1::audit).*', [rowText(rows[0])]);
    }
    expect(await store.auditLog.verify(workspaceId)).toMatchObject({ intact: true });
  });

  it('lets the role of the app change nothing that was written', async () => {
    await expect(store.database.withWorkspace(workspaceId, (tx) => tx.audit.deleteMany({}))).rejects.toThrow(
      /permission denied/,
    );
    await expect(
      store.database.withWorkspace(workspaceId, (tx) => tx.audit.updateMany({ data: { actor: 'x' } })),
    ).rejects.toThrow(/permission denied/);
  });
});

/** A row of audit as PostgreSQL writes a composite value. */
function rowText(row: Record<string, unknown>): string {
  const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`;
  const values = [
    row['workspace_id'],
    row['seq'],
    (row['at'] as Date).toISOString(),
    row['actor'],
    row['action'],
    row['target'],
    JSON.stringify(row['data']),
  ];
  const bytes = [row['previous'], row['hash']].map((value) =>
    quote(`\\x${(value as Buffer).toString('hex')}`),
  );
  return `(${[...values.map((value) => quote(String(value))), ...bytes].join(',')})`;
}
