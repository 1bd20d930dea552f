import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KnowledgeSearch } from '#libs/knowledge';
import { BotDefinition, uuidOf } from '#libs/model';
import { Database, KnowledgeIndex } from '#libs/store';
import {
  startStubServer,
  type StubAnswer,
  type StubServer,
} from '../../libs/connectors/src/testkit/stub-server.js';
import {
  apiOf,
  boot,
  keyFor,
  makeWorkspace,
  type Api,
  type ApiAnswer,
  type Booted,
} from '../support/boot.js';
import { docxOf, pdfOf } from '../support/documents.js';
import { until } from '../support/until.js';

let booted: Booted;
let site: StubServer;
let api: Api;
let others: Api;
let reader: Api;

/** What the site answers by path; a page has a tag, and knows it. */
const pages = new Map<string, { body: string; etag?: string; status?: number; type?: string }>();

/** Whether the provider of embeddings is away. */
let isAway = false;

/** Things of this world, and the words that mean them: stands in for a model that knows meanings. */
const meanings = [/refund|money|reimburs/i, /locked|log ?in|password|sign/i, /weather|rain/i];
const vectorOf = (text: string): number[] => [0.1, ...meanings.map((one) => (one.test(text) ? 1 : 0))];

function answerOf(path: string, headers: Record<string, string>, body: string): StubAnswer {
  if (path === '/v1/embeddings') {
    if (isAway) return { kind: 'answer', status: 503 };
    const { input } = JSON.parse(body) as { input: string[] };
    const data = input.map((text, index) => ({ index, embedding: vectorOf(text) }));
    return { kind: 'answer', status: 200, body: JSON.stringify({ data }) };
  }
  const page = pages.get(path);
  if (!page) return { kind: 'answer', status: 404 };
  if (page.etag !== undefined && headers['if-none-match'] === page.etag)
    return { kind: 'answer', status: 304 };
  const sent = {
    'content-type': page.type ?? 'text/html; charset=utf-8',
    ...(page.etag && { etag: page.etag }),
  };
  return { kind: 'answer', status: page.status ?? 200, headers: sent, body: page.body };
}

beforeAll(async () => {
  site = await startStubServer();
  site.answerWith(({ path, headers, body }) => answerOf(path, headers, body));
  booted = await boot();
  const home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
  others = apiOf(booted, (await makeWorkspace(booted, 'Others')).key);
  reader = apiOf(booted, await keyFor(booted, home.workspaceId, ['knowledge:read']));
});
afterAll(async () => {
  await booted?.close();
  await site?.close();
});

const newBase = async (more: object = {}): Promise<string> =>
  (await api('POST', '/v1/knowledge-bases', { name: 'Help', ...more })).body.id;
const settled = (sourceId: string): Promise<ApiAnswer['body']> =>
  until('the source is read', async () => {
    const { body } = await api('GET', `/v1/knowledge-sources/${sourceId}`);
    return ['ready', 'failed'].includes(body.state) ? body : null;
  });
const search = async (baseId: string, query: string): Promise<ApiAnswer['body']> =>
  (await api('POST', `/v1/knowledge-bases/${baseId}/search`, { query })).body;
const upload = async (
  baseId: string,
  bytes: Uint8Array | string,
  query: string,
): Promise<ApiAnswer['body']> => {
  const headers = { authorization: `Bearer ${await keyOf()}`, 'content-type': 'application/octet-stream' };
  const url = `${booted.url}/v1/knowledge-bases/${baseId}/files?${query}`;
  return (await fetch(url, { method: 'POST', headers, body: Buffer.from(bytes) })).json();
};
let uploader: Promise<string> | undefined;
const keyOf = (): Promise<string> =>
  (uploader ??= (async () => keyFor(booted, (await api('GET', '/v1/me')).body.workspace_id))());

describe('sources', () => {
  it('of every kind are read by a worker and found, with where they stand', async () => {
    const base = await newBase();
    pages.set('/help', {
      body: '<title>Help</title><h2>Shipping fees</h2><p>Standard delivery is free from 40 euros.</p>',
    });
    const page = await api('POST', `/v1/knowledge-bases/${base}/sources`, {
      kind: 'page',
      url: `${site.url}/help`,
    });
    expect([page.status, page.body.state]).toEqual([201, 'waiting']);
    const text = await api('POST', `/v1/knowledge-bases/${base}/sources`, {
      kind: 'text',
      title: 'Notes',
      text: '# Gift wrapping\nWe wrap presents at the counter.',
    });
    const csv = await upload(
      base,
      'question,answer\nHow long is the warranty?,Two years.\n',
      'file_name=faq.csv',
    );
    const pdf = await upload(
      base,
      pdfOf(['# Repairs', 'Bring a broken screen to any shop.']),
      'file_name=a.pdf&title=Manual',
    );
    const docx = await upload(
      base,
      docxOf(['# Deposits', 'A deposit is paid back after twelve bills.']),
      'file_name=b.docx',
    );
    for (const { id } of [page.body, text.body, csv, pdf, docx])
      expect(await settled(id)).toMatchObject({ state: 'ready', code: null, passages: 1 });
    const first = async (query: string) => (await search(base, query)).passages[0];
    expect(await first('shipping fees')).toMatchObject({
      title: 'Help',
      url: `${site.url}/help#:~:text=Shipping%20fees`,
      text: 'Standard delivery is free from 40 euros.',
    });
    expect(await first('gift wraping')).toMatchObject({ title: 'Notes', url: null });
    expect(await first('how long is the waranty')).toMatchObject({ answer: 'Two years.', source_id: csv.id });
    expect(await first('broken screen')).toMatchObject({ title: 'Manual' });
    expect(await first('deposit paid back')).toMatchObject({ source_id: docx.id });
    const { body } = await api('GET', `/v1/knowledge-bases/${base}`);
    expect(body).toMatchObject({ sources: 5, passages: 5 });
  });

  it('say why they could not be read, and keep what was known before', async () => {
    const base = await newBase();
    pages.set('/prices', { body: '<h1>Prices</h1><p>The small tariff costs nine euros a month.</p>' });
    const add = (url: string) => api('POST', `/v1/knowledge-bases/${base}/sources`, { kind: 'page', url });
    const { body: prices } = await add(`${site.url}/prices`);
    const { body: nowhere } = await add(`${site.url}/nowhere`);
    expect(await settled(nowhere.id)).toMatchObject({
      state: 'failed',
      code: 'channel/rejected',
      reason: 'The page cannot be read (HTTP 404).',
    });
    const { body: inside } = await add('http://10.1.2.3/secret');
    expect(await settled(inside.id)).toMatchObject({ state: 'failed', code: 'channel/unreachable' });
    const locked = await upload(base, 'MZ\u0000\u0001 no document', 'file_name=setup.exe');
    expect(await settled(locked.id)).toMatchObject({ state: 'failed', code: 'input/unsupported-media-type' });
    expect(await settled(prices.id)).toMatchObject({ state: 'ready', passages: 1 });
    pages.set('/prices', { body: '', status: 500 });
    expect((await api('POST', `/v1/knowledge-sources/${prices.id}/refresh`)).status).toBe(202);
    await until('the failure shows', async () => {
      const { body } = await api('GET', `/v1/knowledge-sources/${prices.id}`);
      return body.state === 'failed' && body.passages === 1 && body.next_read_at !== null;
    });
    expect((await search(base, 'small tariff')).passages).toHaveLength(1);
  });

  it('that are unchanged are not sent, not cut and not written again', async () => {
    const base = await newBase();
    pages.set('/tag', { body: '<h1>One</h1><p>First words here.</p>', etag: '"v1"' });
    const { body: made } = await api('POST', `/v1/knowledge-bases/${base}/sources`, {
      kind: 'page',
      url: `${site.url}/tag`,
      refresh_every_s: 300,
    });
    await settled(made.id);
    const printed = async () =>
      (
        await booted.owner.query(
          'select id, xmin::text from knowledge_passage where title = $1 order by ord',
          ['One'],
        )
      ).rows;
    const before = await printed();
    const readAt = async () => (await api('GET', `/v1/knowledge-sources/${made.id}`)).body.read_at as string;
    const again = async (): Promise<void> => {
      const last = await readAt();
      await api('POST', `/v1/knowledge-sources/${made.id}/refresh`);
      await until('it is read again', async () => (await readAt()) > last);
    };
    await again();
    expect(site.requests.findLast(({ path }) => path === '/tag')?.headers['if-none-match']).toBe('"v1"');
    expect(await printed()).toEqual(before);
    pages.set('/tag', {
      body: '<h1>One</h1><p>First words here.</p><h2>Two</h2><p>Second words.</p>',
      etag: '"v2"',
    });
    await again();
    const after = await printed();
    expect(after).toHaveLength(2);
    expect(after[0]).toEqual(before[0]);
  });

  it('of pages are read again by themselves when their time has come, also after a failure', async () => {
    const base = await newBase();
    pages.set('/news', { body: '<h1>News</h1><p>We open a shop in Lisbon.</p>' });
    const { body: made } = await api('POST', `/v1/knowledge-bases/${base}/sources`, {
      kind: 'page',
      url: `${site.url}/news`,
      refresh_every_s: 3_600,
    });
    const { next_read_at: next } = await settled(made.id);
    expect((Date.parse(next as string) - Date.now()) / 60_000).toBeGreaterThan(50);
    const untilDue = () =>
      booted.owner.query('update knowledge_source set due_at = now() where id = $1', [uuidOf(made.id)]);
    pages.set('/news', { body: '', status: 503 });
    await untilDue();
    await until('the failure shows', async () => {
      const { body } = await api('GET', `/v1/knowledge-sources/${made.id}`);
      return body.state === 'failed' && body.code === 'channel/unreachable';
    });
    pages.set('/news', { body: '<h1>News</h1><p>We open a shop in Bergen.</p>' });
    await untilDue();
    await until('the news are known', async () => (await search(base, 'Bergen')).passages.length === 1);
    expect((await search(base, 'Lisbon')).passages).toEqual([]);
  });

  it('of rows are written and removed by their keys, and found at once', async () => {
    const base = await newBase();
    const { body: made } = await api('POST', `/v1/knowledge-bases/${base}/sources`, {
      kind: 'rows',
      title: 'Products',
    });
    expect(made.state).toBe('ready');
    const rows = [
      {
        key: 'sku-1',
        title: 'Lamp Aurora',
        fields: { price: '19 €', stock: 4 },
        url: 'https://shop.example/aurora',
      },
      { key: 'sku-2', title: 'Lamp Borealis', fields: { price: '29 €', stock: 0 } },
      { key: 'q', questions: ['Do lamps come with bulbs?'], text: 'No, order them as well.' },
    ];
    expect((await api('POST', `/v1/knowledge-sources/${made.id}/rows`, { rows })).body.passages).toBe(3);
    expect((await search(base, 'price of lamp aurora')).passages[0]).toMatchObject({
      text: 'price: 19 €\nstock: 4',
      url: 'https://shop.example/aurora',
    });
    const changed = [{ key: 'sku-1', title: 'Lamp Aurora', fields: { price: '15 €' } }];
    await api('POST', `/v1/knowledge-sources/${made.id}/rows`, { rows: changed });
    expect((await search(base, 'aurora')).passages.map(({ text }: { text: string }) => text)).toEqual([
      'price: 15 €',
    ]);
    const gone = await api('POST', `/v1/knowledge-sources/${made.id}/rows/delete`, {
      keys: ['sku-1', 'unknown'],
    });
    expect(gone.body.passages).toBe(2);
    expect((await search(base, 'aurora')).passages).toEqual([]);
    const text = await api('POST', `/v1/knowledge-bases/${base}/sources`, {
      kind: 'text',
      title: 'T',
      text: 'x',
    });
    const refused = await api('POST', `/v1/knowledge-sources/${text.body.id}/rows`, { rows: changed });
    expect([refused.status, refused.body.code]).toEqual([422, 'input/invalid']);
  });

  it('that go take their words with them', async () => {
    const base = await newBase();
    const { body: made } = await api('POST', `/v1/knowledge-bases/${base}/sources`, {
      kind: 'rows',
      title: 'Zebras',
    });
    await api('POST', `/v1/knowledge-sources/${made.id}/rows`, {
      rows: [{ key: 'a', text: 'Quagga facts' }],
    });
    expect((await api('DELETE', `/v1/knowledge-sources/${made.id}`)).status).toBe(204);
    const { rows } = await booted.owner.query(
      "select 1 from knowledge_word where word in ('quagga', 'zebras')",
    );
    expect(rows).toEqual([]);
    expect((await api('DELETE', `/v1/knowledge-bases/${base}`)).status).toBe(204);
    expect((await api('GET', `/v1/knowledge-bases/${base}`)).status).toBe(404);
  });
});

describe('a knowledge base', () => {
  it('belongs to its workspace, and keys need its permissions', async () => {
    const base = await newBase();
    const { body: made } = await api('POST', `/v1/knowledge-bases/${base}/sources`, {
      kind: 'rows',
      title: 'R',
    });
    const answers = [
      await others('GET', `/v1/knowledge-bases/${base}`),
      await others('POST', `/v1/knowledge-bases/${base}/search`, { query: 'x' }),
      await others('POST', `/v1/knowledge-bases/${base}/sources`, { kind: 'rows', title: 'R' }),
      await others('GET', `/v1/knowledge-sources/${made.id}`),
      await others('DELETE', `/v1/knowledge-sources/${made.id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect((await reader('GET', `/v1/knowledge-bases/${base}`)).status).toBe(200);
    expect((await reader('POST', '/v1/knowledge-bases', { name: 'x' })).status).toBe(403);
  });

  it('takes its synonyms for the words that they mean', async () => {
    const base = await newBase({
      synonyms: [
        ['handset', 'phone', 'mobile'],
        ['money back', 'refund'],
      ],
    });
    const { body: made } = await api('POST', `/v1/knowledge-bases/${base}/sources`, {
      kind: 'rows',
      title: 'R',
    });
    const rows = [
      { key: 'a', questions: ['How do I get my phone repaired?'], text: 'In a shop.' },
      { key: 'b', questions: ['When do I get my refund?'], text: 'In five days.' },
    ];
    await api('POST', `/v1/knowledge-sources/${made.id}/rows`, { rows });
    expect((await search(base, 'handset repaired')).passages[0]).toMatchObject({ answer: 'In a shop.' });
    expect((await search(base, 'I want my money back')).passages[0]).toMatchObject({
      answer: 'In five days.',
    });
  });
});

describe('a bot with knowledge', () => {
  it('answers and cites, asks back, and what it did not know is counted once for each message', async () => {
    const base = await newBase();
    const { body: made } = await api('POST', `/v1/knowledge-bases/${base}/sources`, {
      kind: 'rows',
      title: 'Help centre',
      url: 'https://shop.example/help',
    });
    const rows = [
      { key: 'hours', questions: ['What are your opening hours?'], text: 'From nine to five.' },
      { key: 'return', questions: ['How do I return an item?'], text: 'Use the label in your account.' },
    ];
    await api('POST', `/v1/knowledge-sources/${made.id}/rows`, { rows });
    const definition = BotDefinition.parse({
      persona: { name: 'Ada' },
      knowledge: { bases: [base] },
      fallback: [{ type: 'text', text: 'I do not know that.' }],
    });
    const { body: bot } = await api('POST', '/v1/bots', { name: 'Knowing', definition });
    const { body: channel } = await api('POST', '/v1/channels', {
      connector: 'web',
      name: 'Chat',
      bot_id: bot.id,
    });
    const { body: session } = await api('POST', '/v1/sessions', { channel_id: channel.id });
    const say = async (text: string): Promise<string[]> => {
      const { body } = await api('POST', '/v1/messages', { session_id: session.id, text });
      return body.replies.flatMap(({ parts }: { parts: { text: string }[] }) =>
        parts.map((part) => part.text),
      );
    };
    expect(await say('what are your openning huors')).toEqual([
      'From nine to five.\n\nSource: [Help centre](https://shop.example/help)',
    ]);
    expect(await say('Do you sell bicycles to jane@example.com?')).toEqual(['I do not know that.']);
    expect(await say('do you sell BICYCLES to joe@example.com')).toEqual(['I do not know that.']);
    const { body: gaps } = await api('GET', `/v1/knowledge-gaps?bot_id=${bot.id}`);
    expect(gaps.data).toMatchObject([
      { question: 'Do you sell bicycles to [email]?', times: 2, state: 'open' },
    ]);
    await api('POST', `/v1/knowledge-gaps/${gaps.data[0].id}/close`);
    expect((await api('GET', `/v1/knowledge-gaps?bot_id=${bot.id}`)).body.data).toEqual([]);
    const asBot = async (query: string) =>
      (await api('POST', `/v1/bots/${bot.id}/knowledge/search`, { query })).body;
    expect(await asBot('opening hours')).toMatchObject({ verdict: 'answer' });
    expect(await asBot('how tall is the moon')).toMatchObject({ verdict: 'pass' });
    const found = await asBot('opening huors');
    expect(found.corrected).toEqual([
      { written: 'huors', meant: expect.arrayContaining(['hours']) as string[] },
    ]);
    expect(found.passages[0].why).toMatchObject({ missing: [], meaning: null });
  });
});

describe('knowledge with embeddings', () => {
  it('is found by its meaning, and by its words alone while nobody knows the meaning', async () => {
    const withMeaning = await boot({
      env: { PARLEY_EMBEDDINGS_URL: `${site.url}/v1`, PARLEY_EMBEDDINGS_MODEL: 'meanings-1' },
    });
    try {
      const { key } = await makeWorkspace(withMeaning);
      const here = apiOf(withMeaning, key);
      const base = (await here('POST', '/v1/knowledge-bases', { name: 'Help' })).body.id;
      const source = (await here('POST', `/v1/knowledge-bases/${base}/sources`, { kind: 'rows', title: 'R' }))
        .body.id;
      const rows = [
        { key: 'a', questions: ['When do I get my refund?'], text: 'In five days.' },
        { key: 'b', questions: ['I forgot my password'], text: 'Choose “forgot”.' },
        { key: 'c', questions: ['Where are your shops?'], text: 'In 42 cities.' },
      ];
      await here('POST', `/v1/knowledge-sources/${source}/rows`, { rows });
      await until('all passages have a vector', async () => {
        const { rows: found } = await withMeaning.owner.query(
          "select 1 from knowledge_passage where embedding_model = 'meanings-1' and cardinality(embedding) = 4",
        );
        return found.length === 3;
      });
      const first = async (query: string) =>
        (await here('POST', `/v1/knowledge-bases/${base}/search`, { query })).body.passages[0];
      expect(await first('please reimburse me')).toMatchObject({
        answer: 'In five days.',
        why: { meaning: 1 },
      });
      expect(await first('the login does nothing')).toMatchObject({ answer: 'Choose “forgot”.' });
      // With the extension the database compares the vectors: here a type and an operator that do the same.
      await withMeaning.owner.query(`
        create domain vector as real[];
        create function cosine_distance(a real[], b real[]) returns float8 language sql immutable as $$
          select 1 - sum(x * y) / (sqrt(sum(x * x)) * sqrt(sum(y * y))) from unnest(a, b) as t(x, y) $$;
        create operator <=> (leftarg = real[], rightarg = real[], function = cosine_distance)`);
      const again = new KnowledgeSearch(new KnowledgeIndex(withMeaning.gateway.get(Database)), {
        embedder: { model: 'meanings-1', embed: async (texts) => texts.map(vectorOf) },
      });
      const me = (await here('GET', '/v1/me')).body.workspace_id;
      const found = await again.search(me, undefined, 'please reimburse me', { limit: 1 });
      expect(found.passages).toMatchObject([{ answer: 'In five days.', why: { meaning: 1 } }]);
      isAway = true;
      expect(await first('refund')).toMatchObject({ answer: 'In five days.', why: { meaning: null } });
      expect(await first('reimburse')).toBeUndefined();
      const late = [{ key: 'd', questions: ['What about the weather?'], text: 'It rains.' }];
      await here('POST', `/v1/knowledge-sources/${source}/rows`, { rows: late });
      expect(await first('weather')).toMatchObject({ answer: 'It rains.' });
      await until('the source says what it lacks', async () => {
        const { body } = await here('GET', `/v1/knowledge-sources/${source}`);
        return body.state === 'ready' && String(body.reason).startsWith('It is found by its words only: ');
      });
    } finally {
      isAway = false;
      await withMeaning.close();
    }
  });
});
