import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiOf, boot, makeWorkspace, type Api, type Booted } from '../support/boot.js';

let booted: Booted;
let api: Api;

beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  api = apiOf(booted, (await makeWorkspace(booted, 'Home')).key);
});
afterAll(() => booted?.close());

const example = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../libs/bot/examples/shop-assistant.bot.json'), 'utf8'),
) as Record<string, unknown>;

describe('a bot', () => {
  it('is taken as its example is written, flows and all, and comes back so', async () => {
    const made = await api('POST', '/v1/bots', { name: 'Shop', definition: example });
    expect(made.status).toBe(201);
    const read = await api('GET', `/v1/bots/${made.body.id}`);
    expect(read.body.definition).toMatchObject(example);
  });

  it('is refused when a rule leads nowhere, with a pointer to it, and nothing is published', async () => {
    const made = await api('POST', '/v1/bots', { name: 'Small', definition: { persona: { name: 'S' } } });
    const rule = { id: 'r1', when: { phrases: ['hi'] }, start_flow: 'nowhere' };
    const refused = await api('POST', `/v1/bots/${made.body.id}/versions`, {
      definition: { persona: { name: 'S' }, rules: [rule] },
    });
    expect([refused.status, refused.body.code]).toEqual([422, 'input/invalid']);
    expect(refused.body.errors[0].pointer).toMatch(/^\/definition\/rules\/0/);
    const read = await api('GET', `/v1/bots/${made.body.id}`);
    expect(read.body.definition.rules).toEqual([]);
  });
});
