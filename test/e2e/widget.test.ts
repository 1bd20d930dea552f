import { describe, expect, it } from 'vitest';
import { Bell } from '#libs/queue';
import { programs } from '../support/programs.js';
import {
  answer,
  desktop,
  phone,
  said,
  shoot,
  violations,
  write,
  WidgetShop,
} from '../support/widget-shop.js';

const shop = WidgetShop.forTests();

describe.runIf(programs.chromium)('talking in the widget', () => {
  it.each([
    ['desktop-light', desktop, 'light'],
    ['desktop-dark', desktop, 'dark'],
    ['phone-light', phone, 'light'],
    ['phone-dark', phone, 'dark'],
  ] as const)(
    'greets, lets choose and answers, without a barrier: %s',
    async (name, viewport, colorScheme) => {
      const page = await shop.visit({ viewport, colorScheme });
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
      const page = await shop.open({ colorScheme, viewport: { width: 1000, height: 1700 } });
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
    const page = await shop.open();
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

  it('counts what was not read on the button, and remembers the page that the visitor came from', async () => {
    const page = await shop.open();
    await page.getByRole('button', { name: 'Close' }).last().click();
    const { rows } = await shop.booted.owner.query(
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
    const page = await shop.open();
    const bell = shop.booted.gateway.get(Bell);
    const session = await shop.lastConversation();
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

  it('sends a file that was picked, and shows a picture that the page keeps out as a link', async () => {
    const page = await shop.open();
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
    expect(shop.complaints.splice(0).join()).toContain('img-src');
    const { pathname, search } = new URL((await link.getAttribute('href')) ?? '');
    const served = await fetch(`${shop.booted.url}${pathname}${search}`);
    expect(Buffer.from(await served.arrayBuffer())).toEqual(png);
  });

  it('records a voice note, or drops it', async () => {
    const page = await shop.open();
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
    expect(shop.complaints.splice(0).join()).toContain('media-src');
    const lastKind = async (): Promise<unknown> => {
      const { rows } = await shop.booted.owner.query(
        `select content->0->>'type' as type from message where direction = 'in' order by recorded_at desc limit 1`,
      );
      return rows[0].type;
    };
    await expect.poll(lastKind, { timeout: 10_000 }).toBe('audio');
  });

  it('says that there is no microphone where the visitor lets it have none', async () => {
    const page = await shop.open();
    await page.evaluate(
      `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))`,
    );
    await page.getByRole('button', { name: 'Record a voice note' }).click();
    await page.getByText('The microphone cannot be used.').waitFor();
  });

  it('sends where the visitor is, when they want to', async () => {
    const page = await shop.newPage();
    const geolocation = { latitude: 48.2, longitude: 16.37 };
    await page.context().grantPermissions(['geolocation']);
    await page.context().setGeolocation(geolocation);
    await page.goto(`${shop.url}/lamps`);
    await page.locator('.launcher').click();
    await page.getByRole('button', { name: 'Share my location' }).click();
    await page.locator('.log .ours').getByText('Open map').waitFor();
    const lastSaid = async (): Promise<unknown> => {
      const { rows } = await shop.booted.owner.query(
        `select content->0 as content from message where direction = 'in' order by recorded_at desc limit 1`,
      );
      return rows[0].content;
    };
    await expect
      .poll(lastSaid, { timeout: 10_000 })
      .toEqual(expect.objectContaining({ type: 'location', ...geolocation }));
  });

  it('asks for a person with one press', async () => {
    const page = await shop.open();
    await page.getByRole('button', { name: 'Talk to a person' }).click();
    await page.locator('.ours .bubble').getByText('Talk to a person').waitFor();
    await page.locator('.log > .theirs').nth(1).waitFor();
  });
});
