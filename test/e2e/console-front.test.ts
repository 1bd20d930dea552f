import { base32 } from '@better-auth/utils/base32';
import { createOTP } from '@better-auth/utils/otp';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { newToken } from '#libs/access';
import { SetUps, Workspaces } from '#libs/store';
import { boot, type Booted } from '../support/boot.js';
import { ConsoleBrowser } from '../support/console.js';
import { frontScreens } from '../support/console-screens.js';
import { expectFineInEveryLook } from '../support/every-look.js';
import { programs } from '../support/programs.js';
import { type Browser, browserOf } from '../support/signed-in.js';

vi.setConfig({ testTimeout: 180_000 });

const owner = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' };
let booted: Booted;
let browser: ConsoleBrowser;
/** The link's token of a first start, in a workspace without any channel. */
let token: string;
/** The owner over the API, once there is one. */
let ada: Browser;

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  booted = await boot();
  const { workspaceId } = await booted.gateway.get(Workspaces).create({ name: 'Home', actor: 'system' });
  const made = newToken();
  token = made.text;
  await booted.gateway.get(SetUps).await(workspaceId, made.hash);
  ada = browserOf(booted, workspaceId);
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

const open = (at: string): Promise<Page> => browser.visit(`${booted.url}/console${at}`);
const password = (page: Page) => page.locator('input[type=password]');

describe.skipIf(programs.chromium === undefined)('what people see before they are in, in every look', () => {
  it('is the first run: its form, what is wrong in it, the first channel, and the first talk', async () => {
    const lost = await open(frontScreens.setUp);
    await lost.getByText('Open the link that the start of Parley printed').waitFor();
    await expectFineInEveryLook(lost, 'set-up-without-link');

    const page = await open(`${frontScreens.setUp}#token=${token}`);
    await page.getByRole('textbox', { name: 'Name of your workspace' }).fill('Corner shop');
    await page.getByRole('textbox', { name: 'Your name' }).fill(owner.name);
    await page.getByRole('textbox', { name: 'E-mail' }).fill(owner.email);
    await expectFineInEveryLook(page, 'set-up');
    await password(page).fill('short');
    await page.getByRole('button', { name: 'Create the owner' }).click();
    await page.locator('input[aria-invalid=true]').waitFor();
    await expectFineInEveryLook(page, 'set-up-refused');

    await password(page).fill(owner.password);
    await page.getByRole('button', { name: 'Create the owner' }).click();
    const start = page.getByRole('button', { name: 'Start with a web chat' });
    await start.waitFor();
    await expectFineInEveryLook(page, 'welcome-channel');
    await start.click();
    await page.getByRole('log').locator('[data-direction=out]').first().waitFor();
    await page.getByRole('textbox', { name: 'Write a message' }).fill('Anybody there?');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('log').locator('[data-direction=out]').nth(1).waitFor();
    await expectFineInEveryLook(page, 'welcome-talk');

    const late = await open(`${frontScreens.setUp}#token=${token}`);
    await late.getByText('This installation is set up.').waitFor();
    await expectFineInEveryLook(late, 'set-up-done');
  });

  it('is the sign-in, a wrong password, and the second step', async () => {
    const { name, email, password: word } = owner;
    // Where this test runs alone, nobody has set anything up.
    await ada('POST', '/v1/auth/set-up', { workspace_name: 'Home', name, email, password: word, token });
    const signedIn = await ada('POST', '/v1/auth/sign-in', { email, password: word });
    expect(signedIn.status).toBe(200);
    const { secret } = (await ada('POST', '/v1/auth/totp')).body as { secret: string };
    const otp = createOTP(Buffer.from(base32.decode(secret)).toString());
    const code = await otp.hotp(Math.floor(Date.now() / 30_000));
    expect((await ada('POST', '/v1/auth/totp/confirm', { code })).status).toBe(200);

    const page = await open(frontScreens.signIn);
    await page.getByText('to the operations console').waitFor();
    await expectFineInEveryLook(page, 'sign-in');
    await page.getByRole('textbox', { name: 'E-mail' }).fill(owner.email);
    await password(page).fill('something else');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('E-mail or password is wrong.').waitFor();
    await expectFineInEveryLook(page, 'sign-in-refused');

    await password(page).fill(owner.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Second step' }).waitFor();
    await expectFineInEveryLook(page, 'second-step');
    await page.getByRole('textbox', { name: 'Code' }).fill('000000');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That code is not right').waitFor();
    await expectFineInEveryLook(page, 'second-step-refused');
  });

  it('is an invitation: its form, what is wrong in it, and one that holds no more', async () => {
    const lost = await open(frontScreens.invitation);
    await lost.getByText('This invitation is used, withdrawn or too old.').waitFor();
    await expectFineInEveryLook(lost, 'invitation-without-link');
    const page = await open(`${frontScreens.invitation}#token=${newToken().text}`);
    await page.getByRole('textbox', { name: 'Your name' }).fill('Grace');
    await expectFineInEveryLook(page, 'invitation');
    await password(page).fill('correct horse battery');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByRole('alert').waitFor();
    await expectFineInEveryLook(page, 'invitation-refused');
  });

  it('is a page that there is not', async () => {
    const page = await open('/nothing/here');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectFineInEveryLook(page, 'not-found');
  });
});
