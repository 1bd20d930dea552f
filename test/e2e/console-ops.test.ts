import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { opsScreens } from '../support/console-screens.js';
import { ConsoleBrowser, seriousFindings } from '../support/console.js';
import { expectFineInEveryLook } from '../support/every-look.js';
import { fillAnalytics } from '../support/fill-analytics.js';
import { programs } from '../support/programs.js';
import { until } from '../support/until.js';

vi.setConfig({ testTimeout: 120_000 });

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let browser: ConsoleBrowser;

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  booted = await boot();
  home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
  await fillAnalytics(booted.owner, { ...home, days: 30, perDay: 12 });
  browser = await ConsoleBrowser.start();
}, 120_000);
afterEach(async () => {
  await browser?.closeAll();
  expect(browser?.complaints.splice(0) ?? []).toEqual([]);
});
afterAll(async () => {
  await browser?.stop();
  await booted?.close();
});

/** Opens the reports: two dozen counts that a busy machine takes its time for. */
async function openAnalytics(): Promise<Page> {
  const page = await browser.open(booted, home, { at: '/analytics' });
  page.setDefaultTimeout(60_000);
  return page;
}

/** What a click saves, as text. */
async function saved(page: Page, click: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([page.waitForEvent('download'), click()]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
}

describe.skipIf(programs.chromium === undefined)('analytics', () => {
  it('draws every report, says the same numbers as a table, and saves them as CSV and as JSON', async () => {
    const page = await openAnalytics();
    const card = page.getByRole('region', { name: 'Messages', exact: true });
    await card.locator('svg.recharts-surface').first().waitFor();
    // Who hears the screen has the table, whether it is to be seen or not.
    expect(await card.getByRole('rowheader').count()).toBe(30);
    // No program has said anything: the last column.
    expect(await card.getByRole('row').nth(1).getByRole('cell').last().textContent()).toBe('0');
    await card.getByRole('button', { name: 'Show as a table: Messages' }).click();
    expect(await card.locator('svg.recharts-surface').count()).toBe(0);
    const save = async (format: string) => {
      await card.getByRole('button', { name: 'Save Messages as a file' }).click();
      await page.getByRole('menuitem', { name: format }).click();
    };
    const csv = await saved(page, () => save('CSV'));
    expect(csv.name).toBe('volume.csv');
    expect(csv.text.split('\r\n')[0]).toBe(
      'start,group,group_name,conversations,messages,from_contacts,from_bot,from_operators,from_api',
    );
    const json = await saved(page, () => save('JSON'));
    expect(JSON.parse(json.text)).toMatchObject({ report: 'volume' });
    expect(JSON.parse(json.text).data.length).toBe(csv.text.trim().split('\r\n').length - 1);
    for (const name of [
      'First answer',
      'Resolution',
      'Deflection',
      'Hand-over',
      'Satisfaction',
      'Failures',
    ]) {
      await page.getByRole('region', { name, exact: true }).locator('svg.recharts-surface').first().waitFor();
    }
  });

  it('is narrowed to days, a channel and a bot, which stand in the address', async () => {
    const page = await openAnalytics();
    await page.getByText('7 days', { exact: true }).click();
    await page.waitForURL(/days=7/);
    const card = page.getByRole('region', { name: 'Messages', exact: true });
    await card.locator('svg.recharts-surface').first().waitFor();
    expect(await card.getByRole('rowheader').count()).toBe(7);
    await page.getByRole('combobox', { name: 'Bot', exact: true }).click();
    const asked = page.waitForRequest((request) => request.url().includes(`bot_id=${home.botId}`));
    await page.getByRole('option', { name: 'Ada' }).click();
    await asked;
    await page.waitForURL(new RegExp(home.botId));
    await page.reload();
    await page.getByRole('region', { name: 'Messages', exact: true }).waitFor();
    expect(page.url()).toContain('days=7');
  });

  it('compares channels side by side, and saves that too', async () => {
    const page = await openAnalytics();
    const card = page.getByRole('region', { name: 'Side by side' }).first();
    await card.getByRole('cell', { name: 'Chat' }).waitFor();
    await card.getByRole('button', { name: 'Save Side by side as a file' }).click();
    const csv = await saved(page, () => page.getByRole('menuitem', { name: 'CSV' }).click());
    const [head, line] = csv.text.split('\r\n');
    expect(head).toContain('volume.messages');
    expect(line).toContain(`${home.channelId},Chat,`);
  });
});

describe.skipIf(programs.chromium === undefined)('developers', () => {
  it('make an OAuth client whose secret is shown once and gets a token, exchange the secret, and end it', async () => {
    const page = await browser.open(booted, home, { at: '/developers?tab=clients' });
    await page.getByRole('button', { name: 'Make a client' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Warehouse');
    await dialog.getByRole('checkbox', { name: 'bots:read' }).check();
    await dialog.getByRole('button', { name: 'Make it' }).click();
    await dialog.getByText('Its secret, shown only now').waitFor();
    const id = await dialog.locator('code').first().textContent();
    const secret = await dialog.locator('code').nth(1).textContent();
    expect((await tokenOf(id, secret)).status).toBe(200);
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
    const card = page.getByRole('region', { name: 'Warehouse' });
    await card.getByText('bots:read').waitFor();
    expect(await page.getByText(secret ?? '').count()).toBe(0);
    await card.getByRole('button', { name: 'New secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click();
    const next = page.getByRole('dialog').locator('code').nth(1);
    await next.waitFor();
    expect((await tokenOf(id, await next.textContent())).status).toBe(200);
    await page.keyboard.press('Escape');
    await card.getByRole('button', { name: 'End it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await page.getByText('No client yet').waitFor();
    await until('the client gets no token', async () => (await tokenOf(id, secret)).status === 401);
  });

  it('see what their program asked, why it was refused, and under which id', async () => {
    await api('GET', '/v1/bots');
    const refused = await api('POST', '/v1/channels', { connector: 'nonsense', name: 'x' });
    const page = await browser.open(booted, home, { at: '/developers?tab=requests' });
    const table = page.getByRole('region', { name: 'Requests' });
    await table.getByText('/v1/bots').first().waitFor();
    await page.getByText('Refused and failed').click();
    await table.getByRole('link', { name: refused.body.code }).first().waitFor();
    expect(await table.getByText('/v1/bots', { exact: true }).count()).toBe(0);
    const id = refused.headers.get('request-id') ?? '';
    await table.getByRole('button', { name: new RegExp(id) }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(id);
  });

  it('copy what an MCP client is to be told, and it lists the tools', async () => {
    const page = await browser.open(booted, home, { at: '/developers?tab=mcp' });
    const block = page.getByRole('region', { name: 'mcp.json' });
    const { mcpServers } = JSON.parse((await block.textContent()) ?? '');
    expect(mcpServers.parley).toMatchObject({ type: 'http', url: `${booted.url}/mcp` });
    const answer = await api(
      'POST',
      '/mcp',
      { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      { accept: 'application/json, text/event-stream' },
    );
    expect(JSON.stringify(answer.body)).toContain('list_channels');
  });
});

describe.skipIf(programs.chromium === undefined)('the settings of a workspace', () => {
  it('keep an answer with variables and a preview, as the inbox fills it in', async () => {
    const page = await browser.open(booted, home, { at: '/settings?tab=replies' });
    await page.getByRole('button', { name: 'Write a reply' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Shortcut' }).fill('hello');
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Greeting');
    await dialog.getByRole('textbox', { name: 'Answer' }).fill('Good day ');
    await dialog.getByRole('button', { name: 'contact.name', exact: true }).click();
    await dialog.getByRole('region', { name: 'How it reads' }).getByText('Good day Alan Turing').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('region', { name: 'Greeting' }).waitFor();
    const [reply] = (await api('GET', '/v1/canned-replies')).body.data;
    expect(reply).toMatchObject({ shortcut: 'hello', text: 'Good day {{ contact.name }}' });
    await page.getByRole('button', { name: 'Change' }).click();
    await dialog.getByRole('textbox', { name: 'Answer' }).fill('{% broken');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const field = dialog.getByRole('textbox', { name: 'Answer' });
    await until('the field is marked', async () => (await field.getAttribute('aria-invalid')) === 'true');
  });

  it('make, rename and remove a label', async () => {
    const page = await browser.open(booted, home, { at: '/settings?tab=labels' });
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Urgent');
    await page.getByRole('button', { name: 'Add a label' }).click();
    const row = page.getByRole('region', { name: 'Urgent' });
    await row.getByRole('textbox', { name: 'New name of Urgent' }).fill('Very urgent');
    await row.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('region', { name: 'Very urgent' }).waitFor();
    expect((await api('GET', '/v1/labels')).body.data[0].name).toBe('Very urgent');
    await page.getByRole('region', { name: 'Very urgent' }).getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No label yet').waitFor();
  });

  it('say how long things are kept, after a second yes, and take that back', async () => {
    const page = await browser.open(booted, home, { at: '/settings?tab=retention' });
    const form = page.getByRole('region', { name: 'Set a rule' });
    await form.getByRole('textbox', { name: 'Days' }).fill('3');
    await form.getByRole('button', { name: 'Keep it so long' }).click();
    await form.getByRole('button', { name: 'Yes, forget what is older' }).click();
    await form.getByText('must be at least 8').first().waitFor();
    await form.getByRole('textbox', { name: 'Days' }).fill('400');
    await form.getByText('What is older than 400 days').waitFor();
    expect((await api('GET', '/v1/retention')).body.rules).toEqual([]);
    await form.getByRole('button', { name: 'Yes, forget what is older' }).click();
    await page.getByRole('cell', { name: '400 days' }).waitFor();
    expect((await api('GET', '/v1/retention')).body.rules).toMatchObject([{ kind: 'messages', days: 400 }]);
    await page.getByRole('button', { name: 'Remove the rule' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the rule' }).click();
    await page.getByRole('cell', { name: '400 days' }).waitFor({ state: 'hidden' });
  });

  it('add a key with which a server vouches for visitors, its secret shown once, and end it', async () => {
    const page = await browser.open(booted, home, { at: '/settings?tab=visitors' });
    await page.getByRole('button', { name: 'Add a key' }).click();
    await page.getByText('The secret, shown only now').waitFor();
    const [key] = (await api('GET', `/v1/channels/${home.channelId}/visitor-keys`)).body.data;
    await page.reload();
    await page.getByRole('region', { name: key.id }).waitFor();
    expect(await page.getByText('The secret, shown only now').count()).toBe(0);
    await page.getByRole('region', { name: key.id }).getByRole('button', { name: 'End it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await page.getByText('No key yet').waitFor();
  });

  it('choose the clock by which times are written, for this browser', async () => {
    const page = await browser.open(booted, home, { at: '/settings?tab=hours' });
    const now = page.getByText(/^Now it is/);
    const before = await now.textContent();
    await page.getByRole('combobox', { name: 'Time zone' }).fill('Pacific/Kiritimati');
    await page.getByRole('option', { name: 'Pacific/Kiritimati' }).click();
    await until('the time is another', async () => (await now.textContent()) !== before);
    await page.goto(`${booted.url}/console/analytics`);
    await page.getByText('by the clock of Pacific/Kiritimati').waitFor();
  });
});

const only = process.env['PARLEY_SCREENS']?.split(',');

describe.skipIf(programs.chromium === undefined)('every screen of ops people', () => {
  it.each(Object.entries(opsScreens).filter(([name]) => only?.includes(name) ?? true))(
    'is without a serious finding in every look, and from right to left: %s',
    async (name, [at, words]) => {
      for (const locale of ['en-GB', 'ar-EG']) {
        const page = await browser.open(booted, home, { at, locale });
        if (locale === 'en-GB') await page.getByText(words, { exact: false }).first().waitFor();
        else await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForLoadState('load');
        if (name === 'analytics')
          await page.locator('svg.recharts-surface').nth(8).waitFor({ state: 'attached', timeout: 60_000 });
        if (locale === 'en-GB') await expectFineInEveryLook(page, name);
        else expect(await seriousFindings(page), `${name} in ${locale}`).toEqual([]);
      }
    },
    240_000,
  );
});

describe.skipIf(programs.chromium === undefined)('what an ops person sees first', () => {
  it('is each red light with its cause, since when, and one action', async () => {
    await booted.owner.query(
      `update channel set health_state = 'down', health_reason = 'The token was revoked.',
        health_since = now() - interval '2 hours', check_due_at = now() + interval '1 day' where name = 'Chat'`,
    );
    const page = await browser.open(booted, home);
    const row = page.getByRole('listitem').filter({ hasText: 'The token was revoked.' });
    await row.getByText('since 2 hours ago').waitFor();
    await row.getByRole('link', { name: 'Open the channel' }).click();
    await page.waitForURL(new RegExp(`/channels/${home.channelId}`));
    await booted.owner.query(
      `update channel set health_state = 'healthy', health_reason = 'Fine.' where name = 'Chat'`,
    );
  });

  it('is work that no worker takes', async () => {
    const idle = await boot({ hasWorker: false });
    const shop = await makeWorkspace(idle);
    const session = (await apiOf(idle, shop.key)('POST', '/v1/sessions', {})).body;
    const said = { session_id: session.id, text: 'anybody?', respond: 'async' };
    expect((await apiOf(idle, shop.key)('POST', '/v1/messages', said)).status).toBe(202);
    await idle.owner.query(
      `update mailbox set due_at = now() - interval '10 minutes' where due_at is not null`,
    );
    const page = await browser.open(idle, shop);
    const row = page.getByRole('listitem').filter({ hasText: 'no worker takes it' });
    await row.getByText(/since 1\d minutes ago/).waitFor();
    await row.getByRole('link', { name: 'Look at the queues' }).click();
    await page.getByRole('heading', { name: 'Queues' }).waitFor();
    await page.getByRole('cell', { name: 'Inbound' }).waitFor();
    await page.close();
    await idle.close();
  });
});

/** Asks for a token as a client does. */
function tokenOf(id: string | null, secret: string | null): Promise<Response> {
  return fetch(`${booted.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
}
