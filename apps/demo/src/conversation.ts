import type { Content, WidgetMessage } from '#libs/model';
import { loadMessages, openSession, Refused, sendMessage, tellTyping } from './api.js';
import { Kept, type Unsent } from './kept.js';
import { readStream, type StreamEvent } from './sse.js';

/** What the page shows of the connection. */
export type Connection = 'connecting' | 'online' | 'offline';

/** Who shows a conversation. */
export interface Screen {
  connection(state: Connection): void;
  /** A message as it is now; the same id, or the same client id, replaces the one before. */
  message(message: WidgetMessage): void;
  /** Something that is not sent yet. */
  unsent(unsent: Unsent): void;
  /** The server will never take it. */
  refused(unsent: Unsent, reason: string): void;
  typing(isTyping: boolean): void;
  /** Everything begins anew. */
  clear(): void;
}

const PAUSE_MS = { first: 500, last: 10_000 };
const TYPING_EVERY_MS = 4_000;

/**
 * A visitor's conversation: opened or gone on with, followed without a gap, and spoken in without a loss. Whatever
 * breaks is tried again; what was said while offline goes out once, in order.
 */
export class Conversation {
  readonly #kept: Kept;
  #token: string | null = null;
  #lastEventId = '0';
  #isFlushing = false;
  #toldTypingAt = 0;
  #wake: () => void = () => undefined;

  constructor(
    private readonly channelId: string,
    private readonly screen: Screen,
  ) {
    this.#kept = new Kept(channelId);
    addEventListener('online', () => this.#wake());
  }

  /** Keeps the conversation going for as long as the page lives. */
  async run(): Promise<never> {
    for (let pauseMs = PAUSE_MS.first; ;) {
      const began = performance.now();
      try {
        await this.#visit();
      } catch (error) {
        if (error instanceof Refused && error.isOver) this.#forget();
        else this.screen.connection('offline');
        pauseMs = error instanceof Refused && error.retryAfterMs ? error.retryAfterMs : pauseMs;
      }
      // A connection that held for a while has earned a quick return.
      if (performance.now() - began > PAUSE_MS.last) pauseMs = PAUSE_MS.first;
      await this.#pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, PAUSE_MS.last);
    }
  }

  /** Says something: kept first, then sent. */
  say(parts: Content[]): void {
    const unsent = { clientId: newClientId(), parts };
    this.#kept.unsent = [...this.#kept.unsent, unsent];
    this.screen.unsent(unsent);
    void this.#flush();
  }

  typing(): void {
    if (this.#token === null || performance.now() - this.#toldTypingAt < TYPING_EVERY_MS) return;
    this.#toldTypingAt = performance.now();
    tellTyping(this.#token);
  }

  /** One connection: session, what was missed, what is unsent, and then what happens. */
  async #visit(): Promise<void> {
    const isFirst = this.#token === null;
    const session = await openSession(this.channelId, this.#kept.token);
    this.#token = session.client_token;
    this.#kept.token = session.client_token;
    if (isFirst) await this.#load(session.client_token);
    for (const unsent of this.#kept.unsent) this.screen.unsent(unsent);
    const gone = new AbortController();
    this.#wake = () => gone.abort();
    addEventListener('offline', this.#wake, { once: true });
    const opened = (): void => {
      this.screen.connection('online');
      void this.#flush();
    };
    await readStream(
      session.client_token,
      this.#lastEventId,
      opened,
      (event) => this.#heard(event),
      gone.signal,
    );
  }

  async #load(token: string): Promise<void> {
    const { data, last_seq } = await loadMessages(token);
    this.screen.clear();
    for (const message of data.toReversed()) this.screen.message(message);
    this.#lastEventId = String(last_seq);
  }

  #heard({ id, type, data: { data } }: StreamEvent): void {
    if (id !== null) this.#lastEventId = id;
    const { message } = data as { message?: WidgetMessage };
    if (type === 'stream.reset' && this.#token !== null) void this.#load(this.#token);
    if (type === 'typing.started' || type === 'turn.started') this.screen.typing(true);
    if (type === 'typing.stopped' || type.startsWith('turn.c') || type === 'turn.failed') {
      this.screen.typing(false);
    }
    if (!message) return;
    this.#settle(message);
    this.screen.message(message);
  }

  /** What comes back in the stream was taken, even if the answer to its sending was lost. */
  #settle({ client_id }: WidgetMessage): void {
    if (client_id === null) return;
    this.#kept.unsent = this.#kept.unsent.filter((unsent) => unsent.clientId !== client_id);
  }

  /** Sends what is unsent, one after the other; what fails stays for the next connection. */
  async #flush(): Promise<void> {
    if (this.#isFlushing || this.#token === null) return;
    this.#isFlushing = true;
    try {
      for (let next = this.#kept.unsent[0]; next; next = this.#kept.unsent[0]) await this.#send(next);
    } catch {
      // The stream notices too, and the next connection sends again.
      setTimeout(() => void this.#flush(), 3_000);
    } finally {
      this.#isFlushing = false;
    }
  }

  async #send(unsent: Unsent): Promise<void> {
    try {
      await sendMessage(this.#token ?? '', unsent.clientId, unsent.parts);
      this.screen.typing(true);
    } catch (error) {
      if (!(error instanceof Refused && error.isFinal)) throw error;
      this.screen.refused(unsent, error.detail);
    }
    this.#kept.unsent = this.#kept.unsent.filter((each) => each.clientId !== unsent.clientId);
  }

  /** The session is over: the next one begins a new conversation. */
  #forget(): void {
    this.#kept.token = null;
    this.#token = null;
    this.#lastEventId = '0';
    this.screen.connection('connecting');
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** `crypto.randomUUID` is missing on plain http, where a first look often happens. */
function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
