import { mkdirSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Booted, TestWorkspace } from './boot.js';
import { programs } from './programs.js';
import { memberOf, type Browser as SignedIn } from './signed-in.js';

/** Screenshots are kept when somebody wants to look at them: a folder. */
const shots = process.env['PARLEY_SHOTS'];

/** How a console is opened. */
export interface OpenOptions {
  /** Address within the console. Default: the first screen. */
  at?: string;
  colours?: 'light' | 'dark';
  size?: 'desktop' | 'phone';
  /** BCP 47. Default: English. */
  locale?: string;
  /** Who is signed in. Default: an owner. */
  as?: SignedIn;
  /** Called before anything is loaded. */
  onPage?: (page: Page) => void;
}

/** Sizes of screens, in pixels. */
export const sizes = { desktop: { width: 1360, height: 860 }, phone: { width: 390, height: 844 } } as const;

/** A real Chromium with consoles in it, for one test file; what any of them complains about is kept. */
export class ConsoleBrowser {
  /** Broken policies, script errors, failed loads: must be empty after every test. */
  readonly complaints: string[] = [];
  readonly #contexts: BrowserContext[] = [];
  readonly #owners = new Map<string, Promise<SignedIn>>();

  private constructor(private readonly browser: Browser) {}

  /** Starts it; only where the machine has one. */
  static async start(): Promise<ConsoleBrowser> {
    const browser = await chromium.launch({
      executablePath: programs.chromium ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    return new ConsoleBrowser(browser);
  }

  /** Opens a console as an owner of the workspace. */
  async open(booted: Booted, home: TestWorkspace, options: OpenOptions = {}): Promise<Page> {
    const { at = '/', colours = 'light', size = 'desktop', locale = 'en-GB' } = options;
    const context = await this.browser.newContext({
      viewport: sizes[size],
      colorScheme: colours,
      reducedMotion: 'reduce',
      locale,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    this.#listen(page);
    options.onPage?.(page);
    const { cookie } = options.as ?? (await this.#ownerOf(booted, home));
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, url: booted.url }]);
    await page.goto(`${booted.url}/console${at === '/' ? '' : at}`);
    return page;
  }

  /** Opens any other page, such as a shop with the widget. */
  async visit(url: string): Promise<Page> {
    const context = await this.browser.newContext({ viewport: sizes.desktop, reducedMotion: 'reduce' });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    this.#listen(page);
    await page.goto(url);
    return page;
  }

  /** Closes what the last test opened. */
  async closeAll(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }

  async stop(): Promise<void> {
    await this.browser.close();
  }

  #ownerOf(booted: Booted, { workspaceId }: TestWorkspace): Promise<SignedIn> {
    const known = this.#owners.get(workspaceId) ?? memberOf(booted, workspaceId, 'owner', 'Ada Lovelace');
    this.#owners.set(workspaceId, known);
    return known;
  }

  #listen(page: Page): void {
    page.on('pageerror', (error) => this.complaints.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      this.complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (line) => {
      const text = line.text();
      // What a call answers is the business of the test; a policy that was broken is not.
      if (line.type() === 'error' && !text.startsWith('Failed to load resource')) this.complaints.push(text);
    });
  }
}

/** Waits until nothing fades or moves any more: a colour on its way is none that anybody reads. */
const STILL = `(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => resolve()));
  const passing = () => document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
  for (let tries = 0; tries < 120; tries++) {
    await frame();
    await frame();
    if (passing().every(({ playState }) => playState !== 'running')) return;
  }
})()`;

/** What axe finds on a page that is serious or worse, one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(STILL);
  // As a script that the debugger brings: the policy of the page lets no other in.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run(): Promise<AxeAnswer> } }).axe;
    const { violations } = await run.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
}

interface AxeAnswer {
  violations: { id: string; impact: string | null; nodes: { html: string }[] }[];
}

/** Keeps a picture of the page, when somebody wants to look at it. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}
