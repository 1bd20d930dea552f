import type { WidgetLook, WidgetMessage, WidgetSession } from '#libs/model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Chat } from './chat.js';
import type { StreamEvent } from './events.js';
import { Kept } from './kept.js';
import { Refused, type Server } from './server.js';

const DAY_MS = 86_400_000;
const look = { pre_chat: null, assistant: null } as unknown as WidgetLook;

/** The server as the chat sees it: everything it was asked, and a line that can be cut. */
class FakeServer {
  readonly opened: { token: string | null; known: unknown }[] = [];
  readonly told: string[] = [];
  /** Taken messages by their client ids, in order of arrival; a repetition is none. */
  readonly taken = new Map<string, string>();
  attempts = 0;
  isAway = false;
  /** The token of a session that the server knows no more. */
  dead: string | null = null;
  believes = true;
  /** What pages have said of their visitor. */
  readonly heard: string[] = [];
  refusal: Refused | null = null;
  #hear: ((event: StreamEvent) => void) | undefined;
  #cut: (() => void) | undefined;

  async open(_: string, token: string | null, __: string, known?: unknown): Promise<WidgetSession> {
    this.#line();
    this.opened.push({ token, known });
    if ((token !== null && token === this.dead) || (known !== undefined && !this.believes))
      throw new Refused(401, 'no', null);
    const expires_at = new Date(Date.now() + 30 * DAY_MS).toISOString();
    const session = { client_token: `token-${this.opened.length}`, expires_at, look };
    return session as unknown as WidgetSession;
  }
  form(token: string, { said }: { said?: object }): Promise<void> {
    if (this.isAway) return Promise.reject(new TypeError('network'));
    if (this.refusal) return Promise.reject(this.refusal);
    this.heard.push(`${token} ${JSON.stringify(said)}`);
    return Promise.resolve();
  }
  messages(): Promise<{ data: WidgetMessage[]; last_seq: number }> {
    this.#line();
    return Promise.resolve({ data: [], last_seq: 0 });
  }
  send(_: string, clientId: string, [part]: { text?: string }[]): Promise<void> {
    this.attempts++;
    this.#line();
    if (!this.taken.has(clientId)) this.taken.set(clientId, part?.text ?? '');
    return Promise.resolve();
  }
  tell(token: string, type: string): void {
    this.told.push(`${token} ${type}`);
  }
  stream(
    _: string,
    __: string,
    onOpen: () => void,
    hear: (event: StreamEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.#line();
    this.#hear = hear;
    onOpen();
    return new Promise((_resolve, reject) => {
      this.#cut = () => reject(new TypeError('network'));
      signal.addEventListener('abort', () => reject(new TypeError('aborted')));
    });
  }

  cut(): void {
    this.isAway = true;
    this.#cut?.();
  }
  says(type: string, data: object = {}): void {
    this.#hear?.({ id: undefined, type, data: { data } });
  }
  #line(): void {
    if (this.isAway) throw new TypeError('network');
  }
}

let server: FakeServer;
let kept: Kept;
let told: string[];
const chatOver = (): Chat =>
  new Chat(server as unknown as Server, kept, {
    channel: 'chan_1',
    locale: () => 'en',
    tell: (name, { reason, score }) => told.push([name, reason, score].filter(Boolean).join(' ')),
  });
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const vouch = (person: string) => ({ person, identity: { external_id: person, hash: 'ff' } });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('addEventListener', () => undefined);
  server = new FakeServer();
  const stored = new Map<string, string>();
  kept = new Kept('chan_1', () => ({
    getItem: (name) => stored.get(name) ?? null,
    setItem: (name, value) => void stored.set(name, value),
    removeItem: (name) => void stored.delete(name),
  }));
  told = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a line that is cut for a minute while the visitor writes', () => {
  it('loses nothing, sends everything once and in order, and says within five seconds that it is cut', async () => {
    const chat = chatOver();
    chat.connect();
    await pass(0);
    expect(chat.connection.value).toBe('online');
    chat.say([{ type: 'text', text: 'before' }]);
    await pass(0);
    server.cut();
    await pass(5_000);
    expect(chat.connection.value).toBe('offline');
    for (let second = 5; second < 60; second += 5) {
      chat.say([{ type: 'text', text: `at ${second}` }]);
      await pass(5_000);
    }
    expect([...server.taken.values()]).toEqual(['before']);
    expect(kept.current.unsent).toHaveLength(11);
    server.isAway = false;
    await pass(11_000);
    expect(chat.connection.value).toBe('online');
    expect([...server.taken.values()]).toEqual([
      'before',
      ...Array.from({ length: 11 }, (_, n) => `at ${n * 5 + 5}`),
    ]);
    expect(kept.current.unsent).toEqual([]);
    chat.reset();
  });

  it('is called missing within five seconds where nothing answers at all', async () => {
    server.open = () => new Promise(() => undefined);
    const chat = chatOver();
    chat.connect();
    await pass(3_900);
    expect(chat.connection.value).toBe('connecting');
    await pass(1_100);
    expect(chat.connection.value).toBe('offline');
    chat.reset();
  });
});

describe('a page that stays open', () => {
  it('has its session renewed in time, on the same line', async () => {
    const chat = chatOver();
    chat.connect();
    await pass(0);
    expect(server.opened).toEqual([{ token: null, known: undefined }]);
    await pass(14 * DAY_MS);
    expect(server.opened).toHaveLength(1);
    await pass(2 * DAY_MS);
    expect(server.opened.at(-1)).toEqual({ token: 'token-1', known: undefined });
    expect(chat.token).toBe('token-2');
    expect(kept.current.token).toBe('token-2');
    await pass(15 * DAY_MS);
    expect(chat.token).toBe('token-3');
    expect(chat.connection.value).toBe('online');
    chat.reset();
  });

  it('tries again where the renewal fails', async () => {
    const chat = chatOver();
    chat.connect();
    await pass(0);
    server.isAway = true;
    await pass(15 * DAY_MS + 1_000);
    expect(chat.token).toBe('token-1');
    server.isAway = false;
    await pass(700_000);
    expect(chat.token).toBe('token-2');
    chat.reset();
  });
});

describe('an answer that is being written', () => {
  it('can be stopped, and what still comes of it is not shown', async () => {
    const chat = chatOver();
    chat.connect();
    await pass(0);
    server.says('turn.started');
    server.says('message.delta', { index: 0, text: 'Once upon' });
    expect(chat.isAnswering.value).toBe(true);
    chat.stop();
    expect(server.told).toEqual(['token-1 answer.stopped']);
    expect(chat.isAnswering.value).toBe(false);
    server.says('message.delta', { index: 1, text: ' a time' });
    expect(chat.delta.value).toBe('Once upon');
    expect(chat.isAnswering.value).toBe(false);
    server.says('turn.completed');
    expect(chat.delta.value).toBeNull();
    server.says('turn.started');
    server.says('message.delta', { index: 0, text: 'Next' });
    expect(chat.isAnswering.value).toBe(true);
    expect(chat.delta.value).toBe('Next');
    chat.reset();
  });
});

describe('a visitor for whom the page vouches', () => {
  it('opens their session, and has further conversations by names of their own', async () => {
    const chat = chatOver();
    chat.identify(vouch('ada'));
    await pass(0);
    expect(server.opened.at(-1)?.known).toEqual({ identity: vouch('ada').identity });
    chat.identify(vouch('ada'));
    await pass(0);
    expect(server.opened).toHaveLength(1);
    chat.goTo();
    await pass(0);
    const { id } = kept.current;
    expect(server.opened.at(-1)?.known).toEqual({ identity: vouch('ada').identity, topic: id });
    chat.reset();
  });

  it('keeps what was written before anybody was in touch, and finds nothing of somebody else', async () => {
    server.isAway = true;
    const chat = chatOver();
    chat.say([{ type: 'text', text: 'first words' }]);
    chat.identify(vouch('ada'));
    server.isAway = false;
    await pass(1_000);
    expect([...server.taken.values()]).toEqual(['first words']);
    chat.identify(vouch('bob'));
    await pass(0);
    expect(kept.threads.map(({ person }) => person)).toEqual(['bob']);
    chat.reset();
  });

  it('is nobody in particular where the server does not believe the page, and speaks all the same', async () => {
    server.believes = false;
    const chat = chatOver();
    chat.identify(vouch('ada'));
    await pass(1_000);
    expect(told).toContain('error no');
    expect(kept.current.person).toBe('');
    expect(chat.connection.value).toBe('online');
    chat.reset();
  });

  it('is known again where their session has ended meanwhile', async () => {
    const chat = chatOver();
    chat.identify(vouch('ada'));
    await pass(0);
    server.dead = 'token-1';
    server.cut();
    server.isAway = false;
    await pass(2_000);
    expect(server.opened.at(-1)?.known).toEqual({ identity: vouch('ada').identity });
    expect(chat.connection.value).toBe('online');
    chat.reset();
  });

  it('logs out: nothing is kept, and their tokens open nothing any more', async () => {
    const chat = chatOver();
    chat.identify(vouch('ada'));
    await pass(0);
    chat.reset();
    expect(server.told).toContain('token-1 session.ended');
    expect(kept.threads.map(({ token, person }) => `${token} ${person}`)).toEqual(['null ']);
    await pass(DAY_MS);
    expect(server.opened).toHaveLength(1);
  });
});

describe('what a page says of its visitor', () => {
  it('opens no conversation, goes along with one, and is said once in it, over a reload too', async () => {
    const chat = chatOver();
    chat.describe({ plan: 'pro' });
    chat.describe({ email: 'ada@example.com' });
    await pass(0);
    expect(server.opened).toEqual([]);
    chat.connect();
    await pass(0);
    const words = '{"plan":"pro","email":"ada@example.com"}';
    expect(server.heard).toEqual([`token-1 ${words}`]);
    const after = chatOver();
    after.describe({ plan: 'pro', email: 'ada@example.com' });
    after.connect();
    await pass(0);
    expect(server.heard).toHaveLength(1);
    after.describe({ plan: null });
    await pass(0);
    expect(server.heard.at(-1)).toBe('token-2 {"plan":null,"email":"ada@example.com"}');
  });

  it('waits for the line, is said in a further conversation too, and not of somebody else', async () => {
    const chat = chatOver();
    chat.connect();
    await pass(0);
    server.cut();
    await pass(1_000);
    chat.describe({ plan: 'pro' });
    expect(server.heard).toEqual([]);
    server.isAway = false;
    await pass(20_000);
    expect(server.heard).toHaveLength(1);
    chat.say([{ type: 'text', text: 'hi' }]);
    chat.goTo();
    await pass(0);
    expect(server.heard).toHaveLength(2);
    chat.identify(vouch('ada'));
    await pass(0);
    chat.identify(vouch('bob'));
    await pass(0);
    const count = server.heard.length;
    chat.reset();
    chat.connect();
    await pass(0);
    expect(server.heard).toHaveLength(count);
  });

  it('is handed in although the stream is not open yet', async () => {
    const chat = chatOver();
    chat.connect();
    await pass(0);
    chat.connection.value = 'connecting';
    chat.describe({ plan: 'pro' });
    await pass(0);
    expect(server.heard).toHaveLength(1);
  });

  it('tells the page when the server does not take it', async () => {
    const chat = chatOver();
    server.refusal = new Refused(422, 'at most 20 keys', null);
    chat.connect();
    await pass(0);
    chat.describe({ plan: 'pro' });
    await pass(0);
    expect(told).toContain('error at most 20 keys');
    expect(chat.connection.value).toBe('online');
  });
});
