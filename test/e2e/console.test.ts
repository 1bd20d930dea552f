import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { ConsoleBrowser } from '../support/console.js';
import { programs } from '../support/programs.js';
import { until } from '../support/until.js';

vi.setConfig({ testTimeout: 90_000 });

const built = path.resolve(import.meta.dirname, '../../dist/apps/console');
const hostile = '<img src=x onerror=alert(1)><script>alert(2)</script>';

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let browser: ConsoleBrowser;

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  booted = await boot();
  home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
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

/** Writes in the sandbox chat and waits for an answer with these words. */
async function talk(page: Page, words: string, answer: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Write a message' }).fill(words);
  await page.keyboard.press('Enter');
  await page.getByRole('log').getByText(answer).waitFor();
}

describe.skipIf(programs.chromium === undefined)('the journeys of an ops person', () => {
  it('register a channel: what its folder asks for, a checklist that turns green by itself, a first answer', async () => {
    const page = await browser.open(booted, home, { at: '/channels/new' });
    await page.getByRole('link', { name: /Web chat/ }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Corner shop');
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('heading', { name: 'Corner shop' }).waitFor();
    await page.getByText('<script async src=').first().waitFor();
    await talk(page, 'When are you open?', 'From nine to five.');
    const done = page.locator('li[data-done]');
    await done.filter({ hasText: 'The provider has called' }).waitFor();
    await done.filter({ hasText: 'A first answer went out' }).waitFor();
  });

  it('are told which value is wrong, beside the field, and keep what they typed over a reload', async () => {
    const page = await browser.open(booted, home, { at: '/channels/new/twilio-sms' });
    await page.getByRole('textbox', { name: 'Name' }).fill('Our number');
    await page.getByRole('textbox', { name: /Account SID/ }).fill('nonsense');
    await page.locator('input[name=auth_token]').fill('very-secret-token');
    await page.getByRole('button', { name: 'Register' }).click();
    const field = page.getByRole('textbox', { name: /Account SID/ });
    await until('the field is marked', async () => (await field.getAttribute('aria-invalid')) === 'true');
    await page.reload();
    await page.getByText('What you typed before was kept.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Our number');
    expect(await page.locator('input[name=auth_token]').inputValue()).toBe('');
    expect(await page.evaluate<string>('JSON.stringify({ ...localStorage })')).not.toContain('very-secret');
  });

  it('replay dead letters, after they were told how many', async () => {
    const session = (await api('POST', '/v1/sessions', { channel_id: home.channelId })).body;
    await api('POST', '/v1/messages', { session_id: session.id, text: 'open?' });
    await booted.owner.query(
      `update delivery set status = 'failed', due_at = null, error = $1 where channel_id = $2`,
      [{ text: `Refused. ${hostile}` }, await uuidOfChannel()],
    );
    const page = await browser.open(booted, home);
    await page.getByRole('link', { name: 'Look at them' }).click();
    await page.getByText('Refused.').first().waitFor();
    const dead = await deadCount();
    await page.getByRole('button', { name: 'Try many again' }).click();
    await page.getByText(`${dead} would be tried again.`).waitFor();
    expect(await deadCount()).toBe(dead);
    await page.getByRole('button', { name: `Try ${dead} again` }).click();
    await page.getByText('No dead letters').waitFor();
    expect(await deadCount()).toBe(0);
  });

  it('follow a message from hop to hop, and read why the bot answered so', async () => {
    const session = (await api('POST', '/v1/sessions', { channel_id: home.channelId })).body;
    const said = await api('POST', '/v1/messages', { session_id: session.id, text: 'open?' });
    const page = await browser.open(booted, home, { at: '/operations/messages' });
    await page.getByRole('textbox', { name: 'Message' }).fill(said.body.message.id);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('heading', { name: 'Why the bot answered so' }).waitFor();
    await page.getByText('rules', { exact: true }).waitFor();
  });

  it('make a key that works, shown once', async () => {
    const page = await browser.open(booted, home, { at: '/developers' });
    await page.getByRole('button', { name: 'Make a key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('CRM');
    await dialog.getByRole('checkbox', { name: 'bots:read' }).check();
    await dialog.getByRole('button', { name: 'Make it' }).click();
    const key = await dialog.getByText(/^parley_/).textContent();
    const me = await apiOf(booted, key)('GET', '/v1/me');
    expect(me.body.scopes).toEqual(['bots:read']);
  });
});

/** Publishes the draft once nothing keeps it from that. */
async function publish(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Publish', exact: true });
  await until('it can be published', async () => await button.isEnabled());
  await button.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish now' }).click();
}

describe.skipIf(programs.chromium === undefined)('the journeys of a bot author', () => {
  it('publish a bot: a rule is written, kept over a reload, published and tried', async () => {
    const page = await browser.open(booted, home, { at: `/bots/${home.botId}?tab=rules` });
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.locator('input').and(page.getByLabel('Any of these words')).fill('parking');
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Say', exact: true }).fill('Behind the house.');
    await page.getByText('The draft has changes that are not published.').waitFor();
    await page.reload();
    await page.getByText('The draft has changes that are not published.').waitFor();
    await publish(page);
    await page.getByText('Published: it answers from now on').waitFor();
    await page.getByRole('tab', { name: 'Real chat' }).click();
    await talk(page, 'Is there parking?', 'Behind the house.');
    await page.getByText('answered', { exact: false }).first().waitFor();
  });

  it('draw a flow: a step is added, joined, and what is wrong is said where it is', async () => {
    const page = await browser.open(booted, home, { at: `/bots/${home.botId}?tab=flows` });
    await page.getByRole('textbox', { name: 'Name of the flow' }).fill('Order');
    await page.getByRole('button', { name: 'Add a flow' }).click();
    await page.getByRole('button', { name: 'Add a step' }).click();
    await page.getByRole('menuitem', { name: 'Hand over' }).click();
    await page.getByText('Nothing leads here').first().waitFor();
    await until('it cannot be published', () => page.getByRole('button', { name: 'Publish' }).isDisabled());
    await page.locator('.react-flow__node').filter({ hasText: 'Order' }).click();
    await page.getByRole('combobox', { name: /then/ }).click();
    await page.getByRole('option', { name: 'hand-over' }).click();
    await until('the line is drawn', async () => (await page.locator('.react-flow__edge').count()) === 1);
    await publish(page);
    await page.getByText('Published: it answers from now on').waitFor();
    const { body } = await api('GET', `/v1/bots/${home.botId}`);
    expect(body.definition.flows[0].nodes.start.next).toBe('hand-over');
  });
});

describe.skipIf(programs.chromium === undefined)('the console', () => {
  it('says that the connection is lost, keeps what is typed, and heals by itself', async () => {
    const page = await browser.open(booted, home, { at: `/bots/${home.botId}` });
    await page.getByRole('textbox', { name: 'Disclosure' }).waitFor();
    await page.context().setOffline(true);
    await page.getByText('No connection to the server.').waitFor();
    await page.getByRole('textbox', { name: 'Disclosure' }).fill('I am a machine.');
    await page.context().setOffline(false);
    await until('it is connected again', async () => {
      return (await page.getByText('No connection to the server.').count()) === 0;
    });
    await page.reload();
    const kept = page.getByRole('textbox', { name: 'Disclosure' });
    await until('what was typed is there', async () => (await kept.inputValue()) === 'I am a machine.');
  });

  it('is gone through with the keys alone', async () => {
    const page = await browser.open(booted, home);
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('heading', { name: 'Channels' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Go to Channels').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('textbox').fill('audit');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Audit' }).waitFor();
    await page.getByText('bot.create').first().waitFor();
  });

  it.each([
    ['de', 'Start', 'ltr'],
    ['fr', 'Accueil', 'ltr'],
    ['es', 'Inicio', 'ltr'],
    ['ar', 'الرئيسية', 'rtl'],
  ])('speaks %s, and never shows the name of a text', async (locale, title, direction) => {
    const page = await browser.open(booted, home, { locale });
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
    expect(await page.evaluate<string>('document.documentElement.dir')).toBe(direction);
    expect(await page.locator('body').innerText()).not.toMatch(/\b(nav|start|cause|light)\.\w/);
  });

  it('shows hostile names, settings and answers as the text that they are', async () => {
    await api('POST', '/v1/bots', { name: hostile, definition: { persona: { name: hostile } } });
    await api('POST', '/v1/channels', { connector: 'web', name: hostile, settings: { title: 'x' } });
    const session = (await api('POST', '/v1/sessions', { channel_id: home.channelId })).body;
    const text = `${hostile} [x](javascript:alert(3)) ![y](https://tracker.example/p.png)`;
    const said = await api('POST', '/v1/messages', { session_id: session.id, text });
    for (const at of [
      '/channels',
      '/bots',
      '/operations/audit',
      `/operations/messages/${said.body.message.id}`,
    ]) {
      const page = await browser.open(booted, home, { at });
      await page.getByText('<script>alert(2)</script>', { exact: false }).first().waitFor();
      expect(await page.locator('img[src*="tracker"], a[href^="javascript"]').count()).toBe(0);
    }
  });

  it('is one page that runs its own files only, stands in no frame, and is never kept', async () => {
    const answer = await fetch(`${booted.url}/console/channels/anything`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https:|\*/);
    const nonces = await Promise.all([1, 2].map(async () => (await fetch(`${booted.url}/console`)).text()));
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(nonces[0]).not.toMatch(/<script(?![^>]* src=)/);
  });

  it('stays within its budget: 300 kB of script at first, and 120 kB for any screen', () => {
    const manifest = JSON.parse(readFileSync(path.join(built, 'manifest.json'), 'utf8')) as Manifest;
    const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry) ?? '';
    const first = closureOf(manifest, entry);
    expect(sizeOf(manifest, first)).toBeLessThanOrEqual(300_000);
    const screens = Object.keys(manifest).filter((name) => manifest[name]?.isDynamicEntry);
    expect(screens.length).toBeGreaterThan(15);
    for (const name of screens) {
      const more = new Set([...closureOf(manifest, name)].filter((one) => !first.has(one)));
      expect(sizeOf(manifest, more), name).toBeLessThanOrEqual(120_000);
    }
  });
});

type Manifest = Record<
  string,
  { file: string; imports?: string[]; isEntry?: boolean; isDynamicEntry?: boolean }
>;

/** A chunk and everything that must be there before it runs. */
function closureOf(manifest: Manifest, name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const each of manifest[name]?.imports ?? []) closureOf(manifest, each, seen);
  return seen;
}

/** Bytes of these chunks as they are sent. */
function sizeOf(manifest: Manifest, names: ReadonlySet<string>): number {
  return [...names]
    .map((name) => manifest[name]?.file ?? '')
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + gzipSync(readFileSync(path.join(built, file)), { level: 9 }).length, 0);
}

async function deadCount(): Promise<number> {
  const { rows } = await booted.owner.query(
    `select count(*)::int as n from delivery where status in ('failed', 'dead', 'expired')`,
  );
  return rows[0].n as number;
}

async function uuidOfChannel(): Promise<string> {
  const { rows } = await booted.owner.query(`select id from channel where name = 'Chat'`);
  return rows[0].id as string;
}
