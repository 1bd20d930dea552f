import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BotDefinition } from '#libs/model';
import { apiOf, boot, type Booted, makeWorkspace } from '../support/boot.js';
import { ConsoleBrowser } from '../support/console.js';
import { programs } from '../support/programs.js';
import { memberOf } from '../support/signed-in.js';
import { until } from '../support/until.js';

vi.setConfig({ testTimeout: 180_000 });

let booted: Booted;
let browser: ConsoleBrowser;

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  booted = await boot();
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

/** A bot that answers from a knowledge base which holds nothing about what is asked. */
async function begin(author: string) {
  const home = await makeWorkspace(booted, author);
  const api = apiOf(booted, home.key);
  const base = (await api('POST', '/v1/knowledge-bases', { name: 'Help centre' })).body.id as string;
  await api('POST', `/v1/knowledge-bases/${base}/sources`, {
    kind: 'text',
    title: 'Opening hours',
    text: '# Opening hours\n\nFrom nine to five.',
  });
  const definition = BotDefinition.parse({
    persona: { name: 'Ada' },
    knowledge: { bases: [base] },
    fallback: [{ type: 'text', text: 'I do not know that.' }],
  });
  const bot = (await api('POST', '/v1/bots', { name: 'Knowing', definition })).body.id as string;
  await api('PATCH', `/v1/channels/${home.channelId}`, { bot_id: bot });
  const session = (await api('POST', '/v1/sessions', { channel_id: home.channelId })).body.id as string;
  const ask = async (text: string): Promise<string> => {
    const { body } = await api('POST', '/v1/messages', { session_id: session, text });
    expect(body.status, JSON.stringify(body)).toBe('completed');
    return body.replies[0].parts[0].text as string;
  };
  const as = await memberOf(booted, home.workspaceId, 'owner', author);
  const open = (at: string) => browser.open(booted, home, { as, at });
  return { api, base, bot, ask, open };
}

describe.skipIf(programs.chromium === undefined)('what nobody could answer', () => {
  it('becomes knowledge: it is answered, found in the test search, and answered by the bot', async () => {
    const { api, base, bot, ask, open } = await begin('Gap Author');
    const question = 'Do you repair bicycles?';
    expect(await ask(question)).toBe('I do not know that.');
    expect(await ask('do you repair BICYCLES')).toBe('I do not know that.');
    const page = await open(`/bots/${bot}?tab=learn`);
    await page.getByText('Unanswered', { exact: true }).click();
    const gap = page.getByRole('listitem').filter({ has: page.getByText('2 times', { exact: false }) });
    expect(await gap.getByRole('textbox', { name: 'Question' }).inputValue()).toBe(question);
    const approve = gap.getByRole('button', { name: 'Approve' });
    expect(await approve.isDisabled()).toBe(true);
    await gap.getByRole('textbox', { name: 'What should be said' }).fill('Every Tuesday, for 40 euros.');
    await gap.getByRole('combobox', { name: 'Into' }).click();
    await page.getByRole('option', { name: 'Help centre' }).click();
    // What is written outlives a reload: it is the work of somebody.
    await page.reload();
    expect(await gap.getByRole('textbox', { name: 'What should be said' }).inputValue()).toBe(
      'Every Tuesday, for 40 euros.',
    );
    await approve.click();
    await page.getByText('Nothing to learn').waitFor();
    expect((await api('GET', `/v1/knowledge-gaps?bot_id=${bot}`)).body.data).toEqual([]);

    await page.goto(`${booted.url}/console/knowledge/${base}`);
    const source = page.locator('section').filter({ hasText: question });
    await source.getByText('ready').nth(1).waitFor({ timeout: 60_000 });
    await page.getByRole('textbox', { name: 'As a person would ask' }).fill(question);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('status').getByText('Every Tuesday, for 40 euros.').waitFor();

    const answer = await until('the bot knows it', async () => {
      const said = await ask(question);
      return said === 'I do not know that.' ? null : said;
    });
    expect(answer).toContain('Every Tuesday, for 40 euros.');
  });
});

describe.skipIf(programs.chromium === undefined)('proposals', () => {
  it('are approved several at once, those alone that say enough, and answered once that is published', async () => {
    const { api, bot, ask, open } = await begin('Proposal Author');
    const lessons = [
      ['do you ship to Norway', 'Yes, for ten euros.'],
      ['can I pay by cheque', 'No, by card or invoice.'],
      ['is there a shop in Oslo', 'In the harbour, number 3.'],
    ] as const;
    for (const [text, answer] of lessons) await api('POST', `/v1/bots/${bot}/proposals`, { text, answer });
    const page = await open(`/bots/${bot}?tab=learn`);
    await page.getByRole('checkbox', { name: 'All of these' }).check();
    await page.getByRole('button', { name: 'Approve 3' }).waitFor();
    // One of them has lost its answer: it is not among those that can be learned.
    const cheque = page.getByRole('listitem').filter({ has: page.locator('input[value*="cheque"]') });
    await cheque.getByRole('textbox', { name: 'What should be said' }).fill('');
    await page.getByRole('button', { name: 'Approve 2' }).click();
    await page.getByText('2 are decided').waitFor();
    await page.getByRole('button', { name: 'Approve 0' }).waitFor();
    const left = await api('GET', `/v1/bot-proposals?bot_id=${bot}&state=waiting`);
    expect(left.body.data.map(({ text }: { text: string }) => text)).toEqual(['can I pay by cheque']);
    expect((await api('GET', `/v1/bot-proposals?bot_id=${bot}&state=approved`)).body.data).toHaveLength(2);

    expect(await ask('do you ship to Norway')).toBe('I do not know that.');
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Publish' });
    await dialog.getByRole('textbox', { name: 'Note' }).fill('Learned two things');
    await dialog.getByRole('button', { name: 'Publish now' }).click();
    await page.getByText('Published: it answers from now on').waitFor();
    await until('it answers both', async () => {
      const [ships, shop] = [await ask('do you ship to Norway'), await ask('is there a shop in Oslo')];
      return ships === 'Yes, for ten euros.' && shop === 'In the harbour, number 3.';
    });
    expect(await ask('can I pay by cheque')).toBe('I do not know that.');
  });
});
