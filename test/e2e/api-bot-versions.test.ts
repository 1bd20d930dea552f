import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isDeepStrictEqual } from 'node:util';
import { AuditLog } from '#libs/store';
import { apiOf, boot, makeWorkspace, type Api, type Booted, type TestWorkspace } from '../support/boot.js';

let booted: Booted;
let home: TestWorkspace;
let api: Api;

beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
});
afterAll(() => booted?.close());

const say = (text: string) => [{ type: 'text', text }];
const botOf = (hours: string, more: object = {}) => ({
  persona: { name: 'Ada' },
  rules: [{ id: 'hours', when: { words: ['open'] }, reply: say(hours) }],
  fallback: say('I do not know.'),
  ...more,
});
const made = async (hours = 'From nine.'): Promise<string> =>
  (await api('POST', '/v1/bots', { name: 'Shop', definition: botOf(hours) })).body.id;
const hoursTest = {
  title: 'Hours',
  steps: [{ says: 'Are you open?', expect: { replies: ['nine'], because: { rule: 'hours' } } }],
};

describe('a draft', () => {
  it('is as published until somebody writes it, answers nobody, and becomes a version when it is published', async () => {
    const bot = await made();
    const first = await api('GET', `/v1/bots/${bot}/draft`);
    expect(first.body).toMatchObject({ revision: 0, is_changed: false, problems: [] });
    expect(first.headers.get('etag')).toBe('"0"');

    const written = await api('PUT', `/v1/bots/${bot}/draft`, { definition: botOf('From ten.') });
    expect(written.body).toMatchObject({ revision: 1, is_changed: true });
    expect((await api('GET', `/v1/bots/${bot}`)).body.definition.rules[0].reply[0].text).toBe('From nine.');

    const published = await api('POST', `/v1/bots/${bot}/publish`, { note: 'Later hours' });
    expect(published.body).toMatchObject({ published_version: 2 });
    expect(published.body.definition.rules[0].reply[0].text).toBe('From ten.');
    expect((await api('GET', `/v1/bots/${bot}/draft`)).body).toMatchObject({
      revision: 2,
      is_changed: false,
    });
    const again = await api('POST', `/v1/bots/${bot}/publish`, {});
    expect(again.body.published_version).toBe(2);
  });

  it('is written by one author at a time, and no revision comes twice', async () => {
    const bot = await made();
    const put = (hours: string, revision: number) =>
      api('PUT', `/v1/bots/${bot}/draft`, { definition: botOf(hours) }, { 'if-match': `"${revision}"` });
    expect((await put('From ten.', 0)).status).toBe(200);
    expect(await put('From eleven.', 0)).toMatchObject({
      status: 412,
      body: { code: 'state/version-mismatch' },
    });
    const late = await api('POST', `/v1/bots/${bot}/publish`, {}, { 'if-match': '"0"' });
    expect(late.status).toBe(412);
    expect((await api('POST', `/v1/bots/${bot}/publish`, {}, { 'if-match': '"1"' })).status).toBe(200);
    expect((await put('From noon.', 1)).status).toBe(412);
    expect((await put('From noon.', 2)).body.revision).toBe(3);
  });

  it('may be unfinished, and is not published as long as it is', async () => {
    const bot = await made();
    const rule = { id: 'go', when: { words: ['go'] }, start_flow: 'nowhere' };
    const draft = await api('PUT', `/v1/bots/${bot}/draft`, { definition: botOf('x', { rules: [rule] }) });
    expect(draft.body.problems).toMatchObject([{ pointer: '/rules/0/start_flow', code: 'missing-flow' }]);
    const refused = await api('POST', `/v1/bots/${bot}/publish`, {});
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/definition/rules/0/start_flow']);
  });
});

describe('versions', () => {
  it('are listed with who published what and why; rolling back makes a new one with the old content', async () => {
    const bot = await made();
    await api('PUT', `/v1/bots/${bot}/draft`, { definition: botOf('From ten.') });
    await api('POST', `/v1/bots/${bot}/publish`, { note: 'Later hours' });
    await api('PUT', `/v1/bots/${bot}/draft`, { definition: botOf('Unfinished.') });
    const back = await api('POST', `/v1/bots/${bot}/rollback`, { version: 1, note: 'Not yet' });
    expect(back.body.published_version).toBe(3);

    const [one, three] = await Promise.all(
      [1, 3].map((version) => api('GET', `/v1/bots/${bot}/versions/${version}`)),
    );
    expect(isDeepStrictEqual(one!.body.definition, three!.body.definition)).toBe(true);
    const list = await api('GET', `/v1/bots/${bot}/versions`);
    expect(list.body.data).toMatchObject([
      { version: 3, is_published: true, from_version: 1, note: 'Not yet', tests: null },
      { version: 2, is_published: false, from_version: null, note: 'Later hours' },
      { version: 1, is_published: false, created_by: expect.stringMatching(/^api_key:key_/) },
    ]);
    const draft = await api('GET', `/v1/bots/${bot}/draft`);
    expect(draft.body.definition.rules[0].reply[0].text).toBe('Unfinished.');
    expect((await api('POST', `/v1/bots/${bot}/rollback`, { version: 9 })).status).toBe(404);
    const pages = await api('GET', `/v1/bots/${bot}/versions?limit=2`);
    const rest = await api('GET', `/v1/bots/${bot}/versions?limit=2&cursor=${pages.body.next_cursor}`);
    expect(rest.body.data.map(({ version }: { version: number }) => version)).toEqual([1]);
  });

  it('leave their mark in the audit log', async () => {
    const bot = await made();
    await api('PUT', `/v1/bots/${bot}/draft`, { definition: botOf('From ten.') });
    await api('POST', `/v1/bots/${bot}/publish`, {});
    await api('POST', `/v1/bots/${bot}/rollback`, { version: 1 });
    const lines = await booted.gateway
      .get(AuditLog)
      .list(home.workspaceId, { limit: 10, order: 'asc' }, { target: bot });
    expect(lines.data.map(({ action, data }) => [action, data])).toEqual([
      ['bot.create', { name: 'Shop' }],
      ['bot.edit', { revision: 1 }],
      ['bot.publish', { version: 2 }],
      ['bot.roll-back', { version: 3, from_version: 1 }],
    ]);
  });

  it('are compared in lines that a person can read, by default what the draft would change', async () => {
    const bot = await made();
    expect((await api('GET', `/v1/bots/${bot}/diff`)).body).toMatchObject({ is_equal: true, changes: [] });
    await api('PUT', `/v1/bots/${bot}/draft`, { definition: botOf('From ten.') });
    const diff = await api('GET', `/v1/bots/${bot}/diff`);
    expect(diff.body).toMatchObject({
      from: 1,
      to: 'draft',
      is_equal: false,
      text: '~ rule “hours”, reply, text: “From nine.” → “From ten.”',
      changes: [
        { kind: 'changed', pointer: '/rules/0/reply/0/text', before: 'From nine.', after: 'From ten.' },
      ],
    });
    expect((await api('GET', `/v1/bots/${bot}/diff?from=1&to=7`)).status).toBe(404);
  });
});

describe('a test set', () => {
  it('keeps a draft from being published where asked, unless somebody insists and says why', async () => {
    const bot = await made();
    const put = await api('PUT', `/v1/bots/${bot}/tests`, { conversations: [hoursTest] });
    expect(put.headers.get('etag')).toBe('"1"');
    await api('PUT', `/v1/bots/${bot}/draft`, { definition: botOf('From ten.') });

    const refused = await api('POST', `/v1/bots/${bot}/publish`, { run_tests: true });
    expect([refused.status, refused.body.code]).toEqual([409, 'state/tests-failed']);
    expect(refused.body.errors[0].detail).toBe('“Hours”, step 1: does not say “nine”; says “From ten.”');
    expect((await api('GET', `/v1/bots/${bot}`)).body.published_version).toBe(1);

    const forced = { run_tests: true, force: { reason: 'The test is old' } };
    expect((await api('POST', `/v1/bots/${bot}/publish`, forced)).body.published_version).toBe(2);
    expect((await api('GET', `/v1/bots/${bot}/versions/2`)).body).toMatchObject({
      tests: { passed: 0, failed: 1 },
      forced_reason: 'The test is old',
    });
  });

  it('shows what two versions answer differently, with their scores', async () => {
    const bot = await made();
    await api('PUT', `/v1/bots/${bot}/tests`, { conversations: [hoursTest] });
    await api('PUT', `/v1/bots/${bot}/draft`, { definition: botOf('From ten.') });
    const run = await api('POST', `/v1/bots/${bot}/tests/run`, { compare_with: 'published' });
    expect(run.body.report).toMatchObject({ version: 'draft', passed: 0, failed: 1, score: 0 });
    expect(run.body.compared).toMatchObject({
      report: { version: 1, passed: 1, failed: 0, score: 1 },
      score_change: -1,
      changes: [{ title: 'Hours', step: 0, before: ['From nine.'], after: ['From ten.'] }],
    });
    expect(run.body.compared.text).toContain('100 % as expected before, 0 % now; 1 turns differ.');
    const again = await api('POST', `/v1/bots/${bot}/tests/run`, { compare_with: 'published' });
    expect(again.body).toEqual(run.body);
  });

  it('refuses a title that stands there twice, and a set that somebody else has changed', async () => {
    const bot = await made();
    const twice = await api('PUT', `/v1/bots/${bot}/tests`, { conversations: [hoursTest, hoursTest] });
    expect([twice.status, twice.body.errors[0].pointer]).toEqual([422, '/conversations/1/title']);
    await api('PUT', `/v1/bots/${bot}/tests`, { conversations: [] });
    const late = await api('PUT', `/v1/bots/${bot}/tests`, { conversations: [] }, { 'if-match': '"0"' });
    expect(late.status).toBe(412);
  });
});

describe('a bot as files', () => {
  it('goes out, comes in as another bot, and goes out as the same bytes, as a document and as an archive', async () => {
    const bot = await made();
    await api('PUT', `/v1/bots/${bot}/tests`, { conversations: [hoursTest] });
    await api('PATCH', `/v1/bots/${bot}`, { running_conversations: 'finish' });
    const first = await api('GET', `/v1/bots/${bot}/export`);
    expect(Object.keys(first.body.files)).toEqual(['bot.json', 'rules.json', 'tests/hours.json']);
    const copy = await api('POST', '/v1/bots/import', first.body);
    expect(copy.body).toMatchObject({ name: 'Shop', running_conversations: 'finish', published_version: 1 });
    const second = await api('GET', `/v1/bots/${copy.body.id}/export`);
    expect(JSON.stringify(second.body)).toBe(JSON.stringify(first.body));

    const headers = { authorization: `Bearer ${home.key}` };
    const archiveOf = async (id: string) =>
      Buffer.from(await (await fetch(`${booted.url}/v1/bots/${id}/export.zip`, { headers })).arrayBuffer());
    const archive = await archiveOf(bot);
    const sent = await fetch(`${booted.url}/v1/bots/import.zip`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/zip' },
      body: archive,
    });
    expect(sent.status).toBe(201);
    const third = (await sent.json()) as { id: string };
    expect((await archiveOf(third.id)).equals(archive)).toBe(true);
  });

  it('becomes the draft of a bot that is there, and waits to be published', async () => {
    const [bot, other] = [await made(), await made('From ten.')];
    const { files } = (await api('GET', `/v1/bots/${other}/export`)).body;
    const into = await api('POST', '/v1/bots/import', { files, bot_id: bot });
    expect(into.body).toMatchObject({ id: bot, published_version: 1 });
    expect((await api('GET', `/v1/bots/${bot}/diff`)).body.text).toContain('“From nine.” → “From ten.”');
  });

  it('is refused with the file and the place of each mistake', async () => {
    const { files } = (await api('GET', `/v1/bots/${await made()}/export`)).body;
    const rules = files['rules.json'].replace('"id": "hours"', '"id": "hours", "start_flow": "nowhere"');
    const refused = await api('POST', '/v1/bots/import', {
      files: { ...files, 'rules.json': rules, 'x.json': '1' },
    });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toMatchObject([{ pointer: 'x.json#', code: 'not-listed' }]);
    const wrong = await api('POST', '/v1/bots/import', { files: { ...files, 'rules.json': rules } });
    expect(wrong.body.errors).toMatchObject([{ pointer: 'rules.json#/0/start_flow', code: 'missing-flow' }]);
  });
});
