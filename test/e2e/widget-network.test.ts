import { describe, expect, it } from 'vitest';
import { programs } from '../support/programs.js';
import { said, shoot, violations, write, WidgetShop } from '../support/widget-shop.js';

const shop = WidgetShop.forTests();

describe.runIf(programs.chromium)('the widget on a bad line', () => {
  it('keeps what is written offline, says so, and sends it once and in order', async () => {
    const page = await shop.open();
    const texts = ['offline one', 'offline two', 'offline three'];
    await page.context().setOffline(true);
    await page.getByText('No connection right now').waitFor({ timeout: 5_000 });
    for (const text of texts) await write(page, text);
    expect(await page.locator('.log > .waiting').count()).toBe(3);
    await shoot(page, 'offline');
    expect(await violations(page)).toEqual([]);
    await page.context().setOffline(false);
    await expect.poll(() => page.locator('.log > .waiting').count(), { timeout: 15_000 }).toBe(0);
    expect(await said(page)).toEqual(texts);
    expect(await shop.storedTexts(texts)).toEqual(texts);
  });

  it('keeps what is written offline over a reload as well', async () => {
    const page = await shop.open();
    await page.route(`${shop.booted.url}/v1/**`, (route) => route.abort('failed'));
    await write(page, 'written before the reload');
    await page.reload();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await expect
      .poll(() => shop.storedTexts(['written before the reload']), { timeout: 15_000 })
      .toHaveLength(1);
    await expect.poll(() => page.locator('.log > .waiting').count(), { timeout: 15_000 }).toBe(0);
  });

  it('sends a message once although every answer to its sending is lost', async () => {
    const page = await shop.open();
    let attempts = 0;
    await page.route('**/v1/widget/messages', async (route) => {
      if (route.request().method() !== 'POST' || ++attempts > 2) return route.continue();
      await route.fetch();
      await route.abort('connectionreset');
    });
    await write(page, 'only once please');
    await expect.poll(() => page.locator('.log > .waiting').count(), { timeout: 15_000 }).toBe(0);
    expect(await shop.storedTexts(['only once please'])).toEqual(['only once please']);
    expect(attempts).toBeGreaterThan(0);
    // What is still asked when the page goes is no fault.
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('keeps what is written during a minute without a line, and sends it once and in order', async () => {
    const page = await shop.newPage();
    await page.clock.install();
    await page.goto(shop.url);
    await page.locator('.launcher').click();
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    await page.context().setOffline(true);
    await page.getByText('No connection right now').waitFor();
    const texts = [];
    for (let second = 0; second < 60; second += 15) {
      texts.push(`after ${second} seconds`);
      await write(page, `after ${second} seconds`);
      await page.clock.runFor(15_000);
    }
    await page.getByLabel('Write a message').fill('half a sentence');
    expect(await page.locator('.log > .waiting').count()).toBe(4);
    await page.context().setOffline(false);
    await expect
      .poll(
        async () => {
          await page.clock.runFor(1_000);
          return page.locator('.log > .waiting').count();
        },
        { timeout: 20_000 },
      )
      .toBe(0);
    expect(await said(page)).toEqual(texts);
    expect(await shop.storedTexts(texts)).toEqual(texts);
    expect(await page.getByLabel('Write a message').inputValue()).toBe('half a sentence');
  });

  it('tells within five seconds that the server is down, and never covers the page', async () => {
    const page = await shop.newPage();
    await page.clock.install();
    // The loader comes, and then nothing more.
    await page.route(`${shop.booted.url}/widget/**`, () => undefined);
    await page.goto(shop.url);
    await page.locator('.launcher').click();
    await page.clock.runFor(5_000);
    await page.getByText('The chat is offline.').waitFor();
    const { width = 0, height = 0 } = (await page.locator('parley-widget').boundingBox()) ?? {};
    expect(width * height).toBeLessThan(10_000);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('tells within five seconds that the server says nothing any more', async () => {
    const page = await shop.newPage();
    await page.clock.install();
    await page.goto(shop.url);
    await page.route(`${shop.booted.url}/v1/**`, () => undefined);
    await page.locator('.launcher').click();
    await page.getByLabel('Write a message').waitFor();
    await page.clock.runFor(5_000);
    await page.getByText('No connection right now').waitFor();
    await write(page, 'still kept');
    expect(await page.locator('.log > .waiting').count()).toBe(1);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
});
