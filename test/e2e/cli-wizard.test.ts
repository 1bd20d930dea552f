import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encode } from 'uqr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { programs } from '../support/programs.js';
import { keys, PseudoTerminal } from '../support/pseudo-terminal.js';
import { StandInPhone } from '../support/wa-standin/phone.js';
import { startCompiledWorker } from '../support/compiled-worker.js';

const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
let booted: Booted;
let home: TestWorkspace;
let api: Api;
let folder: string;
const open: PseudoTerminal[] = [];

/** The compiled program, with somebody at the terminal. */
function parley(...args: string[]): PseudoTerminal {
  const env = { PARLEY_URL: booted.url, PARLEY_API_KEY: home.key, XDG_CONFIG_HOME: folder };
  const terminal = new PseudoTerminal([process.execPath, 'dist/apps/cli/src/main.js', ...args], env);
  open.push(terminal);
  return terminal;
}
const channelsNow = async (): Promise<{ id: string; name: string; connector: string }[]> =>
  (await api('GET', '/v1/channels?limit=100')).body.data;

describe.runIf(programs.python3)('registering a channel at a terminal', () => {
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'parley-wizard-'));
    // A linked browser is a process of its own, which only a compiled worker can start.
    booted = await boot({ hasWorker: false });
    home = await makeWorkspace(booted);
    api = apiOf(booted, home.key);
  }, 60_000);
  afterAll(async () => {
    for (const terminal of open) await terminal.close();
    await booted?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('asks for the kind and what it needs, and takes a better answer for what is refused', async () => {
    const terminal = parley('channels', 'add', '--name', 'Shop');
    await terminal.reads('Which kind?');

    terminal.type(...Array.from({ length: await stepsTo('webhook') }, () => keys.down));
    terminal.type(keys.enter);
    await terminal.reads('url: Where Parley posts');
    terminal.type('no address', keys.enter);
    await terminal.reads('inbound_secret:');
    terminal.type(secret, keys.enter);
    await terminal.reads('outbound_secret:');
    terminal.type(secret, keys.enter);
    // The gateway refuses the address: only that is asked for again, with the reason.
    await terminal.reads(/url: Where Parley posts.* – /);
    terminal.type('https://127.0.0.1:1/', keys.enter);
    // The live check finds that nobody is there; without a better answer it stays so, and the exit code says it.
    await terminal.reads(/url: .* – 127.0.0.1 cannot be reached/);
    terminal.type(keys.enter);
    await terminal.reads('Its provider calls');
    expect(await terminal.ends()).toBe(7);
    expect(terminal.text).not.toContain(secret);
    const made = (await channelsNow()).find(({ name }) => name === 'Shop');
    expect(made).toMatchObject({ connector: 'webhook' });
    expect(terminal.text).toContain(made?.id);
  }, 90_000);

  it('does not ask for what Parley makes itself', async () => {
    const terminal = parley('channels', 'add', 'web', '--name', 'Page');
    expect(await terminal.ends()).toBe(0);
    expect(terminal.text).not.toContain('visitor_secret');
    expect((await channelsNow()).map(({ name }) => name)).toContain('Page');
  });

  it('asks for the secrets of a kind of which one of several sets will do', async () => {
    const terminal = parley('channels', 'add', 'slack', '--name', 'Team');
    await terminal.reads('bot_token');
    terminal.type(keys.escape);
    expect(await terminal.ends()).toBe(1);
    expect((await channelsNow()).map(({ name }) => name)).not.toContain('Team');
  });

  it.runIf(programs.chromium)(
    'shows the QR code of a WhatsApp account until a phone has scanned it',
    async () => {
      const phone = await StandInPhone.start(folder);
      const worker = await startCompiledWorker(booted, folder);
      try {
        const set = [`chromium=${programs.chromium}`, `stand_in=${phone.address}`];
        const terminal = parley('channels', 'add', 'whatsapp-web', '--name', 'Phone', '--set', ...set);
        await terminal.reads('Scan the code with the phone', 90_000);
        const [channel] = (await channelsNow()).filter(({ name }) => name === 'Phone');
        const { set_up: setUp } = (await api('GET', `/v1/channels/${channel!.id}/connection`)).body;
        expect(setUp.value).toContain('2@ref1');
        expect(drawnIn(terminal.text)).toEqual(encode(setUp.value, { border: 2 }).data);
        // Light on dark would be read by few phones: the colours are said, whatever those of the terminal are.
        expect(terminal.raw).toContain('\u001B[97;40m');
        phone.scan();
        await terminal.reads('Linked as +15550001111.', 60_000);
        expect(await terminal.ends()).toBe(0);
      } finally {
        await worker.stop();
        await phone.close();
      }
    },
    180_000,
  );
});

/** How often the arrow has to be pressed: the kinds stand in the order of the API. */
async function stepsTo(kind: string): Promise<number> {
  const types: { connector: string }[] = (await api('GET', '/v1/channel-types')).body.data;
  return types.findIndex(({ connector }) => connector === kind);
}

/** The first QR code on a screen, as rows of modules: true is dark. */
function drawnIn(text: string): boolean[][] {
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex((line) => /^█{20,}$/.test(line.trim()));
  const last = lines.findIndex((line, at) => at > first && !/^[█▀▄ ]{20,}$/.test(line));
  const rows = lines
    .slice(first, last)
    .flatMap((line) => [
      [...line].map((cell) => cell === '▄' || cell === ' '),
      [...line].map((cell) => cell === '▀' || cell === ' '),
    ]);
  // The height of a code is odd: what is drawn below it is no part of it.
  return rows.slice(0, rows[0]!.length);
}
