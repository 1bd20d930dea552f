import type { Page } from 'playwright-core';
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
import { botScreens, inboxScreens, opsScreens, tourScreens } from '../support/console-screens.js';
import { ConsoleBrowser, shoot, sizes } from '../support/console.js';
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

/** What people bring in, in Arabic letters. */
async function fill(api: Api): Promise<void> {
  ids['channel'] = home.channelId;
  ids['bot'] = home.botId;
  const hello = { type: 'say', content: [{ type: 'text', text: 'أهلًا' }], next: 'size' };
  const size = { type: 'ask', text: 'أي قياس؟', into: 'size', expect: { kind: 'email' }, failed: 'person' };
  const nodes = { hello, size, person: { type: 'hand_over', reason: 'كبير' } };
  const definition = {
    ...testBot,
    flows: [{ schema: 1, id: 'order', title: 'طلب', start: 'hello', nodes }],
    knowledge: {},
  };
  const published = await api('POST', `/v1/bots/${home.botId}/versions`, { definition });
  expect(published.status, JSON.stringify(published.body)).toBe(201);
  const talk = { channel_id: home.channelId, contact: { name: 'ليلى', external_id: 'l' } };
  const session = (await api('POST', '/v1/sessions', talk)).body;
  const said = await api('POST', '/v1/messages', { session_id: session.id, text: 'متى تفتحون؟' });
  ids['message'] = said.body.message.id;
  ids['conversation'] = session.conversation_id;
  ids['contact'] = session.contact_id;
  const base = (await api('POST', '/v1/knowledge-bases', { name: 'دليل' })).body;
  ids['base'] = base.id;
  const source = { kind: 'text', title: 'الإرجاع', text: 'خلال 30 يومًا.' };
  await api('POST', `/v1/knowledge-bases/${base.id}/sources`, source);
  const hook = await api('POST', '/v1/webhook-endpoints', {
    url: `${booted.url}/livez`,
    description: 'نظام',
  });
  ids['endpoint'] = hook.body.id;
}

/** Every screen of the console, by its address. */
const screens = [
  ...new Set([
    ...[tourScreens, opsScreens, botScreens].flatMap((table) => Object.values(table).map(([at]) => at)),
    ...Object.values(inboxScreens),
    '/inbox?c=:conversation',
  ]),
];

/** Opens a screen in the console that is there, and waits until it is drawn. */
async function show(page: Page, at: string): Promise<void> {
  const address = at.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? '');
  await page.goto(`${booted.url}/console${address}`);
  await page.locator('h1, [role=log]').first().waitFor();
  await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
}

/** What still does not fit after the page had time to follow its new size. */
async function unfit(page: Page): Promise<string[]> {
  for (let tries = 0; ; tries++) {
    const found = await page.evaluate<string[]>(FITS);
    if (found.length === 0 || tries === 40) return found;
    await page.waitForTimeout(50);
  }
}

function nameOf(language: string, size: string, at: string): string {
  return `${language}-${size}${at.replaceAll(/[^a-z]+/g, '-')}`;
}

describe.skipIf(programs.chromium === undefined)('every screen in another language', () => {
  it.each([
    ['ar', 'rtl'],
    ['de', 'ltr'],
  ])('in %s fits a desktop and a phone', { timeout: 900_000 }, async (locale, direction) => {
    const page = await browser.open(booted, home, { locale });
    await page.locator(`html[dir=${direction}]`).waitFor();
    const found: Record<string, unknown> = {};
    for (const at of screens) {
      await page.setViewportSize(sizes.desktop);
      await show(page, at);
      await shoot(page, nameOf(locale, 'desktop', at));
      const wide = await unfit(page);
      await page.setViewportSize(sizes.phone);
      await shoot(page, nameOf(locale, 'phone', at));
      const wrong = [...wide, ...(await unfit(page))];
      if (wrong.length > 0) found[at] = wrong;
    }
    expect(found).toEqual({});
  });
});

/** In the page: what does not fit, as `wide` or the words of a button that is cut. */
const FITS = `(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  const isCut = (one) => one.offsetParent && one.scrollWidth > one.clientWidth + 1;
  const cut = [...document.querySelectorAll('.mantine-Button-label, .mantine-Tabs-tabLabel, .mantine-Badge-label, .mantine-SegmentedControl-innerLabel')];
  return [
    ...(scrollWidth > clientWidth ? ['wide: ' + (scrollWidth - clientWidth)] : []),
    ...cut.filter(isCut).map((one) => 'cut: ' + one.textContent),
  ];
})()`;
