import { createServer, type Server } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BotDefinition, type ConversationId } from '#libs/model';
import { Bell } from '#libs/queue';
import { apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { programs } from '../support/programs.js';

/** Screenshots are kept when somebody wants to look at them: a folder. */
const shots = process.env['PARLEY_SHOTS'];
const built = path.resolve(import.meta.dirname, '../../dist/apps/widget');

let booted: Booted;
let home: TestWorkspace;
let channelId: string;
/** A channel that asks before a conversation, of a bot that keeps hours. */
let askingId: string;
let shop: Server;
let shopUrl: string;
let browser: Browser;
const contexts: BrowserContext[] = [];
/** What the browser complained about: a broken policy, a script error, a file that is missing. */
const complaints: string[] = [];

const hostile = '<img src=x onerror=alert(1)><script>alert(2)</script>';
const menu = [
  { id: 'hours', label: 'Opening hours' },
  { id: 'all', label: 'Show me everything' },
];
const everything = [
  {
    type: 'text',
    text: `# Heading\n**bold** _italic_ \`code\`\n\n- one\n- two\n\n> quote\n\n[link](https://a.example/)`,
  },
  {
    type: 'card',
    title: 'Desk lamp',
    text: 'Warm light, 40 cm',
    options: [{ id: 'hours', label: 'Ask about it' }],
  },
  {
    type: 'carousel',
    cards: [1, 2, 3].map((n) => ({
      title: `Mug ${n}`,
      text: 'Stoneware',
      options: [{ id: `mug-${n}`, label: 'Choose' }],
    })),
  },
  {
    type: 'list',
    text: 'Your orders',
    button: 'Choose',
    sections: [{ title: 'Recent', options: [{ id: 'order-1', label: 'Order 1', description: 'Yesterday' }] }],
  },
  { type: 'location', latitude: 48.2, longitude: 16.37, name: 'Our shop', address: 'Ring 1' },
  { type: 'contact', name: 'Ada', phones: ['+431234'], emails: ['ada@shop.example'] },
  { type: 'file', url: 'https://files.example/menu.pdf', file_name: 'menu.pdf', size_bytes: 81_000 },
  {
    type: 'form',
    title: 'Call me back',
    fields: [
      { id: 'name', label: 'Name', kind: 'text' },
      { id: 'mail', label: 'E-mail', kind: 'email', required: false },
      { id: 'when', label: 'When', kind: 'choice', options: [{ id: 'am', label: 'Morning' }] },
    ],
  },
];
const bot = BotDefinition.parse({
  persona: { name: 'Ada' },
  greeting: [{ type: 'choices', text: 'Hello! What would you like to know?', options: menu }],
  rules: [
    { id: 'hours', when: { option: 'hours' }, reply: [{ type: 'text', text: 'We are open **9 to 5**.' }] },
    { id: 'all', when: { option: 'all' }, reply: everything },
    {
      id: 'evil',
      when: { words: ['evil'] },
      reply: [
        { type: 'text', text: `${hostile} [x](javascript:alert(3))` },
        { type: 'card', title: hostile, text: hostile, options: [{ id: 'x', label: hostile }] },
        { type: 'file', url: 'https://files.example/a', file_name: hostile },
      ],
    },
    { id: 'open', when: { words: ['open'] }, reply: [{ type: 'text', text: 'From nine to five.' }] },
  ],
  fallback: [{ type: 'text', text: 'A person will answer.' }],
});

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  booted = await boot();
  home = await makeWorkspace(booted);
  const api = apiOf(booted, home.key);
  const made = await api('POST', '/v1/bots', { name: 'Shop', definition: bot });
  expect(made.status).toBe(201);
  const settings = { title: 'Lamps & Mugs', greeting: 'We usually answer at once.' };
  const body = { connector: 'web', name: 'Shop', bot_id: made.body.id, settings };
  channelId = (await api('POST', '/v1/channels', body)).body.id;
  const closed = { time_zone: 'Europe/Vienna', weekly: [], closed: [] };
  const keeper = await api('POST', '/v1/bots', { name: 'Keeper', definition: { ...bot, hours: closed } });
  expect(keeper.status).toBe(201);
  const fields = [
    { id: 'name', label: 'Name', kind: 'text' },
    { id: 'email', label: 'E-mail', kind: 'email' },
    { id: 'topic', label: 'Topic', kind: 'choice', options: [{ id: 'order', label: 'An order' }] },
  ];
  const preChat = { text: 'Who are we talking to?', fields };
  const asking = { ...body, bot_id: keeper.body.id, settings: { ...settings, pre_chat: preChat } };
  askingId = (await api('POST', '/v1/channels', asking)).body.id;
  await new Promise<void>((resolve) => {
    shop = createServer((request, response) =>
      response.writeHead(200, headers()).end(pageFor(request.url ?? '/')),
    );
    shop.listen(0, '127.0.0.1', resolve);
  });
  shopUrl = `http://127.0.0.1:${(shop.address() as { port: number }).port}`;
  browser = await chromium.launch({
    executablePath: programs.chromium,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--no-first-run',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ],
  });
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  expect(complaints.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  shop?.close();
  await booted?.close();
});

/** A page as strict as pages can be: nothing inline, nothing from elsewhere but Parley, no text that becomes code. */
function headers(): Record<string, string> {
  const { url } = booted;
  const policy = `default-src 'none'; script-src ${url}; connect-src ${url}; img-src ${url}; media-src ${url}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
  return { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy };
}

/** A shop's page; the query becomes the attributes of the script tag. */
function pageFor(address: string): string {
  const { searchParams } = new URL(address, 'http://shop.example');
  const data = [...searchParams]
    .filter(([name]) => name.startsWith('data-'))
    .map(([name, value]) => `${name}="${value}"`);
  const filler = '<p>Lamps and mugs, made by hand. Every piece is one of a kind.</p>'.repeat(12);
  return `<!doctype html><html lang="${searchParams.get('lang') ?? 'en'}"><head><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Shop</title>
<script async src="${booted.url}/widget.js" data-channel="${searchParams.get('channel') ?? channelId}" ${data.join(' ')}></script></head>
<body><main><h1>Shop</h1><div id="place"></div>${filler}</main></body></html>`;
}

const desktop = { width: 1000, height: 800 };
const phone = { width: 390, height: 844 };

interface Look {
  viewport?: typeof desktop;
  colorScheme?: 'light' | 'dark';
}

async function newPage(look: Look = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: desktop, reducedMotion: 'reduce', ...look });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('dialog', (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => {
    const isOurOffline = /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_RESET|FAILED)/.test(line.text());
    const isFavicon = line.location().url.endsWith('/favicon.ico');
    if (line.type() === 'error' && !isOurOffline && !isFavicon) complaints.push(line.text());
  });
  return page;
}

async function visit(look: Look = {}, query = ''): Promise<Page> {
  const page = await newPage(look);
  await page.goto(`${shopUrl}/lamps?utm_source=mail${query}`);
  return page;
}

async function open(look: Look = {}, query = ''): Promise<Page> {
  const page = await visit(look, query);
  await page.locator('.launcher').click();
  await page.getByRole('button', { name: 'Opening hours' }).waitFor();
  return page;
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Write a message').fill(text);
  await page.keyboard.press('Enter');
}

const said = (page: Page): Promise<string[]> => page.locator('.log > .ours .bubble').allInnerTexts();
const answer = (page: Page, text: string): Promise<void> =>
  page.locator('.theirs').getByText(text).last().waitFor();

async function shoot(page: Page, name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: path.join(shots, `widget-${name}.png`) });
}

async function violations(page: Page): Promise<string[]> {
  // Evaluated by the debugger: the policy of the page would not let a script tag in.
  await page.evaluate(axe.source);
  const found = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>('axe.run("parley-widget")');
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

async function storedTexts(texts: readonly string[]): Promise<string[]> {
  const { rows } = await booted.owner.query(
    `select content->0->>'text' as text from message where direction = 'in' and content->0->>'text' = any ($1) order by seq`,
    [texts],
  );
  return rows.map(({ text }) => text as string);
}

describe.runIf(programs.chromium)('the widget, on a page of another origin with the strictest policy', () => {
  it.each([
    ['desktop-light', desktop, 'light'],
    ['desktop-dark', desktop, 'dark'],
    ['phone-light', phone, 'light'],
    ['phone-dark', phone, 'dark'],
  ] as const)(
    'greets, lets choose and answers, without a barrier: %s',
    async (name, viewport, colorScheme) => {
      const page = await visit({ viewport, colorScheme });
      await page.locator('.launcher').waitFor();
      await shoot(page, `${name}-closed`);
      await page.locator('.launcher').click();
      await page.getByRole('button', { name: 'Opening hours' }).click();
      await answer(page, '9 to 5');
      await write(page, 'Are you open on Sunday?');
      await answer(page, 'From nine to five.');
      expect(await said(page)).toEqual(['Opening hours', 'Are you open on Sunday?']);
      await shoot(page, `${name}-open`);
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    },
  );

  it.each(['light', 'dark'] as const)(
    'shows every kind of content, and takes a form: %s',
    async (colorScheme) => {
      const page = await open({ colorScheme, viewport: { width: 1000, height: 1700 } });
      await page.getByRole('button', { name: 'Show me everything' }).click();
      await page.getByText('Call me back').waitFor();
      await shoot(page, `contents-${colorScheme}`);
      expect(await violations(page)).toEqual([]);
      await page.getByLabel('Name').fill('Grace');
      await page.getByLabel('When').selectOption('am');
      await page.locator('form.card button[type=submit]').click();
      await page.locator('.ours .bubble').getByText('Grace').waitFor();
      expect(await page.locator('form.card button[type=submit]').isDisabled()).toBe(true);
    },
  );

  it('goes on after a reload, with everything that was said and what was being written', async () => {
    const page = await open();
    await write(page, 'Are you open today?');
    await answer(page, 'From nine to five.');
    await page.getByLabel('Write a message').fill('half a sen');
    await page.reload();
    // The window that was open is open again, and took no focus.
    await answer(page, 'From nine to five.');
    expect(await page.evaluate('document.activeElement === document.body')).toBe(true);
    expect(await said(page)).toEqual(['Are you open today?']);
    await expect.poll(() => page.getByLabel('Write a message').inputValue()).toBe('half a sen');
  });

  it('keeps what is written offline, says so, and sends it once and in order', async () => {
    const page = await open();
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
    expect(await storedTexts(texts)).toEqual(texts);
  });

  it('keeps what is written offline over a reload as well', async () => {
    const page = await open();
    await page.route(`${booted.url}/v1/**`, (route) => route.abort('failed'));
    await write(page, 'written before the reload');
    await page.reload();
    await page.unroute(`${booted.url}/v1/**`);
    await expect.poll(() => storedTexts(['written before the reload']), { timeout: 15_000 }).toHaveLength(1);
    await expect.poll(() => page.locator('.log > .waiting').count(), { timeout: 15_000 }).toBe(0);
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
    await expect.poll(() => page.locator('.log > .waiting').count(), { timeout: 15_000 }).toBe(0);
    expect(await storedTexts(['only once please'])).toEqual(['only once please']);
    expect(attempts).toBeGreaterThan(0);
    // What is still asked when the page goes is no fault.
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('runs and loads nothing of what hostile people write', async () => {
    const page = await open();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).host));
    await write(page, `evil ${hostile} [x](javascript:alert(4))`);
    await page.locator('.theirs .card').waitFor();
    expect(await page.locator('.log img, .log script').count()).toBe(0);
    expect(await page.locator('.log a[href^="javascript"]').count()).toBe(0);
    expect((await said(page))[0]).toContain(hostile);
    expect(asked.filter((host) => host !== new URL(booted.url).host)).toEqual([]);
  });

  it('tells within five seconds that the server is down, and never covers the page', async () => {
    const page = await newPage();
    // The loader comes, and then nothing more.
    await page.route(`${booted.url}/widget/**`, () => undefined);
    await page.goto(shopUrl);
    await page.locator('.launcher').click();
    await page.getByText('The chat is offline.').waitFor({ timeout: 6_500 });
    const { width = 0, height = 0 } = (await page.locator('parley-widget').boundingBox()) ?? {};
    expect(width * height).toBeLessThan(10_000);
  });

  it('tells within five seconds that the server says nothing any more', async () => {
    const page = await visit();
    await page.route(`${booted.url}/v1/**`, () => undefined);
    await page.locator('.launcher').click();
    await page.getByText('No connection right now').waitFor({ timeout: 6_500 });
    await write(page, 'still kept');
    expect(await page.locator('.log > .waiting').count()).toBe(1);
  });

  it('counts what was not read on the button, and remembers the page that the visitor came from', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Close' }).last().click();
    const { rows } = await booted.owner.query(
      `select conversation_id, metadata from session order by created_at desc limit 1`,
    );
    expect(rows[0].metadata).toMatchObject({
      utm_source: 'mail',
      page_url: expect.stringContaining('/lamps'),
    });
    await page.evaluate(`parley('send', 'are you open?')`);
    await page.locator('.badge').waitFor();
    expect(await page.locator('.launcher').getAttribute('aria-label')).toBe('Open chat, new messages: 1');
    await shoot(page, 'unread');
    await page.locator('.launcher').click();
    await answer(page, 'From nine to five.');
    expect(await page.locator('.badge').count()).toBe(0);
  });

  it('shows an answer while it is written, and reads it out only when it is there', async () => {
    const page = await open();
    const bell = booted.gateway.get(Bell);
    const session = await lastConversation();
    await expect
      .poll(async () => {
        bell.ring('live', {
          conversationId: session,
          type: 'message.delta',
          data: { index: 0, text: 'The **first** words' },
        });
        return page.locator('div.theirs strong').count();
      })
      .toBe(1);
    expect(await page.locator('[role=log]').innerText()).not.toContain('first');
  });

  it('goes round the window with the keyboard, closes with Escape, and gives the focus back', async () => {
    const page = await visit({ viewport: phone });
    await page.locator('.launcher').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    const focused = 'document.querySelector("parley-widget").shadowRoot.activeElement';
    await expect.poll(() => page.evaluate(`${focused}?.localName`)).toBe('textarea');
    for (let at = 0; at < 20; at++) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(`${focused}?.closest('.panel') !== null && ${focused} !== null`)).toBe(true);
    }
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(`${focused}?.className`)).toBe('launcher');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('begins a new conversation, and comes back to the one before', async () => {
    const page = await open();
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

  it('sends a file that was picked, and shows a picture that the page keeps out as a link', async () => {
    const page = await open();
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: png });
    await page.locator('.files .ready').waitFor();
    await page.getByRole('button', { name: 'Send' }).click();
    // The policy of the page keeps the picture out, because the tests' Parley does not know its own address.
    const link = page.locator('.ours a.file');
    await link.getByText('dot.png').waitFor();
    expect(complaints.splice(0).join()).toContain('img-src');
    const { pathname, search } = new URL((await link.getAttribute('href')) ?? '');
    const served = await fetch(`${booted.url}${pathname}${search}`);
    expect(Buffer.from(await served.arrayBuffer())).toEqual(png);
  });

  it.each(['light', 'dark'] as const)(
    'asks who the visitor is before the first conversation, and keeps what was put in: %s',
    async (colorScheme) => {
      const page = await visit({ colorScheme }, `&channel=${askingId}`);
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
      expect(complaints.splice(0).join()).toContain('422');
      await page.getByLabel('E-mail').fill('ada@shop.example');
      await page.getByRole('button', { name: 'Start the chat' }).click();
      await write(page, 'open?');
      await answer(page, 'From nine to five.');
      const { rows } = await booted.owner.query(
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

  it('records a voice note, or drops it', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Record a voice note' }).click();
    await page.getByRole('timer').waitFor();
    await shoot(page, 'recording');
    await page.getByRole('button', { name: 'Discard' }).click();
    expect(await page.locator('.files li').count()).toBe(0);
    await page.getByRole('button', { name: 'Record a voice note' }).click();
    await page.getByText(/Recording 0:0[1-9]/).waitFor();
    await page.getByRole('button', { name: 'Finish the recording' }).click();
    await page.locator('.files li.ready').waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    // The policy of the page keeps the sound out, as it does with pictures.
    await page.locator('.ours a.file').getByText('voice.webm').waitFor();
    expect(complaints.splice(0).join()).toContain('media-src');
    const lastKind = async (): Promise<unknown> => {
      const { rows } = await booted.owner.query(
        `select content->0->>'type' as type from message where direction = 'in' order by recorded_at desc limit 1`,
      );
      return rows[0].type;
    };
    await expect.poll(lastKind, { timeout: 10_000 }).toBe('audio');
  });

  it('says that there is no microphone where the visitor lets it have none', async () => {
    const page = await open();
    await page.evaluate(
      `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))`,
    );
    await page.getByRole('button', { name: 'Record a voice note' }).click();
    await page.getByText('The microphone cannot be used.').waitFor();
  });

  it('sends where the visitor is, when they want to', async () => {
    const page = await newPage();
    const geolocation = { latitude: 48.2, longitude: 16.37 };
    await page.context().grantPermissions(['geolocation']);
    await page.context().setGeolocation(geolocation);
    await page.goto(`${shopUrl}/lamps`);
    await page.locator('.launcher').click();
    await page.getByRole('button', { name: 'Share my location' }).click();
    await page.locator('.log .ours').getByText('Open map').waitFor();
    const lastSaid = async (): Promise<unknown> => {
      const { rows } = await booted.owner.query(
        `select content->0 as content from message where direction = 'in' order by recorded_at desc limit 1`,
      );
      return rows[0].content;
    };
    await expect
      .poll(lastSaid, { timeout: 10_000 })
      .toEqual(expect.objectContaining({ type: 'location', ...geolocation }));
  });

  it('speaks first when the page wants it to, once', async () => {
    const page = await visit({}, '&data-propose=Questions about lamps?&data-propose-after=5');
    await page.getByText('Questions about lamps?').waitFor();
    expect(await violations(page)).toEqual([]);
    await shoot(page, 'proposal');
    await page.getByText('Questions about lamps?').click();
    await page.getByLabel('Write a message').waitFor();
    await page.reload();
    await page.getByLabel('Write a message').waitFor();
    await page.evaluate(`parley('close'); parley('propose', 'Again?')`);
    expect(await page.getByText('Again?').count()).toBe(0);
  });

  it('asks for a person with one press', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Talk to a person' }).click();
    await page.locator('.ours .bubble').getByText('Talk to a person').waitFor();
    await page.locator('.log > .theirs').nth(1).waitFor();
  });

  it.each([
    ['de', 'Nachricht schreiben', 'ltr'],
    ['es', 'Escriba un mensaje', 'ltr'],
    ['fr', 'Écrire un message', 'ltr'],
    ['ar', 'اكتب رسالة', 'rtl'],
  ])('speaks the language of the page: %s', async (lang, words, direction) => {
    const page = await open({}, `&lang=${lang}`);
    await page.getByLabel(words).waitFor();
    expect(await page.locator('parley-widget').getAttribute('dir')).toBe(direction);
    await shoot(page, `language-${lang}`);
    expect(await violations(page)).toEqual([]);
  });

  it('is called by the page, and tells it what happens', async () => {
    const page = await visit();
    await page.waitForFunction('typeof parley === "function"');
    await page.evaluate(`
      window.told = []; window.dataLayer = [];
      for (const name of ['opened', 'closed', 'message', 'unread']) parley('on', name, (detail) => told.push([name, detail]));
      parley('open');
    `);
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    await page.evaluate(`parley('send', 'are you open?')`);
    await answer(page, 'From nine to five.');
    await page.evaluate(`parley('close'); parley('set', 'theme', 'dark')`);
    await expect
      .poll(() => page.evaluate(`[...new Set(told.map(([name]) => name))].sort().join()`))
      .toContain('closed,message,opened');
    expect(await page.evaluate(`JSON.stringify(dataLayer)`)).toBe(
      JSON.stringify(
        ['parley_opened', 'parley_message_sent'].map((event) => ({ event, channel: channelId })),
      ),
    );
    await page.evaluate(`parley('hide')`);
    expect(await page.locator('parley-widget').isVisible()).toBe(false);
  });

  it('goes on with a session that the page has opened for its own visitor', async () => {
    const body = { channel_id: channelId, contact: { external_id: 'customer-7' } };
    const session = (await apiOf(booted, home.key)('POST', '/v1/sessions', body)).body;
    const page = await visit();
    await page.waitForFunction('typeof parley === "function"');
    await page.evaluate(
      `parley('identify', { token: ${JSON.stringify(session.client_token)} }); parley('send', 'it is me')`,
    );
    const api = apiOf(booted, home.key);
    await expect
      .poll(async () =>
        JSON.stringify((await api('GET', `/v1/conversations/${session.conversation_id}/messages`)).body),
      )
      .toContain('it is me');
  });

  it('stands in a page, and is a page of its own', async () => {
    const inline = await visit({}, '&data-mode=inline&data-target=%23place');
    await inline.locator('#place parley-widget').getByRole('button', { name: 'Opening hours' }).waitFor();
    await shoot(inline, 'inline');
    const page = await newPage();
    await page.goto(`${booted.url}/chat/${channelId}`);
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    await shoot(page, 'page');
    expect(await violations(page)).toEqual([]);
    expect(await page.locator('.launcher').count()).toBe(0);
  });

  it('draws nothing and keeps nothing before consent, where consent is asked for', async () => {
    const page = await visit({}, '&data-consent=required');
    await page.waitForFunction('typeof parley === "function"');
    expect(await page.locator('parley-widget').count()).toBe(0);
    expect(await page.evaluate('localStorage.length')).toBe(0);
    await page.evaluate(`parley('consent')`);
    await page.locator('.launcher').waitFor();
  });

  it('asks nobody but its own Parley for anything', async () => {
    const page = await newPage();
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await page.goto(shopUrl);
    await page.locator('.launcher').click();
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    expect([...hosts].sort()).toEqual([new URL(shopUrl).host, new URL(booted.url).host].sort());
  });
});

describe('the files of the widget', () => {
  const sizeOf = (prefix: string): number => {
    const name = readdirSync(built).find((each) => each.startsWith(prefix));
    return gzipSync(readFileSync(path.join(built, name ?? ''))).length;
  };

  it('are small: the loader at most 1.5 kB, the app at most 20 kB, the window at most 14 kB', () => {
    expect(sizeOf('widget.js')).toBeLessThanOrEqual(1_500);
    expect(sizeOf('app-')).toBeLessThanOrEqual(20_000);
    expect(sizeOf('panel-')).toBeLessThanOrEqual(14_000);
  });

  it('never write HTML', () => {
    const code = readdirSync(built)
      .map((name) => readFileSync(path.join(built, name), 'utf8'))
      .join('\n');
    expect(code).not.toMatch(/insertAdjacentHTML|document\.write|\beval\(|new Function/);
  });
});

async function lastConversation(): Promise<ConversationId> {
  const { body } = await apiOf(booted, home.key)('GET', '/v1/conversations?limit=1');
  return body.data[0].id as ConversationId;
}
