import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type Api,
  apiOf,
  boot,
  type Booted,
  makeWorkspace,
  testBot,
  type TestWorkspace,
} from '../support/boot.js';
import { tourDialogs, tourScreens } from '../support/console-screens.js';
import { ConsoleBrowser } from '../support/console.js';
import { expectFineInEveryLook } from '../support/every-look.js';
import { programs } from '../support/programs.js';

let booted: Booted;
let home: TestWorkspace;
let browser: ConsoleBrowser;
/** Ids that stand in the addresses of screens, by name. */
const ids: Record<string, string> = {};

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  booted = await boot();
  home = await makeWorkspace(booted);
  ids['channel'] = home.channelId;
  ids['bot'] = home.botId;
  await fill(apiOf(booted, home.key));
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

/** A little of everything, so that no screen is empty. */
async function fill(api: Api): Promise<void> {
  const definition = {
    ...testBot,
    flows: [
      {
        schema: 1,
        id: 'order',
        title: 'Order',
        start: 'hello',
        nodes: {
          hello: { type: 'say', content: [{ type: 'text', text: 'Let us see.' }], next: 'size' },
          size: {
            type: 'ask',
            text: 'Which size?',
            into: 'size',
            expect: {
              kind: 'choice',
              options: [
                { id: 'big', label: 'Big', next: 'sort' },
                { id: 'small', label: 'Small' },
              ],
            },
            failed: 'person',
            next: 'sort',
          },
          sort: {
            type: 'branch',
            cases: [{ when: 'fields.size == "big"', next: 'person' }],
            otherwise: 'bye',
          },
          bye: { type: 'say', content: [{ type: 'text', text: 'It is on its way.' }] },
          person: { type: 'hand_over', reason: 'Wants a big one' },
        },
      },
    ],
  };
  const published = await api('POST', `/v1/bots/${home.botId}/versions`, { definition });
  expect(published.status, JSON.stringify(published.body)).toBe(201);
  const session = (await api('POST', '/v1/sessions', { channel_id: home.channelId })).body;
  const said = await api('POST', '/v1/messages', { session_id: session.id, text: 'When are you open?' });
  ids['message'] = said.body.message.id;
  ids['contact'] = session.contact_id;
  const base = (await api('POST', '/v1/knowledge-bases', { name: 'Handbook' })).body;
  ids['base'] = base.id;
  const text = '# Returns\n\nYou can send things back within 30 days.';
  await api('POST', `/v1/knowledge-bases/${base.id}/sources`, { kind: 'text', title: 'Returns', text });
  const hook = await api('POST', '/v1/webhook-endpoints', { url: `${booted.url}/livez`, description: 'CRM' });
  ids['endpoint'] = hook.body.id;
  await api('POST', `/v1/webhook-endpoints/${hook.body.id}/test`);
  await booted.owner.query(
    `update delivery set status = 'failed', due_at = null, error = '{"text": "The provider refused it."}'
      where id = (select min(id::text)::uuid from delivery)`,
  );
}

const withIds = (address: string): string => address.replace(/:(\w+)/g, (_, id: string) => ids[id] ?? '');
const only = process.env['PARLEY_SCREENS']?.split(',');
const wanted = <Entry>(all: Readonly<Record<string, Entry>>): [string, Entry][] =>
  Object.entries(all).filter(([name]) => only?.includes(name) ?? true);

describe.skipIf(programs.chromium === undefined)('every screen', () => {
  it.each(wanted(tourScreens))(
    'is without a serious finding in both themes, on a desktop and on a phone: %s',
    async (name, [address, words]) => {
      const page = await browser.open(booted, home, { at: withIds(address) });
      await page.getByText(words, { exact: false }).first().waitFor();
      await page.waitForLoadState('load');
      await expectFineInEveryLook(page, name);
    },
    120_000,
  );
});

describe.skipIf(programs.chromium === undefined)('what opens on a screen', () => {
  it.each(wanted(tourDialogs))(
    'is without a serious finding in every look, and closes by a key: %s',
    async (name, [address, by, role]) => {
      const page = await browser.open(booted, home, { at: withIds(address) });
      await page.getByRole('heading').first().waitFor();
      if (/^.$|\+/.test(by)) await page.keyboard.press(by);
      else await page.getByRole('button', { name: by, exact: true }).first().click();
      const opened = page.getByRole(role).first();
      await opened.waitFor();
      await expect.poll(() => opened.locator('[data-loading]').count()).toBe(0);
      await expectFineInEveryLook(page, name);
      await page.keyboard.press('Escape');
      await opened.waitFor({ state: 'detached' });
    },
    120_000,
  );
});
