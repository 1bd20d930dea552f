import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { apiOf } from '../support/boot.js';
import { programs } from '../support/programs.js';
import { answer, WidgetShop, write } from '../support/widget-shop.js';

const shop = WidgetShop.forTests();
const email = 'grace@example.com';

/** The contact of the conversation that was begun last. */
async function lastContact(): Promise<{
  id: string;
  attributes: Record<string, string>;
  identities: { kind: string; value: string }[];
}> {
  const { body } = await shop.api('GET', `/v1/conversations/${await shop.lastConversation()}`);
  return (await shop.api('GET', `/v1/contacts/${body.contact.id}`)).body;
}

describe.runIf(programs.chromium)('what a page says of its visitor', () => {
  it('is kept as something that was said, loads nothing by itself, and makes nobody of them', async () => {
    const known = await shop.api('POST', '/v1/contacts', {
      name: 'Grace Hopper',
      identities: [{ kind: 'email', value: email, proof: 'verified' }],
    });
    expect(known.status).toBe(201);
    const page = await shop.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${shop.url}/lamps`);
    await page.locator('.launcher').waitFor();
    await page.evaluate(`parley('set', 'attributes', { plan: 'pro', seats: 3, gone: null })`);
    expect(asked.filter((each) => each.startsWith('/widget/'))).toEqual([]);
    await page.evaluate(`parley('identify', { email: '${email}' })`);
    await page.locator('.launcher').click();
    await write(page, 'are you open?');
    await answer(page, 'From nine to five.');
    await expect
      .poll(async () => (await lastContact()).attributes, { timeout: 15_000 })
      .toEqual({ said_plan: 'pro', said_seats: '3', said_email: email });
    const contact = await lastContact();
    expect(contact.id).not.toBe(known.body.id);
    expect(contact.identities.map(({ kind }) => kind)).toEqual(['visitor']);
    const grace = await shop.api('GET', `/v1/contacts/${known.body.id}`);
    expect(grace.body.attributes).toEqual({});
    await page.evaluate(`parley('set', 'attributes', { plan: 'free', seats: null })`);
    await expect
      .poll(async () => (await lastContact()).attributes, { timeout: 15_000 })
      .toEqual({ said_plan: 'free', said_email: email });
  });

  it('stands beside what the server of the page vouches for, and never in its place', async () => {
    const { secret } = (
      await shop.api('POST', `/v1/channels/${shop.channelId}/visitor-keys`, { algorithm: 'HS256' })
    ).body;
    const contact = { external_id: 'ada', attributes: { plan: 'gold' } };
    await shop.api('POST', '/v1/sessions', { channel_id: shop.channelId, contact });
    const hash = createHmac('sha256', secret).update('ada').digest('hex');
    const page = await shop.visit();
    await page.locator('.launcher').waitFor();
    await page.evaluate(`parley('identify', { id: 'ada', hash: '${hash}', email: '${email}' })`);
    await page.evaluate(`parley('set', 'attributes', { plan: 'free' })`);
    await page.locator('.launcher').click();
    await expect
      .poll(async () => (await lastContact()).attributes, { timeout: 15_000 })
      .toEqual({ plan: 'gold', said_plan: 'free', said_email: email });
  });

  it('is refused with a reason when it is too much, and the talk goes on', async () => {
    const page = await shop.open();
    await page.evaluate(
      `window.told = []; parley('on', 'error', ({ reason }) => told.push(reason)); parley('set', 'attributes', { 'no name': 'x' })`,
    );
    await expect.poll(() => page.evaluate('told.length'), { timeout: 15_000 }).toBe(1);
    await write(page, 'are you open?');
    await answer(page, 'From nine to five.');
    shop.complaints.splice(0);
  });

  it('waits for consent, where consent is asked for', async () => {
    const page = await shop.visit({}, '&data-consent=required');
    await expect.poll(() => page.evaluate('typeof window.parley'), { timeout: 15_000 }).toBe('function');
    await page.evaluate(`parley('identify', { email: '${email}' })`);
    expect(await page.evaluate('localStorage.length')).toBe(0);
    await page.evaluate(`parley('consent')`);
    await page.locator('.launcher[aria-expanded]').waitFor();
  });

  it('is taken by the API in names and numbers that a contact can hold', async () => {
    const session = (
      await apiOf(shop.booted, null)('POST', '/v1/widget/sessions', { channel_id: shop.channelId })
    ).body;
    const visitor = apiOf(shop.booted, session.client_token);
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`n${at}`, 'x']));
    for (const said of [many, { '': 'x' }, { 'a b': 'x' }, { plan: 'x'.repeat(501) }, { plan: 3 }]) {
      expect((await visitor('POST', '/v1/widget/form', { said })).status).toBe(422);
    }
    expect((await visitor('POST', '/v1/widget/form', {})).status).toBe(422);
    expect((await visitor('POST', '/v1/widget/form', { said: { plan: 'pro' } })).status).toBe(204);
  });
});
