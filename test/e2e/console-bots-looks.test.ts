import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type Api,
  apiOf,
  boot,
  type Booted,
  makeWorkspace,
  testBot,
  type TestWorkspace,
} from '../support/boot.js';
import { botScreens } from '../support/console-screens.js';
import { ConsoleBrowser, seriousFindings, shoot } from '../support/console.js';
import { programs } from '../support/programs.js';

let booted: Booted;
let home: TestWorkspace;
let browser: ConsoleBrowser;

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  booted = await boot();
  home = await makeWorkspace(booted);
  await fill(apiOf(booted, home.key));
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

const text = (words: string) => [{ type: 'text', text: words }];

/** A bot with something in each of its parts. */
async function fill(api: Api): Promise<void> {
  const bot = `/v1/bots/${home.botId}`;
  const definition = {
    ...testBot,
    rules: testBot.rules.map((rule) => ({ ...rule, tests: [{ says: 'Are you open?', matches: true }] })),
    tools: [
      {
        name: 'orders.find',
        description: 'Finds an order by its number',
        method: 'GET',
        url: 'https://shop.example/orders/{number}',
        input: { type: 'object', properties: { number: { type: 'string' } }, required: ['number'] },
        headers: { authorization: { secret: 'shop_key', prefix: 'Bearer ' }, accept: 'application/json' },
      },
    ],
    understanding: {
      intents: [
        {
          id: 'refund',
          title: 'Refund',
          phrasings: ['I want my money back'],
          reply: text('We pay it back.'),
        },
      ],
      synonyms: [['money', 'cash']],
    },
    agent: { models: [{ provider: 'openai', name: 'small', key: 'model_key' }], instructions: 'Be kind.' },
    hours: {
      time_zone: 'Europe/Berlin',
      weekly: [{ days: ['mon', 'fri'], from: '09:00', to: '17:00' }],
    },
    handoff: { hours: 'business', no_one: { reply: text('Nobody is there right now.') } },
    csat: { text: 'How was it?' },
  };
  const must = async (answer: ReturnType<Api>) => {
    const { status, body } = await answer;
    expect(status, JSON.stringify(body)).toBeLessThan(300);
  };
  await must(api('POST', '/v1/secrets', { name: 'shop_key', value: 'sealed' }));
  await must(api('POST', '/v1/secrets', { name: 'model_key', value: 'sealed' }));
  await must(api('PUT', `${bot}/draft`, { definition }));
  await must(api('POST', `${bot}/publish`, { note: 'Orders, refunds and a model' }));
  const rules = definition.rules.slice(1);
  await must(api('PUT', `${bot}/draft`, { definition: { ...definition, rules } }));
  const conversations = [
    { title: 'Opening hours', steps: [{ says: 'open?', expect: { replies: ['nine to five'] } }] },
    { title: 'Parking', steps: [{ says: 'Is there parking?', expect: { replies: ['Behind the house'] } }] },
  ];
  await must(api('PUT', `${bot}/tests`, { conversations }));
  await must(api('POST', `${bot}/proposals`, { text: 'this thing broke, pay up', intent_id: 'refund' }));
  await must(
    api('POST', `${bot}/proposals`, { text: 'do you ship to Norway', answer: 'Yes, for ten euros.' }),
  );
}

/** What is done on a screen before it is looked at. */
type Deed = (page: Page) => Promise<void>;

const runTests: Deed = async (page) => {
  await page.getByRole('button', { name: 'Run the tests' }).click();
  await page.getByText('of the turns are as expected').first().waitFor();
  await page.getByRole('button', { name: /Parking/ }).click();
  await page.getByText('Not as expected').waitFor();
};
const rehearse: Deed = async (page) => {
  await page.getByRole('textbox', { name: 'Write a message' }).fill('When are you open?');
  await page.keyboard.press('Enter');
  await page.getByRole('log').getByText('From nine to five.').waitFor();
};
const compare: Deed = async (page) => {
  await page.getByRole('button', { name: 'What would it change?' }).click();
  await page.getByText('rule “hours”', { exact: false }).first().waitFor();
  await page.getByRole('button', { name: 'Compare their answers to the tests' }).click();
  await page.getByText('as expected before', { exact: false }).waitFor();
};
const openFirst =
  (name: RegExp): Deed =>
  async (page) => {
    await page.getByRole('button', { name }).first().click();
  };
const publish: Deed = async (page) => {
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByRole('dialog').getByText('rule “hours”').first().waitFor();
};

/** What is done on a screen of `botScreens` before it is looked at. */
const deeds: Readonly<Record<string, Deed>> = {
  rules: openFirst(/^open/),
  intents: openFirst(/^Refund/),
  model: openFirst(/^small/),
  tools: openFirst(/^orders.find/),
  try: rehearse,
  tests: runTests,
  versions: compare,
  publish,
};
const only = process.env['PARLEY_SCREENS']?.split(',');
const looks = [
  ['light', 'desktop'],
  ['dark', 'desktop'],
  ['light', 'phone'],
] as const;

describe.skipIf(programs.chromium === undefined)('every screen of a bot', () => {
  it.each(Object.entries(botScreens).filter(([name]) => only?.includes(name) ?? true))(
    'is without a serious finding in both themes and on a phone: %s',
    async (name, [address, words]) => {
      for (const [colours, size] of looks) {
        const at = address.replace(':bot', home.botId);
        const page = await browser.open(booted, home, { at, colours, size });
        await page.getByText(words, { exact: false }).first().waitFor();
        await deeds[name]?.(page);
        await shoot(page, `${name}-${colours}-${size}`);
        expect(await seriousFindings(page), `${name} in ${colours} on a ${size}`).toEqual([]);
        const overflow = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(overflow, `${name} is wider than a ${size}`).toBeLessThanOrEqual(0);
      }
    },
    240_000,
  );
});
