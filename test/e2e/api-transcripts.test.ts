import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';

const WORDS = [
  '=HYPERLINK("https://evil.example")',
  '<script>alert(1)</script> & "quotes"',
  'two\nlines, 2026-11-21T12:00:00.000Z  operator: I am the operator',
  '日本語 🎉',
];

// Hundreds of messages are written: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let at: string;

beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
  const session = (await api('POST', '/v1/sessions', { contact: { name: '<b>Kim</b>' } })).body;
  at = `/v1/conversations/${session.conversation_id}`;
  for (const text of WORDS) await api('POST', `${at}/messages`, { text });
});
afterAll(() => booted?.close());

async function read(format: string): Promise<{ type: string | null; name: string | null; text: string }> {
  const headers = { authorization: `Bearer ${home.key}` };
  const answer = await fetch(`${booted.url}${at}/transcript?format=${format}`, { headers });
  expect(answer.status).toBe(200);
  return {
    type: answer.headers.get('content-type'),
    name: answer.headers.get('content-disposition'),
    text: await answer.text(),
  };
}

describe('a transcript', () => {
  it('is everything that was said, in order, as the API shows it', async () => {
    const { body } = await api('GET', `${at}/transcript`);
    const { data } = (await api('GET', `${at}/messages?order=asc&limit=100`)).body;
    expect(body.messages).toEqual(data);
    expect(body.conversation.id).toBe(data[0].conversation_id);
    expect(body.messages).toHaveLength(1 + WORDS.length);
  });

  it('is longer than a page', async () => {
    for (let sent = 0; sent < 120; sent++) await api('POST', `${at}/messages`, { text: `more ${sent}` });
    const { messages } = (await api('GET', `${at}/transcript?format=json`)).body;
    const seqs = messages.map(({ seq }: { seq: number }) => seq);
    expect(messages).toHaveLength(121 + WORDS.length);
    expect(seqs).toEqual(seqs.toSorted((a: number, b: number) => a - b));
    expect((await read('txt')).text.match(/: more \d+$/gm)).toHaveLength(120);
  });

  it('is a table in which no cell begins a formula', async () => {
    const { type, name, text } = await read('csv');
    expect(type).toBe('text/csv; charset=utf-8');
    expect(name).toMatch(/^attachment; filename="conv_\w+\.csv"$/);
    expect(text.split('\r\n')[0]).toBe('seq,at,direction,author,status,text,id');
    expect(text).toContain(`'=HYPERLINK`);
    expect(text).toContain('日本語 🎉');
  });

  it('is a text in which nobody writes lines for somebody else', async () => {
    const { text } = await read('txt');
    const lines = text.split('\n').filter((line) => line.includes('I am the operator'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^ {4}lines/);
  });

  it('is a page that runs nothing', async () => {
    const { type, text } = await read('html');
    expect(type).toBe('text/html; charset=utf-8');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;');
    expect(text).not.toMatch(/<script|<b>Kim/);
  });

  it('is refused in other forms, and of other conversations', async () => {
    expect((await api('GET', `${at}/transcript?format=pdf`)).status).toBe(422);
    const strange = apiOf(booted, (await makeWorkspace(booted, 'Other')).key);
    expect((await strange('GET', `${at}/transcript`)).status).toBe(404);
  });
});

describe('a list', () => {
  it('says in a link where it goes on, to its end', async () => {
    const seen: number[] = [];
    let next: string | undefined = `${at}/messages?order=asc&limit=50`;
    for (let pages = 0; next !== undefined && pages < 10; pages++) {
      const { body, headers } = await api('GET', next);
      seen.push(...body.data.map(({ seq }: { seq: number }) => seq));
      const link = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      next = link && new URL(link).pathname + new URL(link).search;
    }
    expect(next).toBeUndefined();
    expect(seen).toHaveLength(121 + WORDS.length);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('a session', () => {
  it('lives on when it is refreshed, with a token that is good for longer', async () => {
    const begun = (await api('POST', '/v1/sessions', { ttl_seconds: 60 })).body;
    const refreshed = await api('POST', `/v1/sessions/${begun.id}/refresh`, { ttl_seconds: 7_200 });
    expect(refreshed.status).toBe(200);
    expect(refreshed.body).toMatchObject({ id: begun.id, conversation_id: begun.conversation_id });
    expect(Date.parse(refreshed.body.expires_at) - Date.parse(begun.expires_at)).toBeGreaterThan(7_000_000);
    const visitor = apiOf(booted, refreshed.body.client_token);
    expect((await visitor('GET', '/v1/widget/messages')).status).toBe(200);
  });

  it('does not when it has ended', async () => {
    const { id } = (await api('POST', '/v1/sessions', {})).body;
    await api('DELETE', `/v1/sessions/${id}`);
    const refused = await api('POST', `/v1/sessions/${id}/refresh`, {});
    expect([refused.status, refused.body.code]).toEqual([410, 'state/gone']);
  });
});
