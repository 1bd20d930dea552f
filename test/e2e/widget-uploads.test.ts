import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { programs } from '../support/programs.js';
import { shoot, violations, WidgetShop } from '../support/widget-shop.js';

vi.setConfig({ testTimeout: 120_000 });

const shop = WidgetShop.forTests({ env: { PARLEY_MEDIA_MAX: '2kB' } });

/** A picture of one dot. */
const DOT =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A file as a page sees it: its name, its type, and its content in base64 or its length. */
type Carried = readonly [name: string, type: string, content: string | number];

/** In the page: tells an element that files came by the clipboard, or by the pointer. */
const HAND = `(element, [type, all]) => {
  const data = new DataTransfer();
  for (const [name, mime, content] of all) {
    const bytes = typeof content === 'number'
      ? new Uint8Array(content)
      : Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
    data.items.add(new File([bytes], name, { type: mime }));
  }
  const common = { bubbles: true, cancelable: true, composed: true };
  element.dispatchEvent(type === 'paste'
    ? new ClipboardEvent(type, { ...common, clipboardData: data })
    : new DragEvent(type, { ...common, dataTransfer: data }));
}`;

/** Pastes into the composer, or drags over the window or drops there, as a browser does it. */
async function hand(page: Page, how: 'paste' | 'dragover' | 'drop', ...files: Carried[]): Promise<void> {
  const place = how === 'paste' ? 'textarea' : '.panel .head';
  const element = `document.querySelector('parley-widget').shadowRoot.querySelector('${place}')`;
  await page.evaluate(`(${HAND})(${element}, ${JSON.stringify([how, files])})`);
}

/** The names of the files in the last message, as it is stored. */
async function lastNames(): Promise<unknown> {
  const { rows } = await shop.booted.owner.query(
    `select content from message where direction = 'in' order by recorded_at desc limit 1`,
  );
  const content = (rows[0]?.content ?? []) as { type: string; file_name?: string; text?: string }[];
  return content.map(({ type, file_name, text }) => [type, file_name ?? text]);
}

const ready = (page: Page, name: string) => page.locator('.files .ready').getByText(name).waitFor();
const failed = (page: Page) => page.locator('.files .failed');
const field = (page: Page) => page.getByLabel('Write a message');

describe.runIf(programs.chromium)('files in the widget', () => {
  it('are taken from the clipboard, and what was typed stays and goes with them', async () => {
    const page = await shop.open();
    await field(page).fill('It looks like this');
    await hand(page, 'paste', ['shot.png', 'image/png', DOT]);
    await ready(page, 'shot.png');
    expect(await field(page).inputValue()).toBe('It looks like this');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect.poll(lastNames, { timeout: 15_000 }).toEqual([
      ['image', 'shot.png'],
      ['text', 'It looks like this'],
    ]);
    await page.locator('.log > .ours a.file').getByText('shot.png').waitFor();
    // The policy of the page keeps the picture out, because the tests' Parley does not know its own address.
    expect(shop.complaints.splice(0).join()).toContain('img-src');
  });

  it('are taken where they are dropped, two at once, and it is shown where they may be', async () => {
    const page = await shop.open();
    await field(page).fill('half a sen');
    await hand(page, 'dragover', ['a.txt', 'text/plain', 20]);
    await page.getByText('Drop files here').waitFor();
    await shoot(page, 'drop');
    await hand(page, 'drop', ['a.txt', 'text/plain', 20], ['b.pdf', 'application/pdf', 30]);
    await ready(page, 'a.txt');
    await ready(page, 'b.pdf');
    expect(await page.getByText('Drop files here').count()).toBe(0);
    expect(await field(page).inputValue()).toBe('half a sen');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect.poll(() => page.locator('.log > .ours a.file').count(), { timeout: 15_000 }).toBe(2);
  });

  it('that cannot be taken say why, beside their names; the others and what was typed stay', async () => {
    const page = await shop.open();
    await field(page).fill('Here it is');
    await page.route('**/v1/widget/media?file_name=tool.exe', (route) =>
      route.fulfill({
        status: 422,
        contentType: 'application/problem+json',
        headers: { 'access-control-allow-origin': '*' },
        body: JSON.stringify({ code: 'input/invalid', detail: 'Programs are not taken here.' }),
      }),
    );
    await hand(
      page,
      'drop',
      ['film.mp4', 'video/mp4', 5_000],
      ['tool.exe', 'application/octet-stream', 20],
      ['note.txt', 'text/plain', 20],
    );
    await ready(page, 'note.txt');
    await failed(page).filter({ hasText: 'film.mp4' }).getByText('The file is too large.').waitFor();
    await failed(page).filter({ hasText: 'tool.exe' }).getByText('Programs are not taken here.').waitFor();
    // The same would fail again: only what may help is offered.
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await shoot(page, 'refused-files');
    expect(await field(page).inputValue()).toBe('Here it is');
    await page.getByRole('button', { name: 'Remove: film.mp4' }).click();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect.poll(lastNames, { timeout: 15_000 }).toEqual([
      ['file', 'note.txt'],
      ['text', 'Here it is'],
    ]);
    shop.complaints.splice(0);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
});
