import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InboundDoor } from '#libs/inbound';
import {
  type ChannelId,
  mediaUrlOf,
  newId,
  type Content,
  type ConversationId,
  type MediaId,
} from '#libs/model';
import { Channels, Conversations, type LoadedChannel } from '#libs/store';
import { Outbox } from '#libs/outbound';
import {
  type Api,
  apiOf,
  boot,
  type Booted,
  makeWorkspace,
  queuesHere,
  type TestWorkspace,
} from '../support/boot.js';
import { addFiledConnector, filed } from '../support/filed-connector.js';
import { until } from '../support/until.js';

const world = addFiledConnector();
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const image = (url: string, more: object = {}): Content => ({ type: 'image', url, ...more });

describe.each(queuesHere())('files, with the queue on %s', (queue) => {
  let folder: string;
  let booted: Booted;
  let workspace: TestWorkspace;
  let api: Api;
  let channel: LoadedChannel;

  beforeAll(async () => {
    world.fetched.length = 0;
    folder = await mkdtemp(path.join(tmpdir(), 'parley-media-'));
    booted = await boot({ queue, env: { PARLEY_DATA_DIR: folder, PARLEY_MEDIA_MAX: '20kB' } });
    workspace = await makeWorkspace(booted);
    api = apiOf(booted, workspace.key);
    channel = await addFiled(workspace);
  });
  afterAll(async () => {
    await booted.close();
    await rm(folder, { recursive: true });
  });

  /** The gateway took a free port, which its public address does not know. */
  const follow = (link: unknown, init: RequestInit = {}): Promise<Response> => {
    const { pathname, search } = new URL(String(link));
    return fetch(`${booted.url}${pathname}${search}`, init);
  };

  async function addFiled({ workspaceId, botId }: TestWorkspace): Promise<LoadedChannel> {
    const channels = booted.gateway.get(Channels);
    const { id } = await channels.create(workspaceId, {
      connector: 'filed',
      name: 'Filed',
      botId,
      settings: {},
      secrets: [],
      pacing: { account: 'filed' },
      actor: 'system',
    });
    return (await channels.load(id))!;
  }
  const arrive = (...events: Parameters<InboundDoor['accept']>[1]) =>
    booted.gateway.get(InboundDoor).accept(channel, events);
  const conversationOf = async (channelId: ChannelId): Promise<ConversationId> => {
    const found = await until('there is a conversation', () =>
      booted.gateway.get(Conversations).idOfThread(workspace.workspaceId, channelId, 'ann'),
    );
    return found;
  };
  /** The first part of a message, as the API shows it. */
  const partOf = async (key: string): Promise<Record<string, unknown> | undefined> => {
    const id = await conversationOf(channel.channelId);
    const { body } = await api('GET', `/v1/conversations/${id}/messages?limit=100`);
    const messages = body.data as { provider_id: string | null; parts: Record<string, unknown>[] }[];
    return messages.find((message) => message.provider_id === key)?.parts[0];
  };
  const ended = (key: string, status = 'stored') =>
    until(`the file of ${key} is ${status}`, async () => {
      const part = await partOf(key);
      return part?.['status'] === status ? part : null;
    });
  const upload = async (
    bytes: Uint8Array<ArrayBuffer> | FormData,
    headers: Record<string, string> = {},
    query = '',
  ) => {
    const answer = await fetch(`${booted.url}/v1/media${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.key}`, ...headers },
      body: bytes,
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('that a person sends are fetched from the provider, and shown by a link', async () => {
    world.files.set('1', { bytes: png, mimeType: 'image/jpeg', fileName: 'cat.png' });
    await arrive(filed('cat', [image('media:1', { caption: 'A cat' })]));
    const part = await ended('cat');
    expect(part).toMatchObject({
      caption: 'A cat',
      mime_type: 'image/png',
      size_bytes: 70,
      file_name: 'cat.png',
    });
    const answer = await follow(part['url']);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(png)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': '70',
      'content-disposition': `inline; filename="cat.png"; filename*=UTF-8''cat.png`,
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
    });
    expect(answer.headers.get('cache-control')).toMatch(/^private, max-age=\d+, immutable$/);
  });

  it('can be in what came in itself', async () => {
    await arrive(filed('inline', [{ type: 'file', url: 'media:raw' }], 'all of the letter'));
    const { url } = await ended('inline');
    const answer = await follow(url);
    expect([await answer.text(), answer.headers.get('content-type')]).toEqual([
      'all of the letter',
      'text/plain',
    ]);
    expect(answer.headers.get('content-disposition')).toBe('attachment');
  });

  it('are told of in the log of the conversation when they are there', async () => {
    const id = await conversationOf(channel.channelId);
    const events = await booted.gateway.get(Conversations).eventsAfter(workspace.workspaceId, id, 0, 100);
    const updates = events.filter(({ type }) => type === 'message.updated');
    expect(updates.length).toBeGreaterThan(0);
    expect(updates[0]?.data).toMatchObject({ message: { parts: [{ status: 'stored' }] } });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  });

  it('are given in part, and not again to who has them', async () => {
    const { url } = await ended('inline');
    const get = (headers: Record<string, string>) => follow(url, { headers });
    const part = await get({ range: 'bytes=4-5' });
    expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([
      206,
      'of',
      'bytes 4-5/17',
    ]);
    const behind = await get({ range: 'bytes=17-' });
    expect([behind.status, behind.headers.get('content-range')]).toEqual([416, 'bytes */17']);
    expect((await get({ 'if-none-match': part.headers.get('etag')! })).status).toBe(304);
  });

  it('are given to nobody whose link is altered, over, or for another file', async () => {
    const url = new URL(String((await ended('inline'))['url']));
    const get = async (change: (url: URL) => void): Promise<unknown[]> => {
      const copy = new URL(url);
      change(copy);
      const answer = await follow(copy);
      return [answer.status, ((await answer.json()) as { code: string }).code];
    };
    const refused = [401, 'access/invalid-signature'];
    expect(await get((one) => one.searchParams.set('expires', '9999999999'))).toEqual(refused);
    expect(await get((one) => one.searchParams.set('signature', 'x'))).toEqual(refused);
    expect(await get((one) => (one.pathname = `/media/${newId('media')}`))).toEqual(refused);
    expect((await get((one) => one.searchParams.delete('signature')))[0]).toBe(422);
  });

  it('that the provider does not have any more end with the reason, and the person is answered all the same', async () => {
    await arrive(filed('gone', [image('media:404'), { type: 'text', text: 'When are you open?' }]));
    const part = await ended('gone', 'failed');
    expect(part['reason']).toBe('No 404.');
    const answer = await follow(part['url']);
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([410, 'No 404.']);
    await until('the bot answers', async () => {
      const id = await conversationOf(channel.channelId);
      const { body } = await api('GET', `/v1/conversations/${id}/messages?limit=100`);
      return (body.data as { direction: string }[]).some(({ direction }) => direction === 'out');
    });
  });

  it('that are too large are refused', async () => {
    world.files.set('big', { bytes: new Uint8Array(20_001).fill(65) });
    await arrive(filed('big', [{ type: 'file', url: 'media:big' }]));
    expect((await ended('big', 'failed'))['reason']).toMatch(/20000 bytes/);
    expect(await upload(new Uint8Array(20_001))).toMatchObject({
      status: 413,
      body: { code: 'input/too-large' },
    });
    expect(await upload(new Uint8Array(50_001))).toMatchObject({
      status: 413,
      body: { code: 'input/too-large' },
    });
  });

  it('wait while the provider is away', async () => {
    world.files.set('later', 'channel/unreachable');
    await arrive(filed('later', [image('media:later')]));
    await until('it was asked', () => world.fetched.filter((ref) => ref === 'later').length >= 2);
    expect(await partOf('later')).toMatchObject({ status: 'pending' });
    world.files.set('later', { bytes: png });
    await ended('later');
  });

  it('are fetched once each and kept once, however often they come', async () => {
    const refs = Array.from({ length: 12 }, (_, at) => `many-${at}`);
    for (const ref of refs) world.files.set(ref, { bytes: Buffer.from('the same bytes') });
    const events = refs.map((ref) => filed(ref, [image(`media:${ref}`)]));
    await arrive(...events);
    await arrive(...events);
    for (const ref of refs) await ended(ref);
    expect(world.fetched.filter((ref) => ref.startsWith('many-')).sort()).toEqual([...refs].sort());
    const shelves = await readdir(path.join(folder, 'media', workspace.workspaceId));
    const { rows } = await booted.owner.query<{ n: number }>(
      'select count(distinct sha256)::int as n from media where sha256 is not null',
    );
    expect(shelves.length).toBeLessThanOrEqual(rows[0]!.n);
    const { rows: same } = await booted.owner.query<{ n: number }>(
      'select count(distinct sha256)::int as n from media where source = any ($1)',
      [refs.map((ref) => `media:${ref}`)],
    );
    expect(same[0]!.n).toBe(1);
  });

  it('that a private address names are not fetched', async () => {
    await arrive(filed('private', [image('https://10.0.0.1/secret.png')]));
    const found = await until('it was tried', async () => {
      const { rows } = await booted.owner.query(
        `select reason from media where source = 'https://10.0.0.1/secret.png' and attempts > 0`,
      );
      return rows[0] as { reason: string } | undefined;
    });
    expect(found.reason).not.toBe('');
    expect(await partOf('private')).toMatchObject({ status: 'pending' });
  });

  it('are taken as the body of a request, or in a form', async () => {
    const whole = await upload(new Uint8Array(png), { 'content-type': 'image/png' }, '?file_name=a%2Fb.png');
    expect(whole).toMatchObject({
      status: 201,
      body: { mime_type: 'image/png', size_bytes: 70, file_name: 'b.png' },
    });
    expect(whole.body['url']).toBe(mediaUrlOf(whole.body['id'] as MediaId));
    const form = new FormData();
    form.set('note', 'not a file');
    form.set('file', new Blob([new Uint8Array(png)], { type: 'text/html' }), 'c.png');
    expect(await upload(form)).toMatchObject({
      status: 201,
      body: { mime_type: 'image/png', file_name: 'c.png' },
    });
    expect(await upload(new Uint8Array())).toMatchObject({ status: 422, body: { code: 'input/invalid' } });
    const linked = await follow(whole.body['link']);
    expect(Buffer.from(await linked.arrayBuffer()).equals(png)).toBe(true);
  });

  it('are one file when the same upload is repeated under one key', async () => {
    const key = { 'idempotency-key': 'an-upload', 'content-type': 'text/plain' };
    const [first, second] = [await upload(Buffer.from('a'), key), await upload(Buffer.from('a'), key)];
    expect(second.body['id']).toBe(first.body['id']);
    expect(await upload(Buffer.from('b'), key)).toMatchObject({
      body: { code: 'input/idempotency-key-reused' },
    });
  });

  it('are taken from visitors, who name them in what they say', async () => {
    const open = await fetch(`${booted.url}/v1/widget/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ channel_id: workspace.channelId }),
    });
    const { client_token, conversation_id } = (await open.json()) as Record<string, string>;
    const visitor = apiOf(booted, client_token!);
    const taken = await fetch(`${booted.url}/v1/widget/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${client_token}`, 'content-type': 'image/png' },
      body: new Uint8Array(png),
    });
    expect(taken.status).toBe(201);
    const { url } = (await taken.json()) as { url: string };
    await visitor('POST', '/v1/widget/messages', { client_id: 'pic', parts: [{ type: 'image', url }] });
    const part = await until('it is recorded', async () => {
      const { body } = await api('GET', `/v1/conversations/${conversation_id}/messages`);
      const messages = body.data as { provider_id: string | null; parts: Record<string, unknown>[] }[];
      return messages.find(({ provider_id }) => provider_id === 'pic')?.parts[0];
    });
    expect(part).toMatchObject({ type: 'image', status: 'stored', mime_type: 'image/png' });
    expect((await follow(part['url'])).status).toBe(200);
    const nobody = await fetch(`${booted.url}/v1/widget/media`, { method: 'POST', body: 'x' });
    expect(nobody.status).toBe(401);
  });

  it('of one workspace are nothing in another', async () => {
    const { body } = await upload(Buffer.from('ours'));
    const other = await makeWorkspace(booted, 'Other');
    const theirs = await addFiled(other);
    await booted.gateway.get(InboundDoor).accept(theirs, [filed('stolen', [image(String(body['url']))])]);
    const conversations = booted.gateway.get(Conversations);
    const id = await until('it is recorded', () =>
      conversations.idOfThread(other.workspaceId, theirs.channelId, 'ann'),
    );
    const page = { limit: 10, order: 'asc' as const };
    const shown = await until('it is shown', async () => {
      const { data } = await conversations.messages(other.workspaceId, id, page);
      return data[0];
    });
    expect(shown.parts[0]).toEqual(image(String(body['url'])));
  });

  it('go out as a link and as bytes', async () => {
    const { body } = await upload(Buffer.from('brochure'), {}, '?file_name=brochure.txt');
    const url = String(body['url']);
    const conversationId = await conversationOf(channel.channelId);
    await booted.gateway.get(Outbox).say({
      workspaceId: workspace.workspaceId,
      conversationId,
      channel,
      thread: 'ann',
      address: { kind: 'external', value: 'ann' },
      contents: [[{ type: 'file', url }]],
      author: 'operator',
    });
    const sent = await until('it is sent', () => world.sent.find((one) => one.url === url));
    expect(sent.bytes).toBe('brochure');
    expect(await (await follow(sent.link)).text()).toBe('brochure');
  });
});
