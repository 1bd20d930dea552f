import { createServer, type Server } from 'node:http';
import path from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { ConversationId } from '#libs/model';
import { apiOf, boot, type Booted, type BootOptions, makeWorkspace, type TestWorkspace } from './boot.js';
import { programs } from './programs.js';
import { shopBot } from './widget-bot.js';

/** Screenshots are kept when somebody wants to look at them: a folder. */
const shots = process.env['PARLEY_SHOTS'];

export const desktop = { width: 1000, height: 800 };
export const phone = { width: 390, height: 844 };

/** How a visitor's browser is. */
export interface Look {
  viewport?: typeof desktop;
  colorScheme?: 'light' | 'dark';
}

/** A Parley with a shop on another origin, whose pages show the widget under the strictest policy. */
export class WidgetShop {
  booted!: Booted;
  home!: TestWorkspace;
  channelId = '';
  /** A channel that asks before a conversation, of a bot that keeps hours. */
  askingId = '';
  url = '';
  /** What browsers complained about: a broken policy, a script error, a file that is missing. */
  readonly complaints: string[] = [];
  #server: Server | undefined;
  #browser: Browser | undefined;
  readonly #contexts: BrowserContext[] = [];

  /** Opens it before the tests of a file, closes pages after each, and fails a test of which a browser complained. */
  static forTests(options: BootOptions & { bot?: () => object } = {}): WidgetShop {
    const shop = new WidgetShop();
    beforeAll(async () => {
      if (programs.chromium !== undefined) await shop.#open(programs.chromium, options);
    });
    afterEach(async () => {
      await Promise.all(shop.#contexts.splice(0).map((context) => context.close()));
      expect(shop.complaints.splice(0)).toEqual([]);
    });
    afterAll(async () => {
      await shop.#browser?.close();
      shop.#server?.close();
      await shop.booted?.close();
    });
    return shop;
  }

  async #open(
    executablePath: string,
    { bot = () => ({}), ...options }: BootOptions & { bot?: () => object },
  ): Promise<void> {
    this.booted = await boot(options);
    this.home = await makeWorkspace(this.booted);
    this.channelId = await this.addChannel({ ...shopBot, ...bot() });
    const closed = { time_zone: 'Europe/Vienna', weekly: [], closed: [] };
    const fields = [
      { id: 'name', label: 'Name', kind: 'text' },
      { id: 'email', label: 'E-mail', kind: 'email' },
      { id: 'topic', label: 'Topic', kind: 'choice', options: [{ id: 'order', label: 'An order' }] },
    ];
    const settings = { pre_chat: { text: 'Who are we talking to?', fields } };
    this.askingId = await this.addChannel({ ...shopBot, hours: closed }, settings);
    this.#server = createServer((request, response) =>
      response.writeHead(200, this.#headers()).end(this.#pageFor(request.url ?? '/')),
    );
    await new Promise<void>((resolve) => void this.#server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
    this.#browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--no-first-run',
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
      ],
    });
  }

  /** A web channel with a bot of its own. */
  async addChannel(definition: object, more: object = {}): Promise<string> {
    const made = await this.api('POST', '/v1/bots', { name: 'Shop', definition });
    expect(made.status).toBe(201);
    const settings = { title: 'Lamps & Mugs', greeting: 'We usually answer at once.', ...more };
    const body = { connector: 'web', name: 'Shop', bot_id: made.body.id, settings };
    return (await this.api('POST', '/v1/channels', body)).body.id;
  }

  get api(): ReturnType<typeof apiOf> {
    return apiOf(this.booted, this.home.key);
  }

  /** A page as strict as pages can be: nothing inline, nothing from elsewhere but Parley, no text that becomes code. */
  #headers(): Record<string, string> {
    const { url } = this.booted;
    const policy = `default-src 'none'; script-src ${url}; connect-src ${url}; img-src ${url}; media-src ${url}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
    return { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy };
  }

  /** A shop's page; the query becomes the attributes of the script tag. */
  #pageFor(address: string): string {
    const { searchParams } = new URL(address, 'http://shop.example');
    const data = [...searchParams]
      .filter(([name]) => name.startsWith('data-'))
      .map(([name, value]) => `${name}="${value}"`);
    const filler = '<p>Lamps and mugs, made by hand. Every piece is one of a kind.</p>'.repeat(12);
    return `<!doctype html><html lang="${searchParams.get('lang') ?? 'en'}"><head><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Shop</title>
<script async src="${this.booted.url}/widget.js" data-channel="${searchParams.get('channel') ?? this.channelId}" ${data.join(' ')}></script></head>
<body><main><h1>Shop</h1><div id="place"></div>${filler}</main></body></html>`;
  }

  /** A tab of a browser of its own. */
  async newPage(look: Look = {}): Promise<Page> {
    const context = await this.#browser!.newContext({ viewport: desktop, reducedMotion: 'reduce', ...look });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('dialog', (dialog) => this.complaints.push(`a dialog: ${dialog.message()}`));
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (line) => {
      const isOurOffline = /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_RESET|FAILED)/.test(line.text());
      const isFavicon = line.location().url.endsWith('/favicon.ico');
      if (line.type() === 'error' && !isOurOffline && !isFavicon) this.complaints.push(line.text());
    });
    return page;
  }

  /** A visitor on a page of the shop. */
  async visit(look: Look = {}, query = ''): Promise<Page> {
    const page = await this.newPage(look);
    await page.goto(`${this.url}/lamps?utm_source=mail${query}`);
    return page;
  }

  /** A visitor who has opened the chat. */
  async open(look: Look = {}, query = ''): Promise<Page> {
    const page = await this.visit(look, query);
    await page.locator('.launcher').click();
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    return page;
  }

  /** Which of some texts have arrived, in the order of the conversation. */
  async storedTexts(texts: readonly string[]): Promise<string[]> {
    const { rows } = await this.booted.owner.query(
      `select content->0->>'text' as text from message where direction = 'in' and content->0->>'text' = any ($1) order by seq`,
      [texts],
    );
    return rows.map(({ text }) => text as string);
  }

  /** The conversation that was begun last. */
  async lastConversation(): Promise<ConversationId> {
    const { body } = await this.api('GET', '/v1/conversations?limit=1');
    return body.data[0].id as ConversationId;
  }
}

/** Writes into the composer, and sends. */
export async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Write a message').fill(text);
  await page.keyboard.press('Enter');
}

/** What the visitor has said, as it is shown. */
export const said = (page: Page): Promise<string[]> => page.locator('.log > .ours .bubble').allInnerTexts();

/** Waits for words of the other side. */
export const answer = (page: Page, text: string): Promise<void> =>
  page.locator('.theirs').getByText(text).last().waitFor();

/** Takes a picture, where pictures are wanted. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: path.join(shots, `widget-${name}.png`) });
}

/** What axe finds wrong with the widget. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated by the debugger: the policy of the page would not let a script tag in.
  await page.evaluate(axe.source);
  const found = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>('axe.run("parley-widget")');
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
