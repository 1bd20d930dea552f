import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, apiOf, boot, type Booted, makeWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

/** Ten of each may be under way, and a worker sends 64 at once: without shares, seven would take all of them. */
const SILENT = 12;

let booted: Booted;
let api: Api;
const receivers: WebhookReceiver[] = [];

beforeAll(async () => {
  booted = await boot();
  api = apiOf(booted, (await makeWorkspace(booted, 'Home')).key);
});
afterAll(async () => {
  for (const receiver of receivers) await receiver.close();
  await booted?.close();
});

async function subscribed(answer: WebhookReceiver['answer']): Promise<WebhookReceiver> {
  const receiver = await startReceiver();
  receivers.push(receiver);
  receiver.answer = answer;
  const made = await api('POST', '/v1/webhook-endpoints', {
    url: receiver.url,
    types: ['conversation.created'],
  });
  expect(made.status).toBe(201);
  return receiver;
}

const sessions = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) expect((await api('POST', '/v1/sessions', {})).status).toBe(201);
};

it('tells a quick receiver at once while a dozen others say nothing', { timeout: 120_000 }, async () => {
  const silent: WebhookReceiver[] = [];
  for (let n = 0; n < SILENT; n++) silent.push(await subscribed(() => null));
  await sessions(12);
  await until('every one of them is kept waiting', () => silent.every(({ hooks }) => hooks.length > 0));
  const quick = await subscribed(() => ({ status: 204 }));
  await sessions(1);
  // Sooner than the others are given up, which is after twenty seconds.
  await until('the quick one was told', () => quick.hooks.length === 1);
});
