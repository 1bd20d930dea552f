import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MailCatcher } from '../support/mail-catcher.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { programs } from '../support/programs.js';
import { answer, phone, said, shoot, violations, WidgetShop, write } from '../support/widget-shop.js';

let model: ModelServer;
let post: MailCatcher;
beforeAll(async () => {
  [model, post] = await Promise.all([startModelServer(), MailCatcher.start()]);
});
afterAll(async () => {
  await Promise.all([model?.close(), post?.close()]);
});

const csat = { text: 'How was it?', comment: 'What could we do better?', again_after_days: 1 };
const shop = WidgetShop.forTests({
  env: { PARLEY_PUBLIC_URL: 'https://parley.example' },
  bot: () => ({
    csat,
    agent: { models: [{ provider: 'openai_compatible', name: 'one', base_url: model.url }] },
  }),
});

/** An operator takes the conversation of this page, and closes the matter. */
async function closeMatter(): Promise<string> {
  const id = await shop.lastConversation();
  for (const body of [{ to: 'operator' }, { to: 'bot', close: true }]) {
    const done = await shop.api('POST', `/v1/conversations/${id}/control`, body);
    expect(done.status).toBeLessThan(300);
  }
  return id;
}

const eventsOf = async (id: string, type: string): Promise<unknown[]> => {
  const { rows } = await shop.booted.owner.query(
    `select e.data from event e where e.conversation_id = (select id from conversation order by created_at desc limit 1) and e.type = $1`,
    [type],
  );
  expect(id).not.toBe('');
  return rows.map(({ data }) => data);
};

describe.runIf(programs.chromium)('an answer that is being written', () => {
  it('is stopped by one press: what was shown stands, and nobody reads on', async () => {
    let release = (): void => undefined;
    const half = new Promise<void>((resolve) => (release = resolve));
    const text = `Once upon a time there was a lamp. ${'It shone. '.repeat(4)}${'And then it went out. '.repeat(12)}The end.`;
    model.answerWith(() => ({ text, half }) as { text: string });
    const page = await shop.open();
    await write(page, 'Tell me a long story, please');
    await page.locator('div.theirs .bubble').getByText('there was a lamp').waitFor();
    await shoot(page, 'streaming');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Stop the answer' }).click();
    await page.locator('.log > .theirs').getByText('there was a lamp').waitFor();
    release();
    const answered = await page.locator('.log > .theirs').last().innerText();
    expect(answered).not.toContain('The end.');
    // The button is that of sending again, and the next answer comes whole.
    model.answerWith(() => ({ text: 'A short one.' }));
    await write(page, 'Something shorter');
    await answer(page, 'A short one.');
    expect(await page.getByRole('button', { name: 'Stop the answer' }).count()).toBe(0);
    expect(await said(page)).toEqual(['Tell me a long story, please', 'Something shorter']);
  });
});

describe.runIf(programs.chromium)('how it was', () => {
  const rate = async (page: Page): Promise<void> => {
    await page.getByRole('group', { name: 'How was it?' }).waitFor();
  };

  it.each(['light', 'dark'] as const)('is asked with five stars and a few words: %s', async (colorScheme) => {
    const page = await shop.open({ colorScheme });
    await page.evaluate('window.dataLayer = []');
    await write(page, 'open?');
    await answer(page, 'From nine to five.');
    const id = await closeMatter();
    await rate(page);
    await page.getByRole('button', { name: 'Good', exact: true }).hover();
    await shoot(page, `csat-score-${colorScheme}`);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Good', exact: true }).click();
    await page.getByRole('button', { name: 'No comment' }).waitFor();
    expect(await page.locator('.rating .lit').count()).toBe(4);
    expect(await page.locator('.rating button:disabled').count()).toBe(5);
    await page.locator('.comment textarea').fill('More lamps, secretly');
    await shoot(page, `csat-comment-${colorScheme}`);
    expect(await violations(page)).toEqual([]);
    await page.locator('.comment .primary').click();
    await answer(page, 'Thank you!');
    await expect.poll(() => eventsOf(id, 'csat.received')).toEqual([{ score: 4, after: 'operator' }]);
    await expect
      .poll(() => eventsOf(id, 'csat.commented'))
      .toEqual([{ score: 4, comment: 'More lamps, secretly', after: 'operator' }]);
    // What was pressed is still to be seen when the visitor comes back.
    await page.reload();
    await answer(page, 'Thank you!');
    await expect.poll(() => page.locator('.rating .lit').count()).toBe(4);
  });

  it('is told to analytics as a number, and nothing of what was said is', async () => {
    const page = await shop.open();
    await page.evaluate('window.heard = []; window.gtag = (...call) => heard.push(call)');
    await write(page, 'open? secretly');
    await answer(page, 'From nine to five.');
    await closeMatter();
    await rate(page);
    await page.getByRole('button', { name: 'Very bad' }).click();
    await page.getByRole('button', { name: 'No comment' }).click();
    await answer(page, 'Thank you!');
    const heard = await page.evaluate<unknown[][]>('heard');
    const channel = shop.channelId;
    expect(heard.filter(([, name]) => name === 'parley_csat')).toEqual([
      ['event', 'parley_csat', { channel, score: 1 }],
    ]);
    expect(heard.map(([, name]) => name)).toContain('parley_message_sent');
    expect(JSON.stringify(heard)).not.toMatch(/secretly|nine|Very bad/);
  });
});

describe.runIf(programs.chromium)('a transcript by mail', () => {
  it('is not offered where nothing sends mails', async () => {
    const page = await shop.open();
    await write(page, 'open?');
    await answer(page, 'From nine to five.');
    await page.getByRole('button', { name: 'Conversations' }).click();
    await page.getByRole('button', { name: 'New conversation' }).waitFor();
    expect(await page.getByRole('button', { name: /by mail/ }).count()).toBe(0);
  });

  it.each([
    ['light', undefined],
    ['dark', phone],
  ] as const)('asks for an address, and sends what was said: %s', async (colorScheme, viewport) => {
    const body = { connector: 'email', name: 'Mail', settings: post.settings };
    expect((await shop.api('POST', '/v1/channels', body)).status).toBe(201);
    const channel = await shop.addChannel(shopBotOf(), { transcript: true });
    const page = await shop.open({ colorScheme, ...(viewport && { viewport }) }, `&channel=${channel}`);
    await write(page, `Are you open? ${colorScheme}`);
    await answer(page, 'From nine to five.');
    await page.getByRole('button', { name: 'Conversations' }).click();
    await shoot(page, `conversations-${colorScheme}`);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send this conversation by mail' }).click();
    await page.getByLabel('E-mail address').fill(`${colorScheme}@shop.example`);
    await shoot(page, `transcript-${colorScheme}`);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText(`It is on its way to ${colorScheme}@shop.example.`).waitFor();
    await shoot(page, `transcript-sent-${colorScheme}`);
    const mine = (): string =>
      post.mails.find((_, at) => post.recipients[at]?.includes(`${colorScheme}@shop.example`))?.text ?? '';
    await expect.poll(mine, { timeout: 20_000 }).toContain(`Are you open? ${colorScheme}`);
    expect(mine()).toContain('From nine to five.');
    await page.keyboard.press('Escape');
    await page.getByLabel('Write a message').waitFor();
  });
});

/** The bot of the shop, without a model. */
const shopBotOf = (): object => ({
  persona: { name: 'Ada' },
  greeting: [{ type: 'choices', text: 'Hello!', options: [{ id: 'hours', label: 'Opening hours' }] }],
  rules: [{ id: 'open', when: { words: ['open'] }, reply: [{ type: 'text', text: 'From nine to five.' }] }],
  fallback: [{ type: 'text', text: 'A person will answer.' }],
});
