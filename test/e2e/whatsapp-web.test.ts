import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyConnector, Connection, ConnectionIo, ConnectionState, DecodedEvent } from '#libs/connectors';
import type { Content, InboundEvent } from '#libs/model';
import { programs } from '../support/programs.js';
import { until } from '../support/until.js';
import { StandInPhone } from '../support/wa-standin/phone.js';

const root = path.resolve(import.meta.dirname, '../..');
const ana = '4915112345678@c.us';

/** The real library in a real browser, against a page that stands in for WhatsApp. */
describe.runIf(programs.chromium)('an account linked as WhatsApp Web', () => {
  let folder: string;
  let phone: StandInPhone;
  /** Compiled: the connector starts a file of its own as a process. */
  let connector: AnyConnector;
  let connection: Connection;
  const states: ConnectionState[] = [];
  const stored: DecodedEvent[] = [];
  let isStoreAway = false;

  const events = (): InboundEvent[] => stored.map(({ event }) => event);
  const latest = (): ConnectionState | undefined => states.at(-1);
  const isOpen = (): boolean => latest()?.state === 'open';
  const signal = (ms = 20_000): AbortSignal => AbortSignal.timeout(ms);

  function io(settings: Record<string, unknown> = {}): ConnectionIo<unknown> {
    const seen = new Set(stored.map(({ event }) => event.event_key));
    return {
      settings: connector.manifest.settings.parse({
        chromium: programs.chromium,
        stand_in: phone.address,
        ...settings,
      }),
      channelId: 'chan_1',
      fetch: () => Promise.reject(new Error('nothing is called')),
      signal: new AbortController().signal,
      now: Date.now,
      linkTo: () => Promise.reject(new Error('no links')),
      readMedia: () =>
        Promise.resolve({ bytes: Buffer.from('png-bytes'), mimeType: 'image/png', fileName: 'a.png' }),
      accept: (found) => {
        if (isStoreAway) return Promise.reject(new Error('The database is away.'));
        for (const one of found) if (!seen.has(one.event.event_key)) stored.push(one);
        for (const one of found) seen.add(one.event.event_key);
        return Promise.resolve();
      },
      show: (state) => void states.push(state),
      recall: () => Promise.resolve(null),
      remember: () => Promise.resolve(),
      folder: () => Promise.resolve(folder),
    };
  }
  const open = async (settings?: Record<string, unknown>): Promise<void> => {
    connection = await connector.connection!.open(io(settings));
  };
  /** As the owner of a connection does: one that the library lets hang is opened again. */
  const untilLinked = async (): Promise<void> => {
    for (let tries = 1; tries < 4 && !(await heard(isOpen, 15_000)); tries++) {
      await connection.close();
      await open();
    }
    await until('it is linked', isOpen, 30_000);
  };
  const heard = (what: () => boolean, withinMs: number): Promise<boolean> =>
    until('it is so', what, withinMs).catch(() => false);
  const parts = (content: Content[]) => connector.outbound.plan(content, io().settings).parts;
  const to = (thread: string) => ({
    thread,
    address: null,
    conversationId: 'conv_1',
    lastInboundAt: null,
    lastInboundRef: null,
  });
  const send = (content: Content, thread = ana) =>
    connection.deliver!(parts([content])[0]!, to(thread), 'dlv_1', signal());

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'parley-wa-'));
    phone = await StandInPhone.start(folder);
    const file = path.join(root, 'dist/libs/connectors/src/whatsapp-web/connector.js');
    ({ connector } = (await import(pathToFileURL(file).href)) as { connector: AnyConnector });
    await open();
  }, 120_000);
  afterAll(async () => {
    await connection?.close();
    await phone?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows a code to scan, is linked by it, and says as whom', async () => {
    await until('a code is shown', () => latest()?.setUp?.kind === 'qr', 30_000);
    expect(latest()).toMatchObject({
      state: 'needs-person',
      setUp: { value: expect.stringContaining('2@ref1') },
    });
    await expect(send({ type: 'text', text: 'too early' })).rejects.toMatchObject({
      code: 'channel/not-connected',
    });
    phone.scan();
    await untilLinked();
    expect(latest()?.reason).toBe('Linked as +15550001111.');
  });

  it('stores what people write, and marks the chat as read only then', async () => {
    const seen = phone.next(({ t, chat }) => t === 'seen' && chat === ana);
    const id = phone.say(ana, 'Grüße 👋');
    await seen;
    expect(events().at(-1)).toMatchObject({
      kind: 'message',
      thread: ana,
      provider_id: id,
      from: { kind: 'phone', value: '+4915112345678', name: 'Ana' },
      content: [{ type: 'text', text: 'Grüße 👋' }],
    });
  });

  it('sends text, and hears what becomes of it', async () => {
    const said = phone.next(({ t, body }) => t === 'send' && body === '*Hello* Ana');
    const { providerRef } = await send({ type: 'text', text: '**Hello** Ana' });
    const { id } = await said;
    expect(id?.id).toBe(providerRef);
    for (const ack of [2, 3]) phone.tell({ t: 'ack', id: id?._serialized, ack });
    await until('it was read', () => events().some((one) => one.kind === 'receipt' && one.status === 'read'));
    const receipts = events().filter((one) => one.kind === 'receipt' && one.provider_ref === providerRef);
    expect(receipts.map((one) => one.kind === 'receipt' && one.status)).toEqual([
      'sent',
      'delivered',
      'read',
    ]);
  });

  it('sends files with their captions', async () => {
    const said = phone.next(({ t, type }) => t === 'send' && type === 'image');
    await send({ type: 'image', url: 'media:med_1', caption: 'A cat' });
    const { caption, directPath = '' } = await said;
    expect(caption).toBe('A cat');
    expect(phone.files.get(directPath)?.bytes.toString()).toBe('png-bytes');
  });

  it('fetches files that come in', async () => {
    const at = phone.keep('image/png', Buffer.from('their-bytes'));
    phone.say(ana, '', {
      type: 'image',
      caption: 'look',
      media: { path: at, mimetype: 'image/png', size: 11 },
    });
    const message = await until('the picture is stored', () =>
      events().find((one) => one.kind === 'message' && one.content[0]?.type === 'image'),
    );
    const [piece] = message.kind === 'message' ? message.content : [];
    expect(piece).toMatchObject({ type: 'image', caption: 'look' });
    const ref = piece?.type === 'image' ? piece.url.slice('media:'.length) : '';
    const { bytes, mimeType } = await connection.fetchMedia!(ref, signal());
    expect([Buffer.from(bytes).toString(), mimeType]).toEqual(['their-bytes', 'image/png']);
  });

  it('hears edits and deletions', async () => {
    const id = phone.say(ana, 'first');
    await until('it is stored', () => events().some((one) => 'provider_id' in one && one.provider_id === id));
    phone.tell({ t: 'edit', id: `false_${ana}_${id}`, body: 'second' });
    await until('the edit is stored', () =>
      events().some((one) => one.kind === 'edit' && one.provider_id === id),
    );
    phone.tell({ t: 'revoke', id: `false_${ana}_${id}` });
    await until('the deletion is stored', () =>
      events().some((one) => one.kind === 'deletion' && one.provider_id === id),
    );
  });

  it('refuses a recipient whom WhatsApp does not know', async () => {
    await expect(send({ type: 'text', text: 'x' }, '0001@c.us')).rejects.toMatchObject({
      code: 'channel/rejected',
    });
  });

  it('ends when its store is away, and nothing is marked as read', async () => {
    isStoreAway = true;
    const before = phone.heard.filter(({ t }) => t === 'seen').length;
    phone.say(ana, 'while the store is away');
    await connection.ended;
    expect(phone.heard.filter(({ t }) => t === 'seen')).toHaveLength(before);
    isStoreAway = false;
    await open();
    await untilLinked();
  }, 120_000);

  it('notices that its browser was killed, ends, and is open again without a code', async () => {
    states.length = 0;
    process.kill(await browserOf(folder), 'SIGKILL');
    expect(await connection.ended).toMatch(/browser ended|failed|closed/i);
    await open();
    await untilLinked();
    expect(states.some(({ setUp }) => setUp !== undefined)).toBe(false);
  }, 120_000);

  it('leaves no second browser when its process is killed: the next one ends the orphan', async () => {
    const orphan = await browserOf(folder);
    process.kill(await parentOf(orphan), 'SIGKILL');
    await connection.ended;
    await open();
    await untilLinked();
    expect(await isAlive(orphan)).toBe(false);
    expect(await browserOf(folder)).not.toBe(orphan);
  }, 120_000);

  it('says that a call which hangs has an unknown outcome, within its time', async () => {
    const browser = await browserOf(folder);
    process.kill(browser, 'SIGSTOP');
    const began = Date.now();
    const hung = connection.deliver!(
      parts([{ type: 'text', text: 'hangs' }])[0]!,
      to(ana),
      'dlv_2',
      signal(1_500),
    );
    await expect(hung).rejects.toMatchObject({ code: 'channel/outcome-unknown' });
    expect(Date.now() - began).toBeLessThan(5_000);
    process.kill(browser, 'SIGCONT');
  });

  it('ends when the phone ends the link, and then asks for a new one', async () => {
    await connection.command!('logout', {});
    await connection.ended;
    states.length = 0;
    await open();
    await until('a new code is shown', () => latest()?.setUp?.kind === 'qr', 30_000);
  }, 120_000);

  it('shows a code to type when it is told the number', async () => {
    await connection.close();
    states.length = 0;
    await open({ pair_with: '+15550001111' });
    const shown = await until(
      'the code is shown',
      () => states.find(({ setUp }) => setUp?.kind === 'code'),
      30_000,
    );
    expect(shown.setUp?.value).toMatch(/^\S{6,12}$/);
  }, 120_000);

  it('asks the page for nothing that the stand-in does not know', () => {
    const hooks =
      /BackendJobsCommon|E2EProtoUtils|Reaction|Poll|Location|Lid|Status|Community|Newsletter|Label|Pin/;
    const missing = phone.heard.flatMap(({ t, n }) =>
      t === 'missing' && n !== undefined && !hooks.test(n) ? n : [],
    );
    expect(new Set(missing)).toEqual(new Set());
  });
});

/** The main process of the browser on the account's profile. */
async function browserOf(folder: string): Promise<number> {
  const flag = `--user-data-dir=${path.join(folder, 'session')}`;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const words = wordsOf(Number(name));
    if (words.includes(flag) && !words.some((word) => word.startsWith('--type='))) return Number(name);
  }
  throw new Error('There is no browser on this profile.');
}

function wordsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0 ]/);
  } catch {
    return [];
  }
}

function parentOf(pid: number): Promise<number> {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Promise.resolve(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
}

function isAlive(pid: number): Promise<boolean> {
  return Promise.resolve(wordsOf(pid).some((word) => word !== ''));
}
