import { createServer, type Server } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BotDefinition, type ConversationId, uuidOf } from '#libs/model';
import { Approvals } from '#libs/store';
import { apiOf, boot, makeWorkspace, type Api, type Booted, type TestWorkspace } from '../support/boot.js';
import { inboxScreens } from '../support/console-screens.js';
import { ConsoleBrowser, type OpenOptions, seriousFindings, shoot } from '../support/console.js';
import { memberOf } from '../support/signed-in.js';
import { programs } from '../support/programs.js';
import { until } from '../support/until.js';

// Each looks at several screens with axe.
vi.setConfig({ testTimeout: 120_000 });

const hostile = '<img src=x onerror=alert(1)><script>alert(2)</script>';

/** Hands over when somebody asks for a person, and answers the rest. */
const definition = BotDefinition.parse({
  persona: { name: 'Ada' },
  rules: [{ id: 'person', when: { words: ['human'] }, start_flow: 'over' }],
  flows: [
    {
      schema: 1,
      id: 'over',
      title: 'Over',
      start: 'over',
      nodes: { over: { type: 'hand_over', reason: 'Asked for a person', department: 'Returns' } },
    },
  ],
  fallback: [{ type: 'text', text: 'The bot says: **hello**.' }],
});

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let browser: ConsoleBrowser;
let ada: NonNullable<OpenOptions['as']>;
let ben: NonNullable<OpenOptions['as']>;
let shop: Server;
let shopUrl: string;

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  booted = await boot();
  home = await makeWorkspace(booted, 'Inbox');
  api = apiOf(booted, home.key);
  const bot = (await api('POST', '/v1/bots', { name: 'Desk', definition })).body.id;
  await api('PATCH', `/v1/channels/${home.channelId}`, { bot_id: bot });
  ada = await memberOf(booted, home.workspaceId, 'owner', 'Ada Lovelace');
  ben = await memberOf(booted, home.workspaceId, 'operator', 'Ben Okri');
  shop = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(
      `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"><script async src="${booted.url}/widget.js" data-channel="${home.channelId}"></script></head><body><h1>Shop</h1></body></html>`,
    );
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  shopUrl = `http://127.0.0.1:${(shop.address() as { port: number }).port}`;
  browser = await ConsoleBrowser.start();
});
afterEach(async () => {
  await browser?.closeAll();
  expect(browser?.complaints.splice(0) ?? []).toEqual([]);
});
afterAll(async () => {
  await browser?.stop();
  shop?.close();
  await booted?.close();
});

interface Talk {
  conversation: ConversationId;
  contact: string;
  say(text: string): Promise<void>;
  show(parts: object[]): Promise<void>;
}

/** A visitor who has begun to talk. */
async function talk(name: string, first = 'Good morning'): Promise<Talk> {
  const contact = { name, external_id: `${name}-${Math.random()}` };
  const metadata = { page_url: 'https://shop.example/lamps?utm_source=news', utm_source: 'news' };
  const { body } = await api('POST', '/v1/sessions', { channel_id: home.channelId, contact, metadata });
  const send = async (what: object): Promise<void> => {
    const answer = await api('POST', '/v1/messages', { session_id: body.id, ...what });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  };
  await send({ text: first });
  return {
    conversation: body.conversation_id,
    contact: body.contact_id,
    say: (text) => send({ text }),
    show: (parts) => send({ parts }),
  };
}

const openInbox = (options: OpenOptions = {}) =>
  browser.open(booted, home, { as: ada, at: '/inbox', ...options });
const openTalk = (id: string, options: OpenOptions = {}) => openInbox({ at: `/inbox?c=${id}`, ...options });
const rowOf = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Conversations' }).getByText(name, { exact: true });
const bubbles = (page: Page, text: string) => page.getByRole('log').getByText(text);
const reply = (page: Page) => page.getByRole('textbox', { name: 'Reply' });
const said = async (conversation: string): Promise<{ author: string; text: string }[]> =>
  (
    (await api('GET', `/v1/conversations/${conversation}/messages?order=asc&limit=100`)).body.data as {
      author: string;
      parts: { text?: string }[];
    }[]
  ).map(({ author, parts }) => ({ author, text: parts.map(({ text }) => text ?? '').join('|') }));

describe.skipIf(programs.chromium === undefined)('the inbox in a browser', () => {
  it('goes from the widget to a person and back: talk, take over, reply, note, hand back', async () => {
    const page = await openInbox();
    await page.getByRole('heading', { name: 'Inbox' }).waitFor();
    const visitor = await browser.visit(shopUrl);
    await visitor.locator('.launcher').click();
    await visitor.getByLabel('Write a message').fill('I need a human');
    await visitor.keyboard.press('Enter');

    const row = page.getByRole('list', { name: 'Conversations' }).getByText('I need a human');
    await row.waitFor();
    await row.click();
    await bubbles(page, 'I need a human').waitFor();
    await page.getByRole('complementary').getByText('Asked for a person').waitFor();
    await page.getByRole('button', { name: 'Take over' }).click();
    await page.getByRole('button', { name: 'Back to the bot' }).waitFor();

    await reply(page).pressSequentially('Hello, a **person** here.');
    await visitor.locator('.typing').waitFor();
    await reply(page).press('Control+Enter');
    await visitor.locator('.theirs').getByText('Hello, a person here.').waitFor();
    await bubbles(page, 'Hello, a person here.').waitFor();

    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.getByRole('textbox', { name: 'Note' }).fill('Wants to return a lamp.');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.getByRole('article', { name: 'Note' }).getByText('Wants to return a lamp.').waitFor();

    await page.getByRole('button', { name: 'Back to the bot' }).click();
    await page.getByRole('button', { name: 'Take over' }).waitFor();
    await visitor.getByLabel('Write a message').fill('And now?');
    await visitor.keyboard.press('Enter');
    await bubbles(page, 'The bot says: hello.').waitFor();
    await shoot(page, 'inbox-thread-light-desktop');
    expect(await visitor.locator('body').innerText()).not.toContain('return a lamp');
  });

  it('is kept up to date by what it is told, without reading its lists again', async () => {
    const first = await talk('Live Lena');
    const lists: string[] = [];
    let isFollowing = false;
    const page = await openInbox({
      onPage: (opened) => {
        opened.on('response', (answer) => (isFollowing ||= answer.url().endsWith('/v1/inbox/stream')));
        opened.on('request', (request) => {
          const { pathname } = new URL(request.url());
          if (pathname === '/v1/inbox' || pathname.endsWith('/messages')) lists.push(pathname);
        });
      },
    });
    await rowOf(page, 'Live Lena').waitFor();
    await until('the stream stands', () => isFollowing);
    // Once, for the screen: from then on it is told.
    expect(lists.splice(0)).toEqual(['/v1/inbox']);
    await first.say('This is new');
    const second = await talk('Live Louis', 'I came later');
    await rowOf(page, 'Live Louis').waitFor();
    await api('PATCH', `/v1/conversations/${second.conversation}`, { state: 'closed' });
    await rowOf(page, 'Live Louis').waitFor({ state: 'detached' });
    expect(lists).toEqual([]);
  });

  it('lets two operators work on one conversation without treading on each other', async () => {
    const { conversation } = await talk('Shared Sam');
    const [one, two] = [await openTalk(conversation), await openTalk(conversation, { as: ben })];
    await one
      .getByText(/(Ben Okri|Somebody else) is looking at this as well/)
      .first()
      .waitFor();
    await reply(two).fill('I am on it');
    await one
      .getByText(/is writing a reply right now/)
      .first()
      .waitFor();
    await shoot(one, 'inbox-others-light-desktop');
    const take = (page: Page) => page.getByRole('button', { name: 'Take over' });
    // Both have seen nobody’s conversation; the second to take it is told that somebody was faster.
    await two.route('**/v1/inbox/stream', (route) => route.abort());
    await Promise.all([take(one).click(), take(two).click()]);
    await until('one of them was told', async () => {
      const told = await Promise.all(
        [one, two].map((page) => page.getByText('Somebody else was faster').count()),
      );
      return told.filter((count) => count > 0).length === 1;
    });
    const { body } = await until('it is with one of them', async () => {
      const answer = await api('GET', `/v1/conversations/${conversation}`);
      return answer.body.owner === 'operator' ? answer : null;
    });
    expect([ada.memberId, ben.memberId]).toContain(body.assignee_id);
  });

  it('keeps what is typed and sent while the network is away, and says it once', async () => {
    const { conversation } = await talk('Offline Olga');
    const page = await openTalk(conversation);
    await bubbles(page, 'Good morning').waitFor();
    await page.context().setOffline(true);
    await reply(page).fill('Written in a tunnel');
    await reply(page).press('Control+Enter');
    await page.getByText('Waits for the connection').waitFor();
    await reply(page).fill('A second thought');
    await page.getByText('No connection to the server.').waitFor();
    await shoot(page, 'inbox-offline-light-desktop');
    await page.context().setOffline(false);
    await until('it was said', async () =>
      (await said(conversation)).some(({ text }) => text === 'Written in a tunnel'),
    );
    await page.reload();
    await bubbles(page, 'Written in a tunnel').waitFor();
    expect(await reply(page).inputValue()).toBe('A second thought');
    await until(
      'nothing waits',
      async () => (await page.getByText('Waits for the connection').count()) === 0,
    );
    expect((await said(conversation)).filter(({ text }) => text === 'Written in a tunnel')).toHaveLength(1);
    expect(await bubbles(page, 'Written in a tunnel').count()).toBe(1);
  });

  it('shows the same words as often as they were sent, also while the second are on their way', async () => {
    const { conversation } = await talk('Twice Tom');
    const page = await openTalk(conversation);
    await bubbles(page, 'Good morning').waitFor();
    const send = page.getByRole('button', { name: 'Send' });
    await reply(page).fill('Yes');
    await send.click();
    await until('it was said', async () => (await said(conversation)).some(({ text }) => text === 'Yes'));
    await until('it is no more on its way', async () => (await page.locator('[data-pending]').count()) === 0);
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await page.route('**/messages', async (route) => {
      if (route.request().method() === 'POST') await held;
      await route.continue();
    });
    await reply(page).fill('Yes');
    await send.click();
    await page.locator('[data-pending]').getByText('Yes').waitFor();
    expect(await bubbles(page, 'Yes').count()).toBe(2);
    letGo();
    await until('nothing is on its way', async () => (await page.locator('[data-pending]').count()) === 0);
    expect(await bubbles(page, 'Yes').count()).toBe(2);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('shows why a reply was refused, and gives its words back', async () => {
    const { conversation } = await talk('Refused Rita');
    const page = await openTalk(conversation);
    await bubbles(page, 'Good morning').waitFor();
    await page.route('**/messages', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 422,
            json: { code: 'input/unsupported-content', title: 'No', detail: 'This channel cannot carry it.' },
          })
        : route.fallback(),
    );
    await reply(page).fill('Too much for it');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Not sent: This channel cannot carry it.').waitFor();
    await page.reload();
    await page.getByText('Not sent: This channel cannot carry it.').waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    expect(await reply(page).inputValue()).toBe('Too much for it');
  });

  it('works with the keyboard alone', async () => {
    await api('POST', '/v1/canned-replies', {
      shortcut: 'hi',
      title: 'Hello',
      text: 'Hello {{ contact.name }}!',
    });
    const { conversation } = await talk('Key Kurt');
    const page = await openInbox();
    await rowOf(page, 'Key Kurt').waitFor();
    await page.keyboard.press('j');
    await bubbles(page, 'Good morning').first().waitFor();
    await page.keyboard.press('t');
    await page.getByRole('button', { name: 'Back to the bot' }).waitFor();
    await page.keyboard.press('r');
    await page.keyboard.type('/h');
    await page.getByRole('option', { name: /Hello/ }).waitFor();
    await page.keyboard.press('Enter');
    await until('it is filled in', async () => (await reply(page).inputValue()) === 'Hello Key Kurt!');
    await page.keyboard.press('Control+Enter');
    await bubbles(page, 'Hello Key Kurt!').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('e');
    await until(
      'it is closed',
      async () => (await api('GET', `/v1/conversations/${conversation}`)).body.state === 'closed',
    );
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Next conversation').first().waitFor();
    await shoot(page, 'inbox-keys-light-desktop');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('morning');
    await page.getByRole('heading', { name: 'Messages' }).waitFor();
  });

  it('runs and loads nothing of what people send', async () => {
    const evil = await talk(hostile, `${hostile} [x](javascript:alert(3)) ![p](https://evil.example/p.png)`);
    await evil.show([
      {
        type: 'text',
        text: `<html><body onload="alert(4)"><img src="https://evil.example/mail.png">${hostile}</body></html>`,
      },
      { type: 'image', url: 'https://evil.example/pixel.png', file_name: hostile, caption: hostile },
      {
        type: 'file',
        url: 'https://evil.example/media/med_01jd7z3q9ve8g8kq0w2m5n6p7r',
        file_name: `${hostile}\u202egpj.exe`,
      },
      { type: 'location', latitude: 1, longitude: 2, name: hostile },
      { type: 'contact', name: hostile, phones: ['1'], emails: [] },
      { type: 'choice_taken', option_id: 'x', label: hostile },
      { type: 'form_taken', fields: { [hostile]: hostile } },
    ]);
    await api('PATCH', `/v1/contacts/${evil.contact}`, { attributes: { subject: hostile, [hostile]: 'x' } });
    await api('POST', `/v1/conversations/${evil.conversation}/notes`, {
      text: `${hostile} <b onclick=alert(5)>`,
    });
    await api('POST', '/v1/labels', { name: hostile.slice(0, 50) });
    const page = await openInbox();
    const outside: string[] = [];
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== booted.url) outside.push(request.url());
    });
    await rowOf(page, hostile).first().click();
    await page.getByRole('log').locator('dt').waitFor();
    await page.getByRole('article', { name: 'Note' }).waitFor();
    expect(
      await page.locator('main script, main iframe, main [onerror], main [onload], main [onclick]').count(),
    ).toBe(0);
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    expect(await page.locator('img:not([src^="/"])').count()).toBe(0);
    await shoot(page, 'inbox-hostile-light-desktop');
    await page.getByRole('searchbox').fill('alert');
    await page.getByRole('heading', { name: 'Messages' }).waitFor();
    await page.goto(`${booted.url}/console/contacts/${evil.contact}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.goto(`${booted.url}/console${inboxScreens.contacts}`);
    await page.getByRole('table').waitFor();
    expect(outside).toEqual([]);
  });

  it('asks an operator whether the bot may run a tool', async () => {
    const { conversation } = await talk('Approved Anna');
    const question = {
      callId: 'c1',
      tool: 'refund',
      input: { order: '4711', amount: 20 },
      expiresAt: new Date(Date.now() + 3_600_000),
    };
    await booted.gateway.get(Approvals).ask(home.workspaceId, conversation, [question]);
    const page = await openTalk(conversation);
    await page.getByText('It wants to run “refund” with:').waitFor();
    await shoot(page, 'inbox-approval-light-desktop');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('It wants to run “refund” with:').waitFor({ state: 'detached' });
    const { rows } = await booted.owner.query('select status from approval where conversation_id = $1', [
      uuidOf(conversation),
    ]);
    expect(rows).toEqual([{ status: 'approved' }]);
  });

  it('assigns, labels and snoozes', async () => {
    const { conversation } = await talk('Sorted Sigrid');
    const page = await openTalk(conversation);
    await page.getByRole('button', { name: 'Labels' }).click();
    await page.getByRole('textbox', { name: 'New label' }).fill('Lamps');
    await page.keyboard.press('Enter');
    await until(
      'it has the label',
      async () => (await api('GET', `/v1/conversations/${conversation}`)).body.label_ids.length === 1,
    );
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'More' }).click();
    await shoot(page, 'inbox-menu-light-desktop');
    await page.getByRole('menuitem', { name: 'Ben Okri' }).click();
    await until(
      'it is his',
      async () => (await api('GET', `/v1/conversations/${conversation}`)).body.assignee_id === ben.memberId,
    );
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'For an hour' }).click();
    await until(
      'it rests',
      async () => (await api('GET', `/v1/conversations/${conversation}`)).body.state === 'snoozed',
    );
    await rowOf(page, 'Sorted Sigrid').waitFor({ state: 'detached' });
  });

  it('draws of many conversations only those that are seen', async () => {
    const { contact } = await talk('Crowd Carla');
    await booted.owner.query(
      `insert into conversation (workspace_id, id, channel_id, contact_id, thread, last_message_at)
       select $1, gen_random_uuid(), $2, $3, 'crowd-' || n, now() - interval '1 day' - n * interval '1 minute' from generate_series(1, 2000) n`,
      [uuidOf(home.workspaceId), uuidOf(home.channelId), uuidOf(contact)],
    );
    const page = await openInbox();
    const list = page.getByRole('list', { name: 'Conversations' });
    await list.getByRole('listitem').first().waitFor();
    expect(await list.getByRole('listitem').count()).toBeLessThan(60);
    for (let n = 0; n < 3; n++) {
      await list.evaluate((element) => element.parentElement!.scrollTo({ top: element.scrollHeight }));
      await list.getByText('days ago').or(list.getByText('yesterday')).first().waitFor();
    }
    expect(await list.getByRole('listitem').count()).toBeLessThan(60);
    await booted.owner.query("delete from conversation where thread like 'crowd-%'");
  });
});

describe.skipIf(programs.chromium === undefined)('contacts in a browser', () => {
  it('are merged and parted again, exported and erased', async () => {
    const [kept, other] = [await talk('Merge Mona'), await talk('Merge Mona Twin')];
    const page = await browser.open(booted, home, { as: ada, at: `/contacts/${kept.contact}` });
    await page.getByRole('heading', { name: 'Merge Mona' }).waitFor();
    await page.getByRole('button', { name: 'Merge', exact: true }).click();
    await page.getByLabel('Search for the other one').fill('Mona Twin');
    await page.getByRole('radio', { name: 'Merge Mona Twin' }).check();
    await shoot(page, 'contact-merge-light-desktop');
    await page.getByRole('button', { name: 'Merge the two' }).click();
    await page.getByRole('heading', { name: 'Merges' }).waitFor();
    expect((await api('GET', `/v1/contacts/${other.contact}`)).body.merged_into).toBe(kept.contact);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/Undone/).waitFor();
    expect((await api('GET', `/v1/contacts/${other.contact}`)).body.merged_into).toBeNull();

    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    expect((await saved).suggestedFilename()).toBe(`${kept.contact}.json`);

    await page.getByLabel('Name').first().fill('Mona Lisa');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Mona Lisa' }).waitFor();

    await page.getByRole('button', { name: 'Erase' }).click();
    await page.getByText(/Conversations: 1 · Messages: \d+/).waitFor();
    await page.getByRole('button', { name: 'Erase for good' }).click();
    await page.getByRole('heading', { name: 'Contacts' }).waitFor();
    expect((await api('GET', `/v1/contacts/${kept.contact}`)).status).toBe(404);
  });
});

describe.skipIf(programs.chromium === undefined)('the looks of inbox and contacts', () => {
  it.each([
    ['light', 'desktop'],
    ['dark', 'desktop'],
    ['light', 'phone'],
    ['dark', 'phone'],
  ] as const)('have no serious finding in %s on a %s', async (colours, size) => {
    const some = await talk(`Looks ${colours} ${size}`, 'When are you **open**?');
    await some.say('I would like to return this:\n\n- one lamp\n- two mugs');
    await some.show([
      { type: 'location', latitude: 48.2, longitude: 16.37, name: 'Our shop' },
      { type: 'form_taken', fields: { Order: '4711', Reason: 'Too small' } },
    ]);
    await api('POST', `/v1/conversations/${some.conversation}/control`, { to: 'queue' });
    await api('POST', `/v1/conversations/${some.conversation}/notes`, { text: 'A regular: be kind.' });
    await api('POST', `/v1/conversations/${some.conversation}/messages`, {
      text: 'One moment, please.',
      author: 'operator',
    });
    const page = await openInbox({ colours, size });
    await rowOf(page, `Looks ${colours} ${size}`).waitFor();
    await shoot(page, `inbox-list-${colours}-${size}`);
    expect(await seriousFindings(page)).toEqual([]);
    await rowOf(page, `Looks ${colours} ${size}`).click();
    await bubbles(page, 'One moment, please.').waitFor();
    await page.getByRole('article', { name: 'Note' }).waitFor();
    await shoot(page, `inbox-open-${colours}-${size}`);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByText('Note', { exact: true }).last().click();
    expect(await seriousFindings(page)).toEqual([]);
    await page.goto(`${booted.url}/console/contacts`);
    await page.getByRole('table').waitFor();
    await shoot(page, `contacts-${colours}-${size}`);
    expect(await seriousFindings(page)).toEqual([]);
    await page.goto(`${booted.url}/console${inboxScreens.contact.replace(':contact', some.contact)}`);
    await page.getByRole('heading', { name: 'Conversations' }).waitFor();
    await shoot(page, `contact-${colours}-${size}`);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('reads from right to left', async () => {
    const { conversation } = await talk('Right Rashid');
    const page = await openTalk(conversation, { locale: 'ar' });
    await bubbles(page, 'Good morning').waitFor();
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
    await shoot(page, 'inbox-open-rtl-desktop');
  });
});
