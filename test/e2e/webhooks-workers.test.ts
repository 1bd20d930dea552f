import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '#libs/model';
import { type Api, apiOf, boot, type Booted, makeWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

const script = path.resolve('dist/apps/worker/src/main.js');
const children: ChildProcess[] = [];
let booted: Booted;
let api: Api;
let receiver: WebhookReceiver;

beforeAll(async () => {
  booted = await boot({ hasWorker: false, env: { PARLEY_LEASE: '3s', PARLEY_SWEEP_EVERY: '100ms' } });
  receiver = await startReceiver();
  api = apiOf(booted, (await makeWorkspace(booted, 'Home')).key);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await booted?.close();
  await receiver?.close();
});

/** A worker as a process of its own. */
async function startWorker(): Promise<ChildProcess> {
  const child = fork(script, {
    env: { PATH: process.env['PATH'], ...booted.env },
    // Not those of the test runner, which would make it look for sources.
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  children.push(child);
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error('The worker ended.')));
  });
  return child;
}

const rows = async () =>
  (
    await booted.owner.query<{ id: string; status: string; attempts: number }>(
      'select id, status, attempts from webhook_delivery',
    )
  ).rows;

const sendsOf = (id: string): number => receiver.hooks.filter((hook) => uuidOf(hook.id) === id).length;

/** On a machine that has no time an attempt can fail: then it need not wait for its hour. */
async function allDelivered(): Promise<void> {
  await until(
    'all are delivered',
    async () => {
      await booted.owner.query(
        'update webhook_delivery set due_at = now() where due_at > now() and leased_by is null',
      );
      return (await rows()).every(({ status }) => status === 'delivered');
    },
    40_000,
  );
}

describe('webhooks, with workers that are killed', () => {
  it('are all told, whatever moment a worker dies at, and always under the same id', async () => {
    const types = ['conversation.created', 'message.created', 'message.status'];
    const made = await api('POST', '/v1/webhook-endpoints', { url: `${receiver.url}/all`, types });
    expect(made.status).toBe(201);
    // Never an answer: whoever sends stands in the middle of it.
    receiver.answer = () => null;
    const first = await startWorker();
    for (let n = 0; n < 5; n++) await api('POST', '/v1/sessions', {});
    await until('some are under way', () => receiver.hooks.length >= 5);
    first.kill('SIGKILL');
    const interrupted = new Set(receiver.hooks.map((hook) => uuidOf(hook.id)));
    // What happens while nobody works is told later.
    for (let n = 0; n < 5; n++) await api('POST', '/v1/sessions', {});
    receiver.answer = () => ({ status: 204 });
    await startWorker();
    await allDelivered();
    const { rows: events } = await booted.owner.query('select 1 from event where type = any ($1)', [types]);
    expect(await rows()).toHaveLength(events.length);
    for (const { id, attempts } of await rows()) {
      // What a killed worker sent it could not write down, and on a machine without time a lease may end meanwhile.
      const least = interrupted.has(id) ? attempts + 1 : attempts;
      expect([least, least + 1]).toContain(sendsOf(id));
    }
    expect(new Set(receiver.hooks.map((hook) => hook.id)).size).toBe(events.length);
  }, 90_000);

  it('are each sent by one worker while both live', async () => {
    await startWorker();
    const before = receiver.hooks.length;
    for (let n = 0; n < 20; n++) await api('POST', '/v1/sessions', {});
    await allDelivered();
    const sent = new Set(receiver.hooks.slice(before).map((hook) => hook.id));
    expect(sent.size).toBeGreaterThanOrEqual(40);
    for (const { id, attempts } of await rows()) if (sent.has(id)) expect(sendsOf(id)).toBe(attempts);
  }, 90_000);

  it('do not wait for a receiver that never answers', async () => {
    const dead = await api('POST', '/v1/webhook-endpoints', { url: `${receiver.url}/dead` });
    receiver.answer = ({ path: at }) => (at === '/dead' ? null : { status: 204 });
    // More than one worker sends at once.
    for (let n = 0; n < 80; n++) await api('POST', '/v1/sessions', {});
    await until(
      'the others are delivered',
      async () => {
        const { rows: open } = await booted.owner.query(
          `select 1 from webhook_delivery d join webhook_endpoint w on w.id = d.endpoint_id
          where w.url not like '%/dead' and d.status = 'pending'`,
        );
        return open.length === 0;
      },
      40_000,
    );
    const { rows: busy } = await booted.owner.query<{ n: number }>(
      `select count(*)::int as n from webhook_delivery d join webhook_endpoint w on w.id = d.endpoint_id
        where w.url like '%/dead' and d.leased_by is not null`,
    );
    expect(busy[0]!.n).toBeLessThanOrEqual(20);
    expect((await api('DELETE', `/v1/webhook-endpoints/${dead.body.id}`)).status).toBe(204);
    expect((await rows()).every(({ status }) => status === 'delivered')).toBe(true);
  }, 90_000);
});
