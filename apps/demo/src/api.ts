import type { Content, WidgetMessage, WidgetSession } from '#libs/model';

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
    return [401, 403, 404, 410].includes(this.status);
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

const CALL_MS = 15_000;

/** Begins a session; with a token, lets that session go on. */
export function openSession(channelId: string, token: string | null): Promise<WidgetSession> {
  return call('sessions', token, { channel_id: channelId, page_url: location.href.slice(0, 500) });
}

/** What was said, newest first. */
export function loadMessages(token: string): Promise<MessagePage> {
  return call('messages?limit=100', token);
}

/** Hands in what was said; the same `clientId` is one message, however often it is handed in. */
export async function sendMessage(token: string, clientId: string, parts: Content[]): Promise<void> {
  await call('messages', token, { client_id: clientId, parts });
}

/** Tells that the visitor is typing; nobody minds if it gets lost. */
export function tellTyping(token: string): void {
  call('events', token, { type: 'typing.started' }).catch(() => undefined);
}

async function call<T>(path: string, token: string | null, body?: object): Promise<T> {
  const answer = await fetch(`/v1/widget/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(CALL_MS),
  });
  if (!answer.ok) throw await refusalOf(answer);
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** What an answer that is not what was asked for says. */
export async function refusalOf(answer: Response): Promise<Refused> {
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
  const seconds = Number(answer.headers.get('retry-after'));
  const retryAfterMs = seconds > 0 ? seconds * 1_000 : null;
  return new Refused(answer.status, problem.detail ?? answer.statusText, retryAfterMs);
}
