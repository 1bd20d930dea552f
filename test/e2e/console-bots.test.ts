import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, apiOf, boot, type Booted, makeWorkspace, testBot } from '../support/boot.js';
import { ConsoleBrowser } from '../support/console.js';
import { programs } from '../support/programs.js';
import { memberOf } from '../support/signed-in.js';
import { until } from '../support/until.js';

vi.setConfig({ testTimeout: 180_000 });

let booted: Booted;
let browser: ConsoleBrowser;
let authors = 0;

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

/** A workspace of its own for a journey, and how its bot is seen. */
async function begin(
  tab: string,
): Promise<{ page: Page; api: Api; bot: string; again: () => Promise<Page> }> {
  const home = await makeWorkspace(booted);
  const as = await memberOf(booted, home.workspaceId, 'owner', `Ada ${++authors}`);
  const bot = `/v1/bots/${home.botId}`;
  const again = () => browser.open(booted, home, { as, at: `/bots/${home.botId}?tab=${tab}` });
  return { page: await again(), api: apiOf(booted, home.key), bot, again };
}

const rule = (id: string, words: string[], text: string, more: object = {}) => ({
  id,
  when: { words },
  reply: [{ type: 'text', text }],
  ...more,
});

const goTo = (page: Page, tab: string) => page.getByRole('tab', { name: tab, exact: true }).click();

/** Writes into a field of several texts. */
async function addTo(page: Page, label: string, text: string): Promise<void> {
  await page
    .locator('input')
    .and(page.getByLabel(label, { exact: true }))
    .fill(text);
  await page.keyboard.press('Enter');
}

async function say(page: Page, words: string, answer: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Write a message' }).fill(words);
  await page.keyboard.press('Enter');
  await page.getByRole('log').getByText(answer).last().waitFor();
}

async function publish(page: Page, note: string): Promise<void> {
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Publish' });
  await dialog.getByRole('textbox', { name: 'Note' }).fill(note);
  await dialog.getByRole('button', { name: 'Publish now' }).click();
}

describe.skipIf(programs.chromium === undefined)('an author of bots', () => {
  it('writes a test, sees it fail, mends the bot, publishes with a note, and rolls back', async () => {
    const { page, api, bot } = await begin('tests');
    await page.getByRole('button', { name: 'Add a conversation' }).click();
    await page.getByRole('textbox', { name: 'What it is about' }).fill('Parking');
    await page.getByRole('textbox', { name: 'The person says' }).fill('Is there parking?');
    await addTo(page, 'The answer holds', 'Behind the house');
    await page.getByRole('button', { name: 'Run the tests' }).click();
    await page.getByText('1 of 1 tests failed.').waitFor();
    const step = page.getByRole('region', { name: 'Step 1' });
    await step.getByText('Not as expected').waitFor();
    await step.getByText('A person will answer.').first().waitFor();

    await goTo(page, 'Rules');
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await addTo(page, 'Any of these words', 'parking');
    await page.getByRole('textbox', { name: 'Say', exact: true }).fill('Behind the house.');
    await goTo(page, 'Tests');
    await page.getByRole('button', { name: 'Run the tests' }).click();
    await page.getByText('1 test passed.').waitFor();
    await page.getByText('Parking, step 1').waitFor();

    await publish(page, 'Parking is known');
    await page.getByText('Published: it answers from now on').waitFor();
    const versions = await api('GET', `${bot}/versions?order=desc`);
    expect(versions.body.data[0]).toMatchObject({
      version: 2,
      note: 'Parking is known',
      tests: { passed: 1, failed: 0 },
    });

    await goTo(page, 'Versions');
    const second = page.getByRole('listitem').filter({ hasText: 'Parking is known' });
    await second.getByText('Answers now').waitFor();
    await second.getByText('you').waitFor();
    await second.getByRole('button', { name: /What changed/ }).click();
    const difference = page.getByRole('region', { name: 'What is different' });
    await difference.getByText('rule “rule”').waitFor();
    await difference.getByRole('button', { name: 'Compare their answers to the tests' }).click();
    await difference.getByText('0% as expected before, 100% now.').waitFor();

    const first = page.getByRole('listitem').filter({ hasText: 'Version 1' }).last();
    await first.getByRole('button', { name: 'Roll back' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Note' }).fill('It was a mistake');
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await page.getByText('Back to version 1').waitFor();
    const now = await api('GET', bot);
    expect(now.body.published_version).toBe(3);
    expect(now.body.definition.rules).toHaveLength(testBot.rules.length);
  });

  it('is asked before a version is published whose tests fail, and says why', async () => {
    const { page, api, bot } = await begin('talk');
    await api('PUT', `${bot}/tests`, {
      conversations: [{ title: 'Greets', steps: [{ says: 'hello', expect: { replies: ['Good day'] } }] }],
    });
    await page.getByRole('textbox', { name: 'Disclosure' }).fill('I am a machine.');
    await publish(page, 'Says what it is');
    const dialog = page.getByRole('dialog', { name: 'Publish' });
    await dialog.getByText('1 of 1 tests fail.').waitFor();
    expect((await api('GET', bot)).body.published_version).toBe(1);
    await dialog.getByRole('textbox', { name: /Why it should answer/ }).fill('The law asks for it');
    await dialog.getByRole('button', { name: 'Publish all the same' }).click();
    await page.getByText('Published: it answers from now on').waitFor();
    await goTo(page, 'Versions');
    await page.getByText('Published although tests failed: The law asks for it').waitFor();
  });

  it('rehearses the draft turn by turn: what each part saw, decided and took; nothing is stored', async () => {
    const { page, api, bot } = await begin('rules');
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await addTo(page, 'Any of these words', 'parking');
    await page.getByRole('textbox', { name: 'Say', exact: true }).fill('Behind the house.');
    await goTo(page, 'Try it');
    await say(page, 'Is there parking?', 'Behind the house.');
    const trace = page.getByRole('region', { name: 'Why it answered so' });
    await trace.getByText('rules answered').waitFor();
    await trace.getByText('Took', { exact: false }).first().waitFor();
    await say(page, 'And a garden?', 'A person will answer.');
    await trace.getByText('fallback answered').waitFor();
    await page.getByRole('button', { name: 'Why? (turn 1)' }).click();
    await trace.getByText('rules answered').waitFor();
    await page.getByRole('button', { name: 'Keep as a test' }).click();
    const stored = await until('it is in the test set', async () => {
      return (await api('GET', `${bot}/tests`)).body.conversations[0];
    });
    expect(stored.steps.map(({ expect: wanted }: { expect: object }) => wanted)).toEqual([
      { replies: ['Behind the house.'] },
      { replies: ['A person will answer.'] },
    ]);
    expect((await api('GET', bot)).body.published_version).toBe(1);
    expect((await api('GET', '/v1/conversations')).body.data).toEqual([]);
  });

  it('approves what nobody could answer, and the bot answers it once that is published', async () => {
    const { page, api, bot } = await begin('learn');
    for (const text of ['do you ship to Norway', 'what colour is the moon', 'can I pay by cheque']) {
      await api('POST', `${bot}/proposals`, { text, answer: 'Somehow.' });
    }
    await page.reload();
    const norway = page.getByRole('listitem').filter({ has: page.locator('input[value*="Norway"]') });
    await norway.getByRole('textbox', { name: 'What should be said' }).fill('Yes, for ten euros.');
    await norway.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('What was approved stands in the draft', { exact: false }).waitFor();
    await page.getByRole('checkbox', { name: 'Choose: what colour is the moon' }).check();
    await page.getByRole('checkbox', { name: 'Choose: can I pay by cheque' }).check();
    await page.getByRole('button', { name: 'Decline 2' }).click();
    await page.getByText('Nothing to learn').waitFor();
    const states = await api('GET', '/v1/bot-proposals?state=dismissed');
    expect(states.body.data).toHaveLength(2);

    await goTo(page, 'Try it');
    await say(page, 'Do you ship to Norway?', 'Yes, for ten euros.');
    await publish(page, 'Ships to Norway');
    await page.getByText('Published: it answers from now on').waitFor();
    const session = (await api('POST', '/v1/sessions', {})).body.id;
    await until('the published bot knows it', async () => {
      const said = await api('POST', '/v1/messages', { session_id: session, text: 'Do you ship to Norway?' });
      return said.body.replies?.[0]?.parts[0].text === 'Yes, for ten euros.';
    });
  });

  it('makes an unanswered question a phrasing of an intent', async () => {
    const { page, api, bot } = await begin('learn');
    const reply = [{ type: 'text', text: 'We pay it back.' }];
    const intents = [{ id: 'refund', title: 'Refund', phrasings: ['I want my money back'], reply }];
    await api('PUT', `${bot}/draft`, { definition: { ...testBot, understanding: { intents } } });
    await api('POST', `${bot}/proposals`, { text: 'this thing broke, pay up', answer: 'Hm.' });
    await page.reload();
    await page.getByText('Phrasing', { exact: true }).click();
    await page.getByRole('combobox', { name: 'It means' }).click();
    await page.getByRole('option', { name: 'Refund' }).click();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByText('Nothing to learn').waitFor();
    const draft = await api('GET', `${bot}/draft`);
    expect(draft.body.definition.understanding.intents[0].phrasings).toContain('this thing broke, pay up');
  });

  it('describes a tool in a form, with a secret that is sealed and nowhere to be seen', async () => {
    const { page, api, bot } = await begin('tools');
    await page.getByRole('button', { name: 'Add: Tools' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('orders.find');
    await page.getByRole('textbox', { name: 'What it does' }).fill('Finds an order by its number');
    await page.getByRole('textbox', { name: 'Address' }).fill('https://shop.example/orders/{number}');
    await page.getByRole('button', { name: 'Add: Header' }).click();
    await page.getByText('Secret', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Before it' }).fill('Bearer ');
    await page.getByRole('button', { name: 'Seal a new value' }).click();
    const dialog = page.getByRole('dialog', { name: 'Seal a new value' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('shop_key');
    await dialog.getByLabel('Value').and(page.locator('input')).fill('very-secret-value');
    await dialog.getByRole('button', { name: 'Seal it' }).click();
    await dialog.waitFor({ state: 'detached' });
    const tools = await until('it is in the draft', async () => {
      const { body } = await api('GET', `${bot}/draft`);
      return body.definition.tools?.[0]?.headers?.authorization?.secret && body.definition.tools;
    });
    expect(tools[0]).toMatchObject({
      name: 'orders.find',
      headers: { authorization: { secret: 'shop_key', prefix: 'Bearer ' } },
    });
    await page.reload();
    await page.getByText('orders.find').first().waitFor();
    expect(await page.content()).not.toContain('very-secret-value');
    expect(await page.evaluate<string>('JSON.stringify({ ...localStorage })')).not.toContain('very-secret');
    expect(JSON.stringify((await api('GET', `${bot}/export?version=draft`)).body)).not.toContain(
      'very-secret',
    );
  });

  it('says in the guardrails how a model must sound', async () => {
    const { page, api, bot } = await begin('guard');
    await page.getByRole('switch', { name: 'How a model’s words must sound' }).click();
    await page.getByRole('combobox', { name: 'Form of address' }).click();
    await page.getByRole('option', { name: 'formal', exact: true }).click();
    await page.getByRole('combobox', { name: 'Emoji' }).click();
    await page.getByRole('option', { name: 'few', exact: true }).click();
    await page.getByRole('switch', { name: 'No shouting' }).click();
    const manner = await until('it is in the draft', async () => {
      const { body } = await api('GET', `${bot}/draft`);
      const set = body.definition.guardrails?.manner;
      return set?.no_shouting === true && set;
    });
    expect(manner).toEqual({ address: 'formal', emoji: 'few', no_shouting: true, no_profanity: false });
  });

  it('gives a rule examples, and sees which of them it does not answer', async () => {
    const { page } = await begin('rules');
    await page.getByRole('button', { name: /^open/ }).click();
    await page.getByRole('button', { name: 'Add an example' }).click();
    await page.getByRole('button', { name: 'Add an example' }).click();
    await page.getByRole('textbox', { name: 'Example 2' }).fill('When do you close?');
    await page.getByRole('button', { name: 'Run the examples' }).click();
    await page.getByText('1 of 2 tests failed.').waitFor();
    await page.getByText('Rule hours-said, example 2').waitFor();
    await page.getByLabel('Passed', { exact: true }).waitFor();
    await page.getByLabel('Failed', { exact: true }).waitFor();
  });

  it('takes a bot out as an archive, and brings it in as another one', async () => {
    const { page, api, bot } = await begin('file');
    await api('PUT', `${bot}/tests`, {
      conversations: [{ title: 'Greets', steps: [{ says: 'hello', expect: { silent: false } }] }],
    });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).first().click(),
    ]);
    expect(download.suggestedFilename()).toBe('Ada.zip');
    const archive = readFileSync((await download.path()) ?? '');
    await page.getByRole('link', { name: 'Bots' }).first().click();
    const bring = async (buffer: Buffer) => {
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByRole('button', { name: 'Bring in an archive' }).click(),
      ]);
      await chooser.setFiles({ name: 'Ada.zip', mimeType: 'application/zip', buffer });
    };
    await bring(Buffer.from('this is no archive'));
    await page.getByRole('alert').waitFor();
    await bring(archive);
    await page.getByRole('textbox', { name: 'Disclosure' }).waitFor();
    const made = (await api('GET', '/v1/bots?order=desc')).body.data[0];
    expect(`/v1/bots/${made.id}`).not.toBe(bot);
    expect((await api('GET', `/v1/bots/${made.id}/tests`)).body.conversations).toHaveLength(1);
  });
});

describe.skipIf(programs.chromium === undefined)('what an author has typed', () => {
  it('outlives a lost connection and a reload, and is stored once the server answers', async () => {
    const { page, api, bot } = await begin('tests');
    await page.getByRole('button', { name: 'Add a conversation' }).waitFor();
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Add a conversation' }).click();
    await page.getByRole('textbox', { name: 'What it is about' }).fill('Typed offline');
    await page.getByText('No connection to the server.').waitFor();
    await page.context().setOffline(false);
    await page.reload();
    await page.getByText('Typed offline').waitFor();
    await until('the server has it', async () => {
      return (await api('GET', `${bot}/tests`)).body.conversations[0]?.title === 'Typed offline';
    });
  });

  it('is not written over by somebody else, nor theirs by it, before a choice is made', async () => {
    const { page, api, bot } = await begin('talk');
    const field = page.getByRole('textbox', { name: 'Disclosure' });
    await field.waitFor();
    const theirs = { ...testBot, rules: [rule('theirs', ['x'], 'Theirs.')] };
    await api('PUT', `${bot}/draft`, { definition: theirs });
    await field.fill('Mine.');
    await page.getByText('Somebody else has changed it meanwhile').waitFor();
    const draft = async () => (await api('GET', `${bot}/draft`)).body.definition;
    expect((await draft()).rules[0].id).toBe('theirs');
    await page.reload();
    await page.getByText('Somebody else has changed it meanwhile').waitFor();
    expect(await field.inputValue()).toBe('Mine.');
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await until('mine is stored', async () => (await draft()).persona.disclosure === 'Mine.');
    expect((await draft()).rules).toHaveLength(testBot.rules.length);
  });
});
