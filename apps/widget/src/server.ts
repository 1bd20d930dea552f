import type { Content, StoredMedia, WidgetMessage, WidgetSession } from '#libs/model';
import { eventReader, type StreamEvent } from './events.js';
import type { Identity } from './identity.js';

/** The server has answered, and not with what was asked for. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    /** Milliseconds until a new try makes sense. */
    readonly retryAfterMs: number | null,
  ) {
    super(detail);
  }

  /** The session is over: its token opens nothing any more. */
  get isOver(): boolean {
    return [401, 404, 410].includes(this.status);
  }

  /** The same request fails the same way. */
  get isFinal(): boolean {
    return this.status < 500 && this.status !== 429 && this.status !== 408 && !this.isOver;
  }
}

/** Messages, newest first, and the event after which a stream goes on. */
export interface MessagePage {
  data: WidgetMessage[];
  last_seq: number;
}

/** What a page says of its visitor, unproven; null takes one away. */
export type Said = Record<string, string | null>;

const CALL_MS = 15_000;
const UPLOAD_MS = 120_000;
/** Nothing for so long, not even a ping, and the connection counts as dead. */
const SILENCE_MS = 40_000;
const URL_MAX = 500;

/** The visitor routes of one Parley. Every method throws `Refused` for a refusal, and other errors without an answer. */
export class Server {
  constructor(private readonly base: string) {}

  /** Begins a session, of somebody for whom the page vouches perhaps; with a token, lets that session go on. */
  open(
    channelId: string,
    token: string | null,
    locale: string,
    known?: { identity: Identity; topic?: string },
  ): Promise<WidgetSession> {
    const page = /^https?:/.test(location.href) && { page_url: location.href.slice(0, URL_MAX) };
    const referrer = /^https?:/.test(document.referrer) && { referrer: document.referrer.slice(0, URL_MAX) };
    return this.#call('sessions', token, { channel_id: channelId, ...page, ...referrer, locale, ...known });
  }

  /** What was said, newest first. */
  messages(token: string): Promise<MessagePage> {
    return this.#call('messages?limit=100', token);
  }

  /** Hands in what was said; the same `clientId` is one message, however often it is handed in. */
  async send(token: string, clientId: string, parts: Content[]): Promise<void> {
    await this.#call('messages', token, { client_id: clientId, parts });
  }

  /** Hands in what was asked before the conversation, or what the page says of the visitor. */
  async form(token: string, form: { fields?: Record<string, string>; said?: Said }): Promise<void> {
    await this.#call('form', token, form);
  }

  /** Tells what the visitor does beside speaking; nobody minds if it gets lost. */
  tell(token: string, type: 'typing.started' | 'answer.stopped' | 'session.ended'): void {
    this.#call('events', token, { type }).catch(() => undefined);
  }

  /** Has what was said sent by mail; the same key is one mail. */
  async transcript(token: string, email: string, locale: string, key: string): Promise<void> {
    const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
    await this.#call('transcript', token, { email, locale, time_zone }, { 'idempotency-key': key });
  }

  /** Hands in a file. */
  async upload(token: string, file: File, signal: AbortSignal): Promise<StoredMedia> {
    const answer = await this.#fetch(
      `media?file_name=${encodeURIComponent(file.name.slice(0, 255) || 'file')}`,
      token,
      {
        method: 'POST',
        headers: { 'content-type': file.type || 'application/octet-stream' },
        body: file,
        signal: AbortSignal.any([signal, AbortSignal.timeout(UPLOAD_MS)]),
      },
    );
    return (await answer.json()) as StoredMedia;
  }

  /** Reads the stream until it ends. `EventSource` cannot send the token, so `fetch` does. */
  async stream(
    token: string,
    lastEventId: string,
    onOpen: () => void,
    onEvent: (event: StreamEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const answer = await this.#fetch('stream', token, {
        headers: { accept: 'text/event-stream', 'last-event-id': lastEventId },
        cache: 'no-store',
        signal: AbortSignal.any([signal, silence.signal]),
      });
      onOpen();
      const read = eventReader(onEvent);
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        read(value);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #call<T>(path: string, token: string | null, body?: object, headers: object = {}): Promise<T> {
    const answer = await this.#fetch(path, token, {
      ...(body && {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
      signal: AbortSignal.timeout(CALL_MS),
    });
    const text = await answer.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async #fetch(path: string, token: string | null, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    const answer = await fetch(`${this.base}v1/widget/${path}`, {
      ...init,
      headers,
      credentials: 'omit',
    });
    if (!answer.ok) throw await refusalOf(answer);
    return answer;
  }
}

async function refusalOf(answer: Response): Promise<Refused> {
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string; title?: string };
  const seconds = Number(answer.headers.get('retry-after'));
  const retryAfterMs = seconds > 0 ? seconds * 1_000 : null;
  return new Refused(answer.status, problem.detail ?? problem.title ?? answer.statusText, retryAfterMs);
}
