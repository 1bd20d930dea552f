import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programs } from '../support/programs.js';
import { answer, said, shoot, WidgetShop, write } from '../support/widget-shop.js';

const shop = WidgetShop.forTests();
let server: Server;
let url: string;
let login: string;

/** The example as a page of its own, as strict as the shop: its own script, Parley's, and one policy for the script line. */
beforeAll(async () => {
  if (programs.chromium === undefined) return;
  const script = await bundle();
  const { url: parley } = shop.booted;
  const policy = `default-src 'none'; script-src 'self' ${parley}; connect-src ${parley}; img-src ${parley}; base-uri 'none'; require-trusted-types-for 'script'; trusted-types parley`;
  const page = `<!doctype html><html lang="en"><head><title>Shop</title></head><body><div id="app"></div><script src="/app.js"></script></body></html>`;
  server = createServer(({ url: asked }, response) => {
    const isScript = asked === '/app.js';
    const type = isScript ? 'text/javascript' : 'text/html; charset=utf-8';
    response
      .writeHead(200, { 'content-type': type, 'content-security-policy': policy })
      .end(isScript ? script : page);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const key = await shop.api('POST', `/v1/channels/${shop.channelId}/visitor-keys`, { algorithm: 'HS256' });
  const hash = createHmac('sha256', key.body.secret).update('ada').digest('hex');
  login = `&id=ada&hash=${hash}`;
}, 120_000);
afterAll(() => void server?.close());

async function bundle(): Promise<string> {
  const built = await build({
    root: path.resolve(import.meta.dirname, '../../clients/react'),
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    // The tests' own environment would make it the JSX of development.
    oxc: { jsx: { runtime: 'automatic', development: false } },
    build: {
      write: false,
      rolldownOptions: { input: 'example/app.tsx', output: { format: 'iife' } },
    },
  });
  const { output } = built as unknown as { output: { code: string }[] };
  return output[0]!.code;
}

async function visit(query = ''): Promise<Page> {
  const page = await shop.newPage();
  await page.goto(`${url}/?base=${shop.booted.url}&channel=${shop.channelId}${query}`);
  return page;
}

describe.runIf(programs.chromium)('the widget in React 19', () => {
  it('opens by a button of the page, talks, and tells the page what it hears', async () => {
    const page = await visit();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.locator('.launcher').waitFor();
    // In strict mode everything is mounted twice: there is one script, and nothing more is loaded before somebody comes near.
    expect(await page.locator('script[data-parley]').count()).toBe(1);
    expect(asked.filter((each) => each.startsWith('/widget/'))).toEqual([]);
    await page.getByRole('button', { name: 'Ask us' }).click();
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    await write(page, 'are you open?');
    await answer(page, 'From nine to five.');
    await page.locator('#heard').getByText('From nine to five.').waitFor();
    await page.getByRole('button', { name: 'Dark' }).click();
    await page.locator('parley-widget[data-theme=dark]').waitFor();
    await shoot(page, 'react');
  });

  it('goes away with its component, and goes on when that comes back', async () => {
    const page = await visit();
    await page.getByRole('button', { name: 'Ask us' }).click();
    await write(page, 'are you open?');
    await answer(page, 'From nine to five.');
    await page.getByRole('button', { name: 'Leave the page' }).click();
    await page.locator('parley-widget').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Come back' }).click();
    await answer(page, 'From nine to five.');
    expect(await said(page)).toEqual(['are you open?']);
    expect(await page.locator('parley-widget').count()).toBe(1);
  });

  it('stands in the page where the component does, and survives its going', async () => {
    const page = await visit('&mode=inline');
    await page.locator('main parley-widget').getByRole('button', { name: 'Opening hours' }).waitFor();
    await write(page, 'are you open?');
    await answer(page, 'From nine to five.');
    await page.getByRole('button', { name: 'Leave the page' }).click();
    await page.locator('parley-widget').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Come back' }).click();
    await page.locator('main parley-widget').waitFor();
    await answer(page, 'From nine to five.');
    await shoot(page, 'react-inline');
  });

  it('knows who is logged in, shows them the same conversation on another device, and forgets them at the log-out', async () => {
    const laptop = await visit(login);
    await laptop.getByRole('button', { name: 'Log in' }).click();
    await laptop.getByRole('button', { name: 'Ask us' }).click();
    await write(laptop, 'are you open on my laptop?');
    await answer(laptop, 'From nine to five.');
    const phone = await visit(login);
    await phone.getByRole('button', { name: 'Log in' }).click();
    await phone.getByRole('button', { name: 'Ask us' }).click();
    await expect.poll(() => said(phone)).toEqual(['are you open on my laptop?']);
    await write(phone, 'and on my phone, open?');
    await expect.poll(() => said(laptop)).toEqual(['are you open on my laptop?', 'and on my phone, open?']);
    await phone.getByRole('button', { name: 'Log out' }).click();
    await phone.getByRole('button', { name: 'Ask us' }).click();
    await phone.getByRole('button', { name: 'Opening hours' }).waitFor();
    expect(await said(phone)).toEqual([]);
    expect(await phone.evaluate('JSON.stringify(localStorage)')).not.toContain('my phone');
  });
});
