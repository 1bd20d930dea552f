import { describe, expect, it } from 'vitest';
import { programs } from '../support/programs.js';
import { hostile } from '../support/widget-bot.js';
import { answer, phone, said, shoot, violations, write, WidgetShop } from '../support/widget-shop.js';

const shop = WidgetShop.forTests();

describe.runIf(programs.chromium)('the widget on a page of another origin, with the strictest policy', () => {
  it('runs and loads nothing of what hostile people write', async () => {
    const page = await shop.open();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).host));
    await write(page, `evil ${hostile} [x](javascript:alert(4))`);
    await page.locator('.theirs .card').waitFor();
    expect(await page.locator('.log img, .log script').count()).toBe(0);
    expect(await page.locator('.log a[href^="javascript"]').count()).toBe(0);
    expect((await said(page))[0]).toContain(hostile);
    expect(asked.filter((host) => host !== new URL(shop.booted.url).host)).toEqual([]);
  });

  it('goes round the window with the keyboard, closes with Escape, and gives the focus back', async () => {
    const page = await shop.visit({ viewport: phone });
    await page.locator('.launcher').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    const focused = 'document.querySelector("parley-widget").shadowRoot.activeElement';
    await expect.poll(() => page.evaluate(`${focused}?.localName`)).toBe('textarea');
    for (let at = 0; at < 20; at++) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(`${focused}?.closest('.panel') !== null && ${focused} !== null`)).toBe(true);
    }
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(`${focused}?.className`)).toBe('launcher');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('speaks first when the page wants it to, once', async () => {
    const page = await shop.newPage();
    await page.clock.install();
    await page.goto(`${shop.url}/lamps?data-propose=Questions about lamps?&data-propose-after=600`);
    await page.locator('.launcher').waitFor();
    await page.clock.fastForward('09:50');
    await page.locator('.launcher[aria-expanded]').waitFor();
    expect(await page.getByText('Questions about lamps?').count()).toBe(0);
    await page.clock.fastForward('00:15');
    await page.getByText('Questions about lamps?').waitFor();
    expect(await violations(page)).toEqual([]);
    await shoot(page, 'proposal');
    await page.getByText('Questions about lamps?').click();
    await page.getByLabel('Write a message').waitFor();
    await page.reload();
    await page.getByLabel('Write a message').waitFor();
    await page.evaluate(`parley('close'); parley('propose', 'Again?')`);
    expect(await page.getByText('Again?').count()).toBe(0);
  });

  it.each([
    ['de', 'Nachricht schreiben', 'ltr'],
    ['es', 'Escriba un mensaje', 'ltr'],
    ['fr', 'Écrire un message', 'ltr'],
    ['ar', 'اكتب رسالة', 'rtl'],
  ])('speaks the language of the page: %s', async (lang, words, direction) => {
    const page = await shop.open({}, `&lang=${lang}`);
    await page.getByLabel(words).waitFor();
    expect(await page.locator('parley-widget').getAttribute('dir')).toBe(direction);
    await shoot(page, `language-${lang}`);
    expect(await violations(page)).toEqual([]);
  });

  it('is called by the page, and tells it what happens', async () => {
    const page = await shop.visit();
    await page.waitForFunction('typeof parley === "function"');
    await page.evaluate(`
      window.told = []; window.dataLayer = [];
      for (const name of ['opened', 'closed', 'message', 'unread']) parley('on', name, (detail) => told.push([name, detail]));
      parley('open');
    `);
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    await page.evaluate(`parley('send', 'are you open?')`);
    await answer(page, 'From nine to five.');
    await page.evaluate(`parley('close'); parley('set', 'theme', 'dark')`);
    await expect
      .poll(() => page.evaluate(`[...new Set(told.map(([name]) => name))].sort().join()`))
      .toContain('closed,message,opened');
    expect(await page.evaluate(`JSON.stringify(dataLayer)`)).toBe(
      JSON.stringify(
        ['parley_opened', 'parley_message_sent'].map((event) => ({ event, channel: shop.channelId })),
      ),
    );
    await page.evaluate(`parley('hide')`);
    expect(await page.locator('parley-widget').isVisible()).toBe(false);
  });

  it('stands in a page, and is a page of its own', async () => {
    const inline = await shop.visit({}, '&data-mode=inline&data-target=%23place');
    await inline.locator('#place parley-widget').getByRole('button', { name: 'Opening hours' }).waitFor();
    await shoot(inline, 'inline');
    const page = await shop.newPage();
    await page.goto(`${shop.booted.url}/chat/${shop.channelId}`);
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    await shoot(page, 'page');
    expect(await violations(page)).toEqual([]);
    expect(await page.locator('.launcher').count()).toBe(0);
  });

  it('runs and shows nothing of a hostile file name', async () => {
    const page = await shop.open();
    const name = `"><img src=x onerror=alert(1)>‮gpj.exe<script>alert(2)</script>.txt`;
    const file = { name, mimeType: 'text/plain', buffer: Buffer.from('harmless') };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.locator('.files .ready').waitFor();
    expect(await page.locator('.files img, .files script').count()).toBe(0);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const link = page.locator('.log > .ours a.file');
    await link.waitFor();
    expect(await page.locator('.log img, .log script').count()).toBe(0);
    // What turns the direction of writing ends with the name.
    expect(await link.locator('bdi').count()).toBe(1);
    const href = new URL((await link.getAttribute('href')) ?? '');
    const served = await fetch(`${shop.booted.url}${href.pathname}${href.search}`);
    expect(served.headers.get('content-type')).not.toContain('html');
    expect(served.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    ['is heard, and counted in the title, where the page asks for it', '&data-flash=1&data-sound=1', 1],
    ['is silent, and leaves the title alone, where the page does not', '', 0],
  ] as const)('a new message %s', async (_, query, count) => {
    const page = await shop.newPage();
    await page.addInitScript(`
      window.tones = 0;
      window.AudioContext = class extends AudioContext { createOscillator() { tones++; return super.createOscillator(); } };
    `);
    await page.goto(`${shop.url}/lamps?x=1${query}`);
    await page.locator('.launcher').click();
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    await page.getByRole('button', { name: 'Close' }).last().click();
    await page.evaluate(`parley('send', 'are you open?')`);
    await page.locator('.badge').waitFor();
    expect(await page.title()).toBe(count === 0 ? 'Shop' : '(1) Shop');
    expect(await page.evaluate('tones')).toBe(count);
    await page.locator('.launcher').click();
    await answer(page, 'From nine to five.');
    await expect.poll(() => page.title()).toBe('Shop');
  });

  it('draws nothing and keeps nothing before consent, where consent is asked for', async () => {
    const page = await shop.visit({}, '&data-consent=required');
    await page.waitForFunction('typeof parley === "function"');
    expect(await page.locator('parley-widget').count()).toBe(0);
    expect(await page.evaluate('localStorage.length')).toBe(0);
    await page.evaluate(`parley('consent')`);
    await page.locator('.launcher').waitFor();
  });

  it('asks nobody but its own Parley for anything', async () => {
    const page = await shop.newPage();
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await page.goto(shop.url);
    await page.locator('.launcher').click();
    await page.getByRole('button', { name: 'Opening hours' }).waitFor();
    expect([...hosts].sort()).toEqual([new URL(shop.url).host, new URL(shop.booted.url).host].sort());
  });
});
