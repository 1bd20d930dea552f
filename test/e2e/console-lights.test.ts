import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { fault } from '#libs/faults';
import { Bell } from '#libs/queue';
import { Database } from '#libs/store';
import { uuidOf } from '#libs/model';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { ConsoleBrowser, shoot } from '../support/console.js';
import { programs } from '../support/programs.js';
import { memberOf } from '../support/signed-in.js';
import { until } from '../support/until.js';

vi.setConfig({ testTimeout: 120_000 });

let booted: Booted;
let browser: ConsoleBrowser;

beforeAll(async () => {
  if (programs.chromium === undefined) return;
  // Nothing is taken up, so that what is put into the tables stays as it is.
  booted = await boot({ hasWorker: false });
  browser = await ConsoleBrowser.start();
});
afterEach(async () => {
  await browser?.closeAll();
  expect(browser?.complaints.splice(0) ?? []).toEqual([]);
  vi.restoreAllMocks();
});
afterAll(async () => {
  await browser?.stop();
  await booted?.close();
});

/** What is broken, and what the first screen says of it. */
interface Trouble {
  /** Breaks it. */
  make: (home: TestWorkspace, api: Api) => Promise<unknown>;
  light: 'Broken' | 'Look at it';
  /** The tile that is not green. */
  tile: string;
  /** Words of the cause, by which the line is found. */
  cause: string;
  since: RegExp;
  action: string;
  /** Where the one action leads. */
  leadsTo: RegExp;
}

const breakChannels = (where: string, values: unknown[]) =>
  booted.owner.query(
    `update channel set health_state = 'down', health_reason = 'The token was revoked.',
      health_since = now() - interval '3 hours', check_due_at = now() + interval '1 day' where ${where}`,
    values,
  );

/** A webhook endpoint, and what became of it. */
async function breakEndpoint(api: Api, change: string): Promise<void> {
  const { body } = await api('POST', '/v1/webhook-endpoints', { url: 'https://crm.example/hooks' });
  await booted.owner.query(`update webhook_endpoint set ${change} where id = $1`, [uuidOf(body.id)]);
}

const troubles: Record<string, Trouble> = {
  'a channel': {
    make: ({ channelId }) => breakChannels('id = $1', [uuidOf(channelId)]),
    light: 'Broken',
    tile: 'Channels',
    cause: 'Chat: The token was revoked.',
    since: /since 3 hours ago/,
    action: 'Open the channel',
    leadsTo: /\/channels\/chan_/,
  },
  'a provider of which no channel works': {
    make: async ({ workspaceId }, api) => {
      await api('POST', '/v1/channels', { connector: 'web', name: 'Second chat' });
      await breakChannels('workspace_id = $1', [uuidOf(workspaceId)]);
    },
    light: 'Broken',
    tile: 'Providers',
    cause: 'so it is hardly one of them: The token was revoked.',
    since: /since 3 hours ago/,
    action: 'Look at the channels',
    leadsTo: /\/channels$/,
  },
  'a webhook that was disabled': {
    make: (_, api) =>
      breakEndpoint(
        api,
        `state = 'disabled', disabled_reason = 'It answered 410 Gone.', disabled_at = now() - interval '2 hours'`,
      ),
    light: 'Broken',
    tile: 'Webhooks',
    cause: 'The webhook to crm.example is disabled: It answered 410 Gone.',
    since: /since 2 hours ago/,
    action: 'See what came back',
    leadsTo: /\/developers\/webhooks\/whe_/,
  },
  'a webhook that takes nothing': {
    make: (_, api) => breakEndpoint(api, `failing_since = now() - interval '2 hours'`),
    light: 'Look at it',
    tile: 'Webhooks',
    cause: 'The webhook to crm.example takes nothing',
    since: /since 2 hours ago/,
    action: 'See what came back',
    leadsTo: /\/developers\/webhooks\/whe_/,
  },
  'dead letters': {
    make: async (home, api) => {
      const session = (await api('POST', '/v1/sessions', { channel_id: home.channelId })).body;
      const said = { session_id: session.id, text: 'Hello?', respond: 'async' };
      expect((await api('POST', '/v1/messages', said)).status).toBe(202);
      await booted.owner.query(
        `update inbox_event set status = 'dead', reason = 'internal/bug', attempts = 8, done_at = now(),
          received_at = now() - interval '5 hours' where workspace_id = $1`,
        [uuidOf(home.workspaceId)],
      );
      await booted.owner.query('update mailbox set due_at = null where workspace_id = $1', [
        uuidOf(home.workspaceId),
      ]);
    },
    light: 'Broken',
    tile: 'Dead letters',
    cause: '1 message was given up',
    since: /since 5 hours ago/,
    action: 'Look at them',
    leadsTo: /\/operations\/dead-letters$/,
  },
  'a key in use that has ended': {
    make: ({ workspaceId }) =>
      booted.owner.query(
        `update api_key set name = 'CRM', expires_at = now() - interval '1 day',
          last_used_at = now() - interval '1 day' where workspace_id = $1`,
        [uuidOf(workspaceId)],
      ),
    light: 'Broken',
    tile: '',
    cause: 'The key CRM has ended: what used it is refused',
    since: /since (yesterday|1 day ago)/,
    action: 'Look at the keys',
    leadsTo: /\/developers$/,
  },
  'a server whose database does not answer': {
    make: () => {
      vi.spyOn(booted.gateway.get(Database), 'ping').mockRejectedValue(fault('store/unavailable'));
      return Promise.resolve();
    },
    light: 'Broken',
    tile: 'Database',
    cause: 'The server says that it cannot work right now: its database does not answer',
    since: /since (now|\d+ seconds? ago)/,
    action: 'What to do',
    leadsTo: /\/errors\/store\/unavailable$/,
  },
  'a queue that is away': {
    make: () => {
      vi.spyOn(booted.gateway.get(Bell), 'canRing').mockResolvedValue(false);
      return Promise.resolve();
    },
    light: 'Look at it',
    tile: 'Queue',
    cause: 'The queue does not answer',
    since: /since (now|\d+ seconds? ago)/,
    action: 'What to do',
    leadsTo: /\/errors\/queue\/unavailable$/,
  },
};

/** The line about a trouble. */
const lineOf = (page: Page, cause: string) => page.getByRole('listitem').filter({ hasText: cause });

describe.skipIf(programs.chromium === undefined)('a light that is not green', () => {
  it.each(Object.entries(troubles))(
    'names its cause, since when, and one action: %s',
    async (name, { make, light, tile, cause, since, action, leadsTo }) => {
      const home = await makeWorkspace(booted, name);
      await make(home, apiOf(booted, home.key));
      // A log-in is of the whole installation: each workspace has an owner of its own.
      const as = await memberOf(booted, home.workspaceId, 'owner', `Owner of ${name}`);
      const page = await browser.open(booted, home, { as });
      const line = lineOf(page, cause);
      await line.waitFor();
      await line.getByText(light, { exact: true }).waitFor();
      await line.getByText(since).waitFor();
      // One thing to do, and no choice of them.
      expect(await line.getByRole('link').count()).toBe(1);
      const link = line.getByRole('link', { name: action });
      if (tile !== '') {
        const lights = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Lights' }) });
        const card = lights.locator('> div > *').filter({ hasText: tile }).first();
        expect(await card.innerText(), tile).toContain(light);
      }
      await shoot(page, `light-${name.replaceAll(' ', '-')}`);
      const opened = page
        .context()
        .waitForEvent('page', { timeout: 1_000 })
        .catch(() => null);
      await link.click();
      const there = leadsTo.source.includes('errors') ? await opened : page;
      await until('it leads where it says', () => leadsTo.test(there?.url() ?? ''));
      await there?.getByRole('heading', { level: 1 }).waitFor();
    },
  );
});
