import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { ConsoleBrowser, seriousFindings, shoot } from '../support/console.js';
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

/** Every screen, by the name of its picture: its address, and words that are there when it is drawn. */
const screens: Record<string, readonly [at: string, words: string]> = {
  home: ['/', 'Lights'],
  channels: ['/channels', 'Where people write to you'],
  catalogue: ['/channels/new', 'Web chat'],
  'channel-new-slack': ['/channels/new/slack', 'Make the app'],
  channel: ['/channels/:channel', 'Put it on a page'],
  'channel-activity': ['/channels/:channel?tab=activity', 'Came in'],
  'channel-settings': ['/channels/:channel?tab=settings', 'Save changes'],
};
const only = process.env['PARLEY_SCREENS']?.split(',');
const looks = [
  ['light', 'desktop'],
  ['dark', 'desktop'],
  ['light', 'phone'],
] as const;

describe.skipIf(programs.chromium === undefined)('every screen', () => {
  it.each(Object.entries(screens).filter(([name]) => only?.includes(name) ?? true))(
    'is without a serious finding in both themes and on a phone: %s',
    async (name, [address, words]) => {
      const at = address.replace(/:(\w+)/g, (_, id: string) => ids[id] ?? '');
      for (const [colours, size] of looks) {
        const page = await browser.open(booted, home, { at, colours, size });
        await page.getByText(words, { exact: false }).first().waitFor();
        await page.waitForLoadState('load');
        await shoot(page, `${name}-${colours}-${size}`);
        expect(await seriousFindings(page), `${name} in ${colours} on a ${size}`).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, `${name} is wider than a ${size}`).toBeLessThanOrEqual(0);
      }
    },
    60_000,
  );
});
