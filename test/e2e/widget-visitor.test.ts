import { describe, expect, it } from 'vitest';
import { programs } from '../support/programs.js';
import { answer, said, shoot, violations, write, WidgetShop } from '../support/widget-shop.js';

const shop = WidgetShop.forTests();

describe.runIf(programs.chromium)('who the visitor is', () => {
  it('begins a new conversation, and comes back to the one before', async () => {
    const page = await shop.open();
    await write(page, 'Are you open in May?');
    await answer(page, 'From nine to five.');
    await page.getByRole('button', { name: 'Conversations' }).click();
    await shoot(page, 'conversations');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    expect(await said(page)).toEqual([]);
    await write(page, 'second one');
    await answer(page, 'A person will answer.');
    await page.getByRole('button', { name: 'Conversations' }).click();
    await page.getByRole('button', { name: /From nine to five/ }).click();
    await answer(page, 'From nine to five.');
    expect(await said(page)).toEqual(['Are you open in May?']);
  });

  it.each(['light', 'dark'] as const)(
    'asks who the visitor is before the first conversation, and keeps what was put in: %s',
    async (colorScheme) => {
      const page = await shop.visit({ colorScheme }, `&channel=${shop.askingId}`);
      await page.locator('.launcher').click();
      await page.getByLabel('Name').fill('Ada');
      expect(await page.getByLabel('Write a message').count()).toBe(0);
      await page.reload();
      await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Ada');
      await page.getByLabel('E-mail').fill('ada@shop');
      await page.getByLabel('Topic').selectOption('order');
      expect(await violations(page)).toEqual([]);
      await shoot(page, `asking-${colorScheme}`);
      await page.getByRole('button', { name: 'Start the chat' }).click();
      await page.getByRole('alert').getByText('is no e-mail address').waitFor();
      expect(shop.complaints.splice(0).join()).toContain('422');
      await page.getByLabel('E-mail').fill('ada@shop.example');
      await page.getByRole('button', { name: 'Start the chat' }).click();
      await write(page, 'open?');
      await answer(page, 'From nine to five.');
      const { rows } = await shop.booted.owner.query(
        `select name, attributes from contact where name = 'Ada' order by created_at desc limit 1`,
      );
      expect(rows).toEqual([
        { name: 'Ada', attributes: expect.objectContaining({ email: 'ada@shop.example', topic: 'order' }) },
      ]);
      // Who is known is not asked again.
      await page.getByRole('button', { name: 'Conversations' }).click();
      await page.getByRole('button', { name: 'New conversation' }).click();
      await page.getByLabel('Write a message').waitFor();
    },
  );

  it('goes on with a session that the page has opened for its own visitor', async () => {
    const body = { channel_id: shop.channelId, contact: { external_id: 'customer-7' } };
    const session = (await shop.api('POST', '/v1/sessions', body)).body;
    const page = await shop.visit();
    await page.waitForFunction('typeof parley === "function"');
    await page.evaluate(
      `parley('identify', { token: ${JSON.stringify(session.client_token)} }); parley('send', 'it is me')`,
    );
    const { api } = shop;
    await expect
      .poll(async () =>
        JSON.stringify((await api('GET', `/v1/conversations/${session.conversation_id}/messages`)).body),
      )
      .toContain('it is me');
  });
});
