import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seed } from '../../apps/launcher/src/seed.js';
import { boot, type Booted } from '../support/boot.js';
import { programs } from '../support/programs.js';

/** Screenshots are kept when somebody wants to look at them: a folder. */
const shots = process.env['PARLEY_SHOTS'];

let folder: string;
let booted: Booted;
let browser: Browser;
const contexts: BrowserContext[] = [];
/** What the browser complained about: a broken policy, a script error, a file that is missing. */
const complaints: string[] = [];

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  folder = mkdtempSync(path.join(tmpdir(), 'parley-demo-'));
  booted = await boot();
  await seed(booted.databaseUrl, folder, booted.env);
  browser = await chromium.launch({
    executablePath: programs.chromium,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  expect(complaints.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await booted?.close();
  rmSync(folder, { recursive: true, force: true });
});

const desktop = { width: 1280, height: 860 };
const phone = { width: 390, height: 844 };

interface Look {
  viewport?: typeof desktop;
  colorScheme?: 'light' | 'dark';
}

async function newPage(look: Look = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: desktop, reducedMotion: 'reduce', ...look });
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => {
    const isOurOffline = /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_RESET)/.test(line.text());
    if (line.type() === 'error' && !isOurOffline) complaints.push(line.text());
  });
  return page;
}

async function open(look: Look = {}): Promise<Page> {
  const page = await newPage(look);
  await page.goto(booted.url);
  await page.getByRole('button', { name: 'Opening hours' }).waitFor();
  return page;
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Your message').fill(text);
  await page.keyboard.press('Enter');
}

const said = (page: Page): Promise<string[]> => page.locator('#log > li.ours .bubble').allInnerTexts();

async function shoot(page: Page, name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: path.join(shots, `${name}.png`) });
}

describe.runIf(programs.chromium)('the demo page', () => {
  it.each([
    ['desktop-light', desktop, 'light'],
    ['desktop-dark', desktop, 'dark'],
    ['phone-light', phone, 'light'],
    ['phone-dark', phone, 'dark'],
  ] as const)('greets, offers choices and answers: %s', async (name, viewport, colorScheme) => {
    const page = await open({ viewport, colorScheme });
    await shoot(page, `${name}-before`);
    await page.getByRole('button', { name: 'Opening hours' }).click();
    await page.getByText('Monday to Friday').waitFor();
    await write(page, 'And how long does delivery take?');
    await page.getByText('leave the same day').waitFor();
    await page.getByRole('button', { name: 'Order status' }).click();
    await page.getByRole('button', { name: /Order 1042/ }).click();
    await page.getByText('Desk lamp · left').waitFor();
    await shoot(page, `${name}-after`);
    expect(await said(page)).toEqual([
      'Opening hours',
      'And how long does delivery take?',
      'Order status',
      'Order 1042',
    ]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  it('has no barrier that axe can find, in both schemes', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open({ colorScheme });
      await page.getByRole('button', { name: 'Delivery times' }).click();
      await page.getByText('leave the same day').waitFor();
      // Evaluated by the debugger: the policy of the page would not let a script tag in.
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<{ violations: { id: string }[] }>('axe.run()');
      expect(violations.map(({ id }) => id)).toEqual([]);
    }
  });

  it('goes on after a reload, with everything that was said', async () => {
    const page = await open();
    await write(page, 'Are you **open** on Saturday?');
    await page.getByText('Saturday: 10:00').waitFor();
    await page.reload();
    await page.getByText('Saturday: 10:00').waitFor();
    expect(await said(page)).toEqual(['Are you open on Saturday?']);
    await write(page, 'Something that no rule knows');
    await page.locator('#log > li.theirs').nth(2).waitFor();
  });

  it('keeps what is written offline, and sends it once and in order', async () => {
    const page = await open();
    await page.context().setOffline(true);
    await page.getByText('Offline').waitFor();
    for (const text of ['one', 'two', 'three']) await write(page, text);
    expect(await page.locator('li.waiting').count()).toBe(3);
    await page.context().setOffline(false);
    await expect.poll(() => page.locator('li.waiting').count(), { timeout: 15_000 }).toBe(0);
    expect(await said(page)).toEqual(['one', 'two', 'three']);
    const stored = await booted.owner.query(
      `select content->0->>'text' as text from message where direction = 'in' and content->0->>'text' = any ($1) order by seq`,
      [['one', 'two', 'three']],
    );
    expect(stored.rows.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  });

  it('sends a message once although every answer to its sending is lost', async () => {
    const page = await open();
    let attempts = 0;
    await page.route('**/v1/widget/messages', async (route) => {
      if (route.request().method() !== 'POST' || ++attempts > 2) return route.continue();
      await route.fetch();
      await route.abort('connectionreset');
    });
    await write(page, 'only once please');
    await expect.poll(() => page.locator('li.waiting').count(), { timeout: 15_000 }).toBe(0);
    const stored = await booted.owner.query(
      `select count(*)::int as n from message where content->0->>'text' = 'only once please'`,
    );
    expect(stored.rows[0]).toEqual({ n: 1 });
    expect(attempts).toBeGreaterThan(0);
  });

  it('shows what people write as text, never as HTML', async () => {
    const page = await open();
    await write(page, '<img src=x onerror=alert(1)> <b>bold</b> [x](javascript:alert(1)) **strong**');
    await page.locator('#log > li.ours strong').waitFor();
    expect(await page.locator('#log img, #log b, #log > li.ours a').count()).toBe(0);
    expect((await said(page))[0]).toContain('<img src=x onerror=alert(1)>');
  });

  it('can be used with the keyboard alone', async () => {
    const page = await open();
    expect(await page.evaluate('document.activeElement.id')).toBe('text');
    await page.getByRole('button', { name: 'Talk to a person' }).focus();
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.id')).toBe('text');
    await page.keyboard.type('line one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('line two');
    await page.keyboard.press('Enter');
    await page.locator('#log > li.ours br').waitFor({ state: 'attached' });
    expect(await page.getByLabel('Your message').inputValue()).toBe('');
  });

  it('begins a new conversation when the session is over', async () => {
    const page = await open();
    await write(page, 'hello there');
    await page.locator('#log > li.theirs').nth(1).waitFor();
    await booted.owner.query('update session set ended_at = now()');
    await page.reload();
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    expect(await said(page)).toEqual([]);
    complaints.length = 0; // the answer 410
  });

  it('loads less than 20 kB, and nothing from elsewhere', async () => {
    const page = await newPage();
    let bytes = 0;
    const hosts = new Set<string>();
    page.on('response', (answer) => hosts.add(new URL(answer.url()).host));
    page.on('requestfinished', (request) => {
      if (/\.(js|css|svg)$|\/$/.test(request.url())) {
        void request.sizes().then((sizes) => (bytes += sizes.responseBodySize));
      }
    });
    await page.goto(booted.url);
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    expect([...hosts]).toEqual([new URL(booted.url).host]);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThan(20_000);
  });
});
