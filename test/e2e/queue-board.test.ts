import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { boot, type Booted, makeWorkspace, queuesHere, type TestWorkspace } from '../support/boot.js';
import { ConsoleBrowser, shoot } from '../support/console.js';
import { programs } from '../support/programs.js';
import { type Browser, memberOf } from '../support/signed-in.js';

vi.setConfig({ testTimeout: 60_000 });

describe.each(queuesHere())('the board of the queues on %s', (queue) => {
  let booted: Booted;
  let home: TestWorkspace;
  let owner: Browser;
  let operator: Browser;
  let browser: ConsoleBrowser | undefined;

  beforeAll(async () => {
    booted = await boot({ queue });
    home = await makeWorkspace(booted);
    owner = await memberOf(booted, home.workspaceId, 'owner', 'Ada');
    operator = await memberOf(booted, home.workspaceId, 'operator', 'Grace');
    if (programs.chromium !== undefined) browser = await ConsoleBrowser.start();
  }, 120_000);
  afterEach(async () => {
    await browser?.closeAll();
    expect(browser?.complaints.splice(0) ?? []).toEqual([]);
  });
  afterAll(async () => {
    await browser?.stop();
    await booted?.close();
  });

  const ask = (path: string, who: Browser | null, init: RequestInit = {}) =>
    fetch(`${booted.url}/console/queues${path}`, {
      redirect: 'manual',
      ...init,
      headers: { ...(who && { cookie: who.cookie }), ...(init.headers as Record<string, string>) },
    });

  it('says how many jobs each queue holds to who may follow messages', async () => {
    const answer = await ask('/look/api/queues', operator);
    const { queues } = (await answer.json()) as { queues: { name: string; readOnlyMode: boolean }[] };
    expect(queues.map(({ name, readOnlyMode }) => ({ name, readOnlyMode }))).toEqual([
      { name: 'inbound', readOnlyMode: true },
      { name: 'outbound', readOnlyMode: true },
    ]);
  });

  it('lets who may pause channels pause a queue, and nobody else', async () => {
    const pause = (path: string, who: Browser | null) =>
      ask(`${path}/api/queues/outbound/pause`, who, { method: 'PUT' });
    expect((await pause('', null)).status).toBe(401);
    expect((await pause('', operator)).status).toBe(403);
    expect((await pause('/look', operator)).status).toBe(405);
    expect((await pause('', owner)).status).toBe(200);
    const paused = (await (await ask('/api/queues', owner)).json()) as { queues: { isPaused: boolean }[] };
    expect(paused.queues.map(({ isPaused }) => isPaused)).toEqual([false, true]);
    expect((await ask('/api/queues/outbound/resume', owner, { method: 'PUT' })).status).toBe(200);
  });

  it('takes no change that a page of another site makes, with the cookie of an owner', async () => {
    const from = (headers: Record<string, string>) =>
      ask('/api/queues/outbound/pause', owner, { method: 'PUT', headers });
    expect((await from({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await from({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await from({ origin: 'https://elsewhere.example' })).status).toBe(403);
    const { queues } = (await (await ask('/api/queues', owner)).json()) as {
      queues: { isPaused: boolean }[];
    };
    expect(queues.map(({ isPaused }) => isPaused)).toEqual([false, false]);
  });

  it('belongs to the first workspace: an owner of another one is turned away, without a word of the queues', async () => {
    const other = await makeWorkspace(booted, 'Tenant');
    const tenant = await memberOf(booted, other.workspaceId, 'owner', 'Mallory');
    const answer = await ask('/look/api/queues', tenant);
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain('inbound');
    expect((await ask('', tenant)).status).toBe(403);
  });

  it('sends strangers to the sign-in, and who may only look to the board that only shows', async () => {
    expect((await ask('', null)).headers.get('location')).toContain('/console/sign-in');
    expect((await ask('', operator)).headers.get('location')).toBe('/console/queues/look');
    expect((await ask('/static/js/none.js', null)).status).toBe(401);
  });

  it('is shown under a policy that lets nothing in from elsewhere, nothing inline, and in no frame', async () => {
    const policy = (await ask('', owner)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    if (!browser) return;
    const page = await browser.open(booted, home, { at: '/queues', as: owner });
    await page.getByText('outbound').first().waitFor();
    await shoot(page, `queues-board-${queue}`);
    await page.getByText('outbound').first().click();
    await page
      .getByText(/waiting/i)
      .first()
      .waitFor();
    await page.waitForURL(/\/queue\/outbound/);
    await page
      .getByText(/latest/i)
      .first()
      .waitFor();
    await shoot(page, `queues-board-${queue}-one`);
  });
});
