import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, apiOf, boot, type Booted, makeWorkspace, testBot } from '../support/boot.js';
import { ConsoleBrowser } from '../support/console.js';
import { programs } from '../support/programs.js';
import { memberOf } from '../support/signed-in.js';
import { until } from '../support/until.js';

vi.setConfig({ testTimeout: 180_000 });

let booted: Booted;
let browser: ConsoleBrowser;
let writers = 0;

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  booted = await boot();
  browser = await ConsoleBrowser.start();
});
afterEach(async () => {
  await browser?.closeAll();
  expect(browser?.complaints.splice(0) ?? []).toEqual([]);
});
afterAll(async () => {
  await browser?.stop();
  await booted?.close();
});

/** A workspace of its own, and a console of its owner. */
async function begin(): Promise<{
  api: Api;
  bot: string;
  channel: string;
  open: (at: string) => Promise<Page>;
}> {
  const home = await makeWorkspace(booted);
  const as = await memberOf(booted, home.workspaceId, 'owner', `Writer ${++writers}`);
  const open = (at: string) => browser.open(booted, home, { as, at });
  return { api: apiOf(booted, home.key), bot: home.botId, channel: home.channelId, open };
}

/** The server takes nothing that is written, and says so, until `heal`. */
async function refuseWrites(page: Page, what: string): Promise<{ heal: () => Promise<void> }> {
  await page.route(what, (route) =>
    ['POST', 'PUT', 'PATCH'].includes(route.request().method())
      ? route.fulfill({
          status: 503,
          json: { code: 'store/unavailable', title: 'Away', detail: 'The database does not answer.' },
        })
      : route.fallback(),
  );
  return { heal: () => page.unrouteAll({ behavior: 'ignoreErrors' }) };
}

const value = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true }).inputValue();

describe.skipIf(programs.chromium === undefined)(
  'nothing that a person typed is lost by a reload or a failed send',
  () => {
    it('in the inbox: a reply, and a note beside it', async () => {
      const { api, channel, open } = await begin();
      const session = (await api('POST', '/v1/sessions', { channel_id: channel })).body;
      await api('POST', '/v1/messages', { session_id: session.id, text: 'Good morning' });
      const page = await open(`/inbox?c=${session.conversation_id}`);
      await page.getByRole('textbox', { name: 'Reply' }).fill('Half a reply');
      await page.getByText('Note', { exact: true }).last().click();
      await page.getByRole('textbox', { name: 'Note' }).fill('Half a note');
      await page.reload();
      await page.getByRole('textbox', { name: 'Note' }).waitFor();
      expect(await value(page, 'Note')).toBe('Half a note');
      const { heal } = await refuseWrites(page, '**/notes');
      await page.getByRole('button', { name: 'Add the note' }).click();
      await page.getByText('Half a note').first().waitFor();
      await page.reload();
      await page.getByText('Half a note').first().waitFor();
      await heal();
      await page.reload();
      // It goes by itself once the server is well.
      await until('the note is stored once', async () => {
        const { body } = await api('GET', `/v1/conversations/${session.conversation_id}/notes`);
        return body.data.length === 1 && body.data[0].text === 'Half a note';
      });
      await page.getByText('Reply', { exact: true }).last().click();
      expect(await value(page, 'Reply')).toBe('Half a reply');
    });

    it('in a kept answer', async () => {
      const { api, open } = await begin();
      const page = await open('/settings?tab=replies');
      const write = page.getByRole('button', { name: 'Write a reply' });
      await write.click();
      await page.getByRole('textbox', { name: 'Title' }).fill('Parking');
      await page.getByRole('textbox', { name: 'Answer' }).fill('Behind the house.');
      await page.reload();
      await write.click();
      expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Parking');
      await page.getByRole('textbox', { name: 'Shortcut' }).fill('park');
      const { heal } = await refuseWrites(page, '**/v1/canned-replies');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('dialog').getByRole('alert').waitFor();
      await heal();
      await page.reload();
      await write.click();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect((await api('GET', '/v1/canned-replies')).body.data).toMatchObject([
        { shortcut: 'park', title: 'Parking', text: 'Behind the house.' },
      ]);
      // What was saved is no draft any more.
      await write.click();
      expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('');
    });

    it('in a rule', async () => {
      const { api, bot, open } = await begin();
      const page = await open(`/bots/${bot}?tab=rules`);
      const { heal } = await refuseWrites(page, '**/draft');
      await page.getByRole('button', { name: 'Add a rule' }).click();
      await page.getByRole('textbox', { name: 'Say', exact: true }).fill('Behind the house.');
      await page.getByText('The last changes are kept in this browser only', { exact: false }).waitFor();
      await page.reload();
      await page.getByRole('button', { name: /^rule/ }).click();
      expect(await value(page, 'Say')).toBe('Behind the house.');
      await heal();
      await page.reload();
      await until(
        'the server has it',
        async () => {
          const { rules } = (await api('GET', `/v1/bots/${bot}/draft`)).body.definition;
          return JSON.stringify(rules).includes('Behind the house.');
        },
        30_000,
      );
    });

    it('in a flow', async () => {
      const { api, bot, open } = await begin();
      const nodes = { hello: { type: 'say', content: [{ type: 'text', text: 'Hello.' }] } };
      const flows = [{ schema: 1, id: 'order', title: 'Order', start: 'hello', nodes }];
      await api('PUT', `/v1/bots/${bot}/draft`, { definition: { ...testBot, flows } });
      const page = await open(`/bots/${bot}/flows/order`);
      const { heal } = await refuseWrites(page, '**/draft');
      const step = page.getByRole('region').getByText('Hello.').first();
      await step.click();
      await page
        .getByRole('complementary')
        .getByRole('textbox', { name: 'What is said', exact: true })
        .fill('Hello there, stranger.');
      await page.getByText('The last changes are kept in this browser only', { exact: false }).waitFor();
      await page.reload();
      await page.getByRole('region').getByText('Hello there, stranger.').first().waitFor();
      await heal();
      await page.reload();
      await until(
        'the server has it',
        async () => {
          const { definition } = (await api('GET', `/v1/bots/${bot}/draft`)).body;
          return JSON.stringify(definition.flows).includes('Hello there, stranger.');
        },
        30_000,
      );
    });

    it('in a text and an address that bots are to know', async () => {
      const { api, open } = await begin();
      const base = (await api('POST', '/v1/knowledge-bases', { name: 'Help' })).body.id as string;
      const page = await open(`/knowledge/${base}`);
      await page.getByRole('tab', { name: 'Add a page' }).click();
      await page.getByRole('textbox', { name: 'Address of the page' }).fill('https://shop.example/help');
      await page.getByRole('tab', { name: 'Add a text' }).click();
      await page.getByRole('textbox', { name: 'Title' }).fill('Parking');
      await page.getByRole('textbox', { name: 'Text', exact: true }).fill('Behind the house.');
      await page.reload();
      await page.getByRole('tab', { name: 'Add a page' }).click();
      expect(await value(page, 'Address of the page')).toBe('https://shop.example/help');
      await page.getByRole('tab', { name: 'Add a text' }).click();
      const { heal } = await refuseWrites(page, '**/sources');
      const add = page.getByRole('tabpanel').getByRole('button', { name: 'Add', exact: true });
      await add.click();
      await page.getByRole('alert').waitFor();
      expect(await value(page, 'Text')).toBe('Behind the house.');
      await heal();
      await add.click();
      await until('the server has it', async () => {
        const { body } = await api('GET', `/v1/knowledge-bases/${base}/sources`);
        return body.data.length === 1 && body.data[0].title === 'Parking';
      });
      await until('the form is empty', async () => (await value(page, 'Text')) === '');
    });
  },
);

describe.skipIf(programs.chromium === undefined)('a lost connection', () => {
  it('is shown on every screen, and heals by itself: what is shown is read anew', async () => {
    const { api, channel, open } = await begin();
    const page = await open('/channels');
    await page.getByText('Chat', { exact: true }).waitFor();
    await page.context().setOffline(true);
    const lost = page.getByText('No connection to the server.');
    for (const place of ['Contacts', 'Bots', 'Channels']) {
      await lost.waitFor();
      await page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click();
    }
    await api('PATCH', `/v1/channels/${channel}`, { name: 'Shop chat' });
    await page.context().setOffline(false);
    await lost.waitFor({ state: 'detached', timeout: 30_000 });
    await page.getByText('Shop chat', { exact: true }).waitFor({ timeout: 30_000 });
  });
});
