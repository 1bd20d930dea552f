import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';

/** Together several megabytes: more than the sockets of both sides hold, and far more than may wait in the gateway. */
const MESSAGES = 60;
const TEXT = 'x'.repeat(60_000);

// Megabytes are written and read: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let conversation: string;

beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
  conversation = (await api('POST', '/v1/sessions', {})).body.conversation_id;
  for (let sent = 0; sent < MESSAGES; sent++) {
    const { status } = await api('POST', `/v1/conversations/${conversation}/messages`, {
      text: `${sent} ${TEXT}`,
    });
    expect(status).toBe(202);
  }
}, 180_000);
afterAll(() => booted?.close());

/** A reader that decides itself when it reads. */
class SlowReader {
  readonly #socket: Socket;
  #text = '';
  isClosed = false;

  constructor(path: string) {
    const { hostname, port } = new URL(booted.url);
    this.#socket = connect({ host: hostname, port: Number(port) });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk) => (this.#text += String(chunk)));
    this.#socket.on('close', () => (this.isClosed = true));
    this.#socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${home.key}\r\n\r\n`);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  stop(): void {
    this.#socket.destroy();
  }

  /** Whether as much has come as all messages together have. */
  get hasAll(): boolean {
    return this.#text.length > MESSAGES * TEXT.length && this.numbers.length === MESSAGES;
  }

  /** Numbers of the long messages, in the order in which they came. */
  get numbers(): number[] {
    const found = this.#text.matchAll(/event: message\.created\r?\ndata: [^\n]{0,600}?"text":"(\d+) x/g);
    return [...found].map(([, number]) => Number(number));
  }
}

const everything = Array.from({ length: MESSAGES }, (_, number) => number);

describe.each([
  ['a conversation', () => `/v1/conversations/${conversation}/stream?after=0`],
  ['a workspace', () => '/v1/stream?after=0'],
])('the stream of %s', (_, path) => {
  it('tells megabytes of what was said over one connection', async () => {
    const reader = new SlowReader(path());
    await until('everything is told', () => reader.hasAll, 60_000);
    expect(reader.numbers).toEqual(everything);
    expect(reader.isClosed).toBe(false);
    reader.stop();
  });

  it('waits for a client that does not read, and goes on where it stopped', async () => {
    const reader = new SlowReader(path());
    reader.pause();
    // Somebody quick is through meanwhile, so the slow one could have been.
    const quick = new SlowReader(path());
    await until('everything is told to the quick one', () => quick.hasAll, 60_000);
    quick.stop();
    expect(reader.numbers.length).toBeLessThan(MESSAGES);
    reader.resume();
    await until('everything is told', () => reader.hasAll, 60_000);
    expect(reader.numbers).toEqual(everything);
    expect(reader.isClosed).toBe(false);
    reader.stop();
  });
});
