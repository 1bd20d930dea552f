import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { ConsoleBrowser, seriousFindings, shoot } from '../support/console.js';
import { programs } from '../support/programs.js';

let booted: Booted;
let home: TestWorkspace;
let browser: ConsoleBrowser;

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  booted = await boot();
  home = await makeWorkspace(booted);
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

describe.skipIf(programs.chromium === undefined)('the frame of the console', () => {
  it.each([
    ['light', 'desktop'],
    ['dark', 'desktop'],
    ['light', 'phone'],
  ] as const)('shows the first screen in %s on a %s, without a serious finding', async (colours, size) => {
    const page = await browser.open(booted, home, { colours, size });
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.getByText('All is well').waitFor();
    await shoot(page, `home-${colours}-${size}`);
    expect(await seriousFindings(page)).toEqual([]);
  });
});
