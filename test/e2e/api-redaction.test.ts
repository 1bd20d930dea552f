import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BotDefinition, uuidOf } from '#libs/model';
import { Bots } from '#libs/store';
import { apiOf, boot, makeWorkspace, type Api, type Booted, type TestWorkspace } from '../support/boot.js';
import { memberOf } from '../support/signed-in.js';
import { until } from '../support/until.js';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

let booted: Booted;
let folder: string;
let home: TestWorkspace;
let api: Api;
let provider: WebhookReceiver;

const say = (text: string) => [{ type: 'text' as const, text }];
const canary = (kind: string): string => `canary${kind}${randomBytes(6).toString('hex')}`;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-redaction-'));
  booted = await boot({ env: { PARLEY_DATA_DIR: folder } });
  provider = await startReceiver();
  // Receivers that say again what they heard: their answers are kept too.
  provider.answer = ({ text }) => ({ status: 200, text });
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
  const definition = BotDefinition.parse({
    persona: { name: 'Ada' },
    understanding: { intents: [{ id: 'x', title: 'X', phrasings: ['something else'], reply: say('x') }] },
    fallback: say('I do not know.'),
  });
  await booted.gateway.get(Bots).publish(home.workspaceId, home.botId, { definition, actor: 'system' });
  await api('POST', '/v1/webhook-endpoints', { url: `${provider.url}/told`, include: ['transcript'] });
});
afterAll(async () => {
  await booted?.close();
  await provider?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Every row of every table, bytes also as text, and every file, by name. */
async function placesOf(word: string): Promise<string[]> {
  const { rows } = await booted.owner.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const lines = await booted.owner.query(
      `select 1 from "${name}" t where position($1 in t::text) > 0 limit 1`,
      [word],
    );
    if (lines.rows.length > 0) found.push(name);
  }
  const raw = await booted.owner.query(
    `select 1 from inbox_event where position(convert_to($1, 'UTF8') in raw) > 0 limit 1`,
    [word],
  );
  if (raw.rows.length > 0) found.push('inbox_event.raw');
  const files = readdirSync(folder, { recursive: true }).map((name) => path.join(folder, String(name)));
  const holding = files.filter((file) => statSync(file).isFile() && readFileSync(file).includes(word));
  return [...found, ...holding];
}

const rowOf = (id: string): string => uuidOf(id);

async function session() {
  const begun = (await api('POST', '/v1/sessions', {})).body;
  return {
    id: begun.id as string,
    conversationId: begun.conversation_id as string,
    token: begun.client_token as string,
    visitor: apiOf(booted, begun.client_token),
  };
}
const messagesOf = async (conversationId: string) =>
  (await api('GET', `/v1/conversations/${conversationId}/messages?order=asc&limit=100`)).body.data;

/** Puts a word where bots with flows and models leave what they heard. */
async function remember(messageId: string, word: string): Promise<void> {
  const id = rowOf(messageId);
  const { rows } = await booted.owner.query<{ c: string; p: string; w: string }>(
    `select m.conversation_id as c, c.contact_id as p, m.workspace_id as w from message m
       join conversation c on c.id = m.conversation_id where m.id = $1`,
    [id],
  );
  const { c, p, w } = rows[0]!;
  const query = (text: string, ...values: unknown[]) => booted.owner.query(text, values);
  await query(`update turn set trace = jsonb_build_array($2::text) where conversation_id = $1`, c, word);
  await query(
    `update conversation set bot_state = jsonb_build_object('flows', $2::text) where id = $1`,
    c,
    word,
  );
  await query(
    `insert into contact_fact (workspace_id, id, contact_id, text, source, conversation_id, expires_at)
     values ($1, gen_random_uuid(), $2, $3, 'agent', $4, now() + interval '1 day')`,
    w,
    p,
    word,
    c,
  );
  await query(
    `select event_add($1, $2, 'goal.reached', jsonb_build_object('goal', 'lead', 'data', jsonb_build_object('it', $3::text)))`,
    w,
    c,
    word.toUpperCase(),
  );
  await query(
    `select event_add($1, $2, 'handoff.requested', jsonb_build_object('reason', $3::text))`,
    w,
    c,
    word,
  );
}

describe('a message that is redacted', () => {
  it('is gone from every table and file, and its place stays', async () => {
    const word = canary('said');
    const { id, conversationId } = await session();
    const key = { 'idempotency-key': `redact-${word.slice(-8)}` };
    const asked = { session_id: id, text: `what about ${word} please` };
    const { body } = await api('POST', '/v1/messages', asked, key);
    const after = await api('POST', '/v1/messages', { session_id: id, text: 'and something more' });
    expect(after.body.status).toBe('completed');
    await until('others were told of it', async () => (await placesOf(word)).includes('webhook_delivery'));
    await until('nothing is being told', async () => {
      const { rows } = await booted.owner.query("select 1 from webhook_delivery where status = 'pending'");
      return rows.length === 0;
    });
    await remember(body.message.id, word);
    const before = await placesOf(word);
    const kept = [
      'message',
      'message_words',
      'turn',
      'inbox_event',
      'inbox_event.raw',
      'bot_proposal',
      'idempotency',
    ];
    expect(before).toEqual(expect.arrayContaining([...kept, 'conversation', 'contact_fact', 'event']));

    const messageId = body.message.id as string;
    const answer = await api('DELETE', `/v1/messages/${messageId}`);
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { message_id: messageId, conversation_id: conversationId, channel_copy: 'removed' },
    ]);
    expect(await placesOf(word)).toEqual([]);
    expect(booted.log.join('')).not.toContain(word);

    const all = await messagesOf(conversationId);
    const place = all.find((one: { id: string }) => one.id === messageId);
    expect(place).toMatchObject({
      seq: body.message.seq,
      parts: say('[redacted]'),
      redacted: { at: answer.body.redacted_at, by: expect.stringMatching(/^api_key:/) },
    });
    expect(all.filter(({ redacted }: { redacted?: object }) => redacted)).toHaveLength(1);
    // The question after it was answered as it was, and the conversation goes on.
    const next = await api('POST', '/v1/messages', { session_id: id, text: 'are you there' });
    expect(next.body.status).toBe('completed');
    const again = await api('POST', '/v1/messages', asked, key);
    expect([again.status, again.body.code]).toEqual([410, 'state/gone']);
  });

  it('is redacted once: asked for again, the answer is the same, and nobody is told twice', async () => {
    const { id, conversationId } = await session();
    const { body } = await api('POST', '/v1/messages', { session_id: id, text: canary('once') });
    const operator = await memberOf(booted, home.workspaceId, 'operator', 'op-redaction');
    const [first, second] = await Promise.all(
      [1, 2].map(() => operator('DELETE', `/v1/messages/${body.message.id}`)),
    );
    const third = await api('DELETE', `/v1/messages/${body.message.id}`);
    expect([first!.status, second!.body, third.body]).toEqual([200, first!.body, first!.body]);
    expect(first!.body.redacted_by).toMatch(/^member:/);
    const { rows } = await booted.owner.query(
      `select 1 from event where type = 'message.deleted' and data->>'message' = $1`,
      [rowOf(body.message.id)],
    );
    const audit = await booted.owner.query(
      `select 1 from audit where action = 'message.redact' and target = $1`,
      [body.message.id],
    );
    expect([rows.length, audit.rows.length]).toEqual([1, 1]);
    const heard = () =>
      provider
        .on('/told', 'message.deleted')
        .filter((one) => one.body.data.conversation_id === conversationId);
    await until('webhooks hear of it', async () => heard().length > 0);
    expect(heard()[0]!.body.data).toMatchObject({ redacted: true, message: { parts: say('[redacted]') } });
  });

  it('takes its file along, and leaves one that others name', async () => {
    const { id, token, visitor, conversationId } = await session();
    const upload = async (word: string): Promise<string> => {
      const answer = await fetch(`${booted.url}/v1/widget/media?file_name=${word}.txt`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
        body: `${word} is in the file`,
      });
      return ((await answer.json()) as { url: string }).url;
    };
    const [own, shared] = [canary('own'), canary('shared')];
    const [ownUrl, sharedUrl] = [await upload(own), await upload(shared)];
    const parts = [ownUrl, sharedUrl].map((url) => ({ type: 'file', url }));
    await visitor('POST', '/v1/widget/messages', { client_id: 'a', parts });
    await visitor('POST', '/v1/widget/messages', { client_id: 'b', parts: [parts[1]] });
    await api('POST', '/v1/messages', { session_id: id, text: 'that is all' });
    const both = (await messagesOf(conversationId)).find(
      ({ parts: p }: { parts: object[] }) => p.length === 2,
    );
    expect(await placesOf(own)).toContain('media');
    expect((await api('DELETE', `/v1/messages/${both.id}`)).status).toBe(200);
    expect(await placesOf(own)).toEqual([]);
    expect(await placesOf(shared)).toContain('media');
    const kept = (await messagesOf(conversationId)).filter(({ parts: p }: { parts: { type: string }[] }) =>
      p.some(({ type }) => type === 'file'),
    );
    expect(kept).toHaveLength(1);
  });

  it('stays at the provider where the channel cannot take back, and a later edit brings nothing', async () => {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const settings = {
      url: `${provider.url}/in`,
      inbound_secret: secret,
      outbound_secret: secret,
      account: 'one',
    };
    const channel = { connector: 'webhook', name: 'Chat', bot_id: home.botId, settings };
    const channelId = (await api('POST', '/v1/channels', channel)).body.id;
    const [from, word] = [canary('from'), canary('reply')];
    await api('POST', `/v1/channels/${channelId}/simulate`, { from, text: 'hello' });
    const conversationId = await until('it was answered', async () => {
      const talk = (await api('GET', `/v1/conversations?channel_id=${channelId}`)).body.data[0];
      const said = talk ? await messagesOf(talk.id) : [];
      return said.some(({ status }: { status: string }) => status === 'sent') ? (talk.id as string) : null;
    });
    const sent = await api('POST', `/v1/conversations/${conversationId}/messages`, { text: `it is ${word}` });
    await until(
      'it was sent',
      async () => (await api('GET', `/v1/messages/${sent.body.id}`)).body.status === 'sent',
    );
    await until('it was told', async () => {
      const { rows } = await booted.owner.query("select 1 from webhook_delivery where status = 'pending'");
      return rows.length === 0;
    });
    expect(await placesOf(word)).toEqual(expect.arrayContaining(['message', 'delivery', 'webhook_delivery']));
    const answer = await api('DELETE', `/v1/messages/${sent.body.id}`);
    expect(answer.body).toMatchObject({ channel_copy: 'kept' });
    expect(await placesOf(word)).toEqual([]);
    await booted.owner.query(`update message set content = $2::jsonb, edited_at = now() where id = $1`, [
      rowOf(sent.body.id),
      JSON.stringify(say(word)),
    ]);
    expect((await api('GET', `/v1/messages/${sent.body.id}`)).body.parts).toEqual(say('[redacted]'));
  });

  it('is refused while it is still to be sent, and to those who may not', async () => {
    const { id } = await session();
    const { body } = await api('POST', '/v1/messages', { session_id: id, text: 'qwerty' });
    const reply = body.replies[0].id as string;
    const set = (status: string) =>
      booted.owner.query(`update delivery set status = $2 where message_id = $1`, [rowOf(reply), status]);
    await set('unknown');
    const refused = await api('DELETE', `/v1/messages/${reply}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'state/conflict']);
    expect((await api('GET', `/v1/messages/${reply}`)).body.parts).toEqual(say('I do not know.'));
    await set('sent');
    const viewer = await memberOf(booted, home.workspaceId, 'viewer', 'viewer-redaction');
    expect((await viewer('DELETE', `/v1/messages/${reply}`)).status).toBe(403);
    expect((await api('DELETE', `/v1/messages/${reply}`)).status).toBe(200);
  });
});
