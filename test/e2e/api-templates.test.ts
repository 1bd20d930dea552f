import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, apiOf, boot, type Booted, makeWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';
import {
  type HookAnswer,
  type ReceivedHook,
  startReceiver,
  type WebhookReceiver,
} from '../support/webhook-receiver.js';

let booted: Booted;
let api: Api;
let graph: WebhookReceiver;
let channelId: string;
let people = 0;

const NUMBER = '1122334455667';
const TOKEN = 'EAAG-token-0123456789';
const APPROVED = { name: 'parcel_here', language: 'en_US', parameters: 2 };

/**
 * Takes messages as the Graph API does: with the token, to digits, and templates as they were approved.
 *
 * @see https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates (read 2026-11-21)
 */
function answerOf({ path, headers, body }: ReceivedHook): HookAnswer {
  const error = (status: number, code: number, message: string): HookAnswer => ({
    status,
    text: JSON.stringify({ error: { message, type: 'OAuthException', code } }),
  });
  if (headers['authorization'] !== `Bearer ${TOKEN}`) return error(401, 190, 'Invalid OAuth access token.');
  const isCall = path.endsWith(`/${NUMBER}/messages`) && body.messaging_product === 'whatsapp';
  if (!isCall || !/^\d{7,15}$/.test(body.to)) return error(400, 100, 'Invalid parameter');
  if (body.type !== 'template') return error(400, 131_047, 'Re-engagement message');
  const { name, language, components = [] } = body.template;
  if (name !== APPROVED.name || language.code !== APPROVED.language)
    return error(404, 132_001, 'Template name does not exist in the translation');
  const given = components.flatMap((one: { parameters: object[] }) => one.parameters);
  if (given.length !== APPROVED.parameters)
    return error(400, 132_000, 'Number of parameters does not match the expected number of params');
  const wamid = `wamid.${graph.hooks.length}`;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    text: JSON.stringify({
      messaging_product: 'whatsapp',
      contacts: [{ input: body.to, wa_id: body.to }],
      messages: [{ id: wamid, message_status: 'accepted' }],
    }),
  };
}

beforeAll(async () => {
  booted = await boot();
  graph = await startReceiver();
  graph.answer = answerOf;
  const home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
  const settings = {
    phone_number_id: NUMBER,
    access_token: TOKEN,
    app_secret: 'app-secret-0123456789',
    base_url: graph.url,
  };
  const made = await api('POST', '/v1/channels', { connector: 'whatsapp-cloud', name: 'WhatsApp', settings });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  channelId = made.body.id;
});
afterAll(async () => {
  await booted?.close();
  await graph?.close();
});

const template = (variables: Record<string, string>, name = APPROVED.name) => ({
  type: 'template',
  name,
  language: 'en-US',
  variables,
});
const planFor = (content: object) => ({
  address: { kind: 'phone', value: `+4915112345${people++ + 100}` },
  channels: [{ channel_id: channelId }],
  ...content,
});
const heard = (to: string): ReceivedHook[] =>
  graph.hooks.filter(({ path, body }) => path.endsWith('/messages') && `+${body.to}` === to);
async function ended(plan: object) {
  const made = await api('POST', '/v1/sends', plan);
  expect(made.status, JSON.stringify(made.body)).toBe(202);
  const send = await until('the send has ended', async () => {
    const { body } = await api('GET', `/v1/sends/${made.body.id}`);
    return ['sent', 'failed', 'cancelled'].includes(body.state) ? body : null;
  });
  const { message_id: messageId } = send.channels[0];
  return { send, message: (await api('GET', `/v1/messages/${messageId}`)).body };
}

describe('a send by a template', () => {
  it('reaches somebody who has not written within a day, as the provider approved it', async () => {
    const plan = planFor({ parts: [template({ 2: 'Monday', 1: 'Ada' })] });
    const { send, message } = await ended(plan);
    expect([send.state, message.status]).toEqual(['sent', 'sent']);
    const [call] = heard(plan.address.value);
    expect(call!.body).toMatchObject({
      type: 'template',
      template: {
        name: 'parcel_here',
        language: { code: 'en_US' },
        components: [{ type: 'body', parameters: [{ text: 'Ada' }, { text: 'Monday' }] }],
      },
    });
    expect(message.provider_id === null || message.provider_id.startsWith('wamid.')).toBe(true);
  });

  it('is shown beforehand by a dry run, and nobody hears of it', async () => {
    const plan = planFor({ parts: [template({ 1: 'Ada', 2: 'Monday' })], dry_run: true });
    const dry = await api('POST', '/v1/sends', plan);
    expect(dry.status).toBe(200);
    expect(dry.body.channels[0].result.parts).toMatchObject([
      { refused: null, body: { message: { type: 'template', template: { name: 'parcel_here' } } } },
    ]);
    expect(heard(plan.address.value)).toEqual([]);
  });

  it('ends as failed with the provider’s reason when it is not as it was approved', async () => {
    for (const [parts, code] of [
      [template({ 1: 'Ada' }), '132000'],
      [template({ 1: 'Ada', 2: 'Monday' }, 'unknown'), '132001'],
    ] as const) {
      const { send, message } = await ended(planFor({ parts: [parts] }));
      expect([send.state, message.status, message.error.code]).toEqual([
        'failed',
        'failed',
        'channel/rejected',
      ]);
      expect(JSON.stringify(message.error)).toContain(code);
    }
  });

  it('is what a free text is told to be when nobody has written within a day', async () => {
    const plan = planFor({ text: 'Your parcel is here.' });
    const dry = await api('POST', '/v1/sends', { ...plan, dry_run: true });
    expect(dry.body.channels[0].result.parts[0].refused).toMatchObject({
      code: 'outside-window',
      reason: expect.stringContaining('Send a template'),
    });
    const { send, message } = await ended(plan);
    expect([send.state, message.status]).toEqual(['failed', 'failed']);
    expect(JSON.stringify(message.error)).toContain('Send a template');
    // It was refused here: the provider was not asked.
    expect(heard(plan.address.value)).toEqual([]);
  });
});
