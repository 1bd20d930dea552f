import { computed, signal } from '@preact/signals';
import {
  type Content,
  csatOption,
  type WidgetLook,
  type WidgetMessage,
  type WidgetSession,
} from '#libs/model';
import type { StreamEvent } from './events.js';
import type { Identity, Vouched } from './identity.js';
import { type Kept, type KeptThread, newId } from './kept.js';
import { lastHeardSeq, stillUnsent, type Unsent, unreadAfter, withDelta, withMessage } from './messages.js';
import { previewOf } from './preview.js';
import { Refused, type Said, type Server } from './server.js';

/** How the line to the server is. */
export type Connection = 'idle' | 'connecting' | 'online' | 'offline';

/** What the chat tells the page. */
export type Tell = (
  name: 'message' | 'sent' | 'handoff' | 'csat' | 'error',
  detail: { message?: WidgetMessage; reason?: string; score?: number },
) => void;

const PAUSE_MS = { first: 500, last: 10_000 };
/** A server that says nothing for so long is said to be out of reach. */
const PATIENCE_MS = 4_000;
const TYPING_EVERY_MS = 4_000;
/** Whoever has not written on by then does not write any more. */
const TYPING_LASTS_MS = 20_000;
/** A session is not renewed more often, whatever the clock of this machine says. */
const RENEW_MIN_MS = 600_000;
/** Timers of browsers hold no more. */
const RENEW_MAX_MS = 2 ** 31 - 1;

/**
 * A visitor's conversation: opened or gone on with, followed without a gap, and spoken in without a loss. Whatever
 * breaks is tried again; what was said while offline goes out once, in order.
 */
export class Chat {
  readonly connection = signal<Connection>('idle');
  readonly messages = signal<readonly WidgetMessage[]>([]);
  readonly unsent = signal<readonly Unsent[]>([]);
  readonly isTyping = signal(false);
  /** What is heard of an answer while it is written. */
  readonly delta = signal<string | null>(null);
  /** Whether the bot is at an answer that can be stopped. */
  readonly isAnswering = signal(false);
  readonly look = signal<WidgetLook | null>(null);
  readonly threadId = signal('');
  readonly readSeq = signal(0);
  readonly unread = computed(() => unreadAfter(this.messages.value, this.readSeq.value));
  /** Whether a person answered last. */
  readonly hasPerson = computed(
    () => this.messages.value.findLast(({ direction }) => direction === 'out')?.author === 'operator',
  );

  /** Whether the visitor has to say something about themselves first. */
  readonly isAsking = computed(
    () =>
      this.look.value?.pre_chat != null &&
      !this.isKnown.value &&
      this.unsent.value.length === 0 &&
      !this.messages.value.some(({ direction }) => direction === 'in'),
  );
  readonly isKnown = signal(false);

  #token: string | null = null;
  #lastEventId = '0';
  #isFlushing = false;
  #toldTypingAt = 0;
  #typingEnds: ReturnType<typeof setTimeout> | undefined;
  #renewing: ReturnType<typeof setTimeout> | undefined;
  /** For whom the page vouches; not kept, because its word ages. */
  #vouched: Vouched | null = null;
  /** What the page says of the visitor. */
  #said: Said = {};
  /** What is on its way, or was refused, and in which conversation. */
  #handed = '';
  /** The visitor wants no more of what is being written. */
  #isStopped = false;
  #leaving = new AbortController();
  #wake: () => void = () => undefined;

  constructor(
    readonly server: Server,
    readonly kept: Kept,
    private readonly options: { channel: string; locale: () => string; tell: Tell },
  ) {
    this.look.value = kept.look;
    addEventListener('online', () => this.#wake());
    addEventListener('offline', () => this.#wake());
    this.#showThread();
  }

  /** Whether there is something to come back to. */
  get hasPast(): boolean {
    const { token, unsent } = this.kept.current;
    return token !== null || unsent.length > 0;
  }

  /** The token of the session, for files; null while there is none. */
  get token(): string | null {
    return this.#token;
  }

  /** Gets in touch, and stays in touch for as long as the page lives. */
  connect(): void {
    if (this.connection.value !== 'idle') return;
    this.connection.value = 'connecting';
    void this.#run(this.#leaving.signal);
  }

  /** Says something: kept first, then sent. */
  say(parts: Content[]): void {
    this.connect();
    const unsent = { clientId: newId(), parts };
    const preview = previewOf(parts);
    const { id, unsent: before } = this.kept.current;
    this.kept.change(id, { unsent: [...before, unsent], at: Date.now(), ...(preview !== '' && { preview }) });
    this.unsent.value = [...this.unsent.value, unsent];
    this.options.tell('sent', {});
    const score = scoreIn(parts);
    if (score !== null) this.options.tell('csat', { score });
    void this.#flush();
  }

  /**
   * Hands in what was asked before the conversation.
   *
   * @throws Refused with the words of the server; another error without a connection
   */
  async introduce(fields: Record<string, string>): Promise<void> {
    await this.server.form(this.#token ?? '', { fields });
    this.kept.visitor = { isKnown: true, answers: {} };
    this.isKnown.value = true;
  }

  /** Tries again what the server refused, or forgets it. */
  settleRefused(clientId: string, isTriedAgain: boolean): void {
    const refused = this.unsent.value.find((each) => each.clientId === clientId);
    this.unsent.value = this.unsent.value.filter((each) => each.clientId !== clientId);
    if (refused && isTriedAgain) this.say(refused.parts);
  }

  /** Tells that the visitor is typing, now and then. */
  typing(): void {
    if (this.#token === null || performance.now() - this.#toldTypingAt < TYPING_EVERY_MS) return;
    this.#toldTypingAt = performance.now();
    this.server.tell(this.#token, 'typing.started');
  }

  /** Wants no more of the answer that is being written; what was shown of it stands. */
  stop(): void {
    if (this.#token !== null) this.server.tell(this.#token, 'answer.stopped');
    this.#isStopped = true;
    this.isAnswering.value = false;
    this.isTyping.value = false;
  }

  /** Everything heard so far was seen. */
  markRead(): void {
    const seq = lastHeardSeq(this.messages.peek());
    if (seq <= this.readSeq.peek()) return;
    this.readSeq.value = seq;
    this.kept.change(this.threadId.peek(), { readSeq: seq });
  }

  /** Goes to another conversation; without an id, to a new one. */
  goTo(id?: string): void {
    const { person } = this.kept.current;
    if (id === undefined) this.kept.begin({ person, isFurther: person !== '' });
    else this.kept.show(id);
    this.#showThread();
    this.connect();
  }

  /** Goes on as somebody for whom the page vouches: where they spoke last, on whatever device. Nobody else's words stay here. */
  identify(vouched: Vouched): void {
    const { person } = vouched;
    // What was said of somebody else is not said of them.
    if (this.#vouched && this.#vouched.person !== person) this.#said = {};
    this.#vouched = vouched;
    this.kept.keepOnly(person);
    const { current } = this.kept;
    if (current.person === person && current.token !== null) return this.connect();
    const theirs = this.kept.threads.find((each) => each.person === person);
    if (theirs) this.kept.show(theirs.id);
    // What was written before anybody was in touch is theirs.
    else if (current.token === null) this.kept.change(current.id, { person });
    else this.kept.begin({ person, draft: current.preview === '' ? current.draft : '' });
    this.#showThread();
    this.connect();
  }

  /** Passes on what the page says of the visitor, now or once somebody is in touch. It opens no conversation, and proves nothing. */
  describe(said: Said): void {
    this.#said = { ...this.#said, ...said };
    if (this.#token !== null) this.#describe();
  }

  /** Goes on with the session that a client token opens, from the page's own server. */
  resume(token: string): void {
    if (this.kept.current.token !== token) this.kept.change(this.kept.begin().id, { token });
    this.#showThread();
    this.connect();
  }

  /** Forgets the visitor, here and at the server: nobody goes on with what they have said. */
  reset(): void {
    for (const { token } of this.kept.threads) if (token !== null) this.server.tell(token, 'session.ended');
    this.kept.clear();
    this.#vouched = null;
    this.#said = {};
    this.#showThread();
  }

  /** Leaves the line to the conversation before, if there is one, and shows what is kept of the current one. */
  #showThread(): void {
    this.#leaving.abort();
    clearTimeout(this.#renewing);
    this.#leaving = new AbortController();
    const { id, readSeq, unsent, token } = this.kept.current;
    this.#token = token;
    this.#lastEventId = '0';
    this.#isFlushing = false;
    this.connection.value = 'idle';
    this.messages.value = [];
    this.unsent.value = unsent;
    this.readSeq.value = readSeq;
    this.threadId.value = id;
    this.isKnown.value = this.kept.visitor.isKnown;
    this.#quiet();
  }

  async #run(leaving: AbortSignal): Promise<void> {
    for (let pauseMs = PAUSE_MS.first; !leaving.aborted;) {
      const began = performance.now();
      const patience = setTimeout(() => this.#setConnection('offline', leaving), PATIENCE_MS);
      try {
        await this.#visit(leaving, () => clearTimeout(patience));
      } catch (error) {
        if (leaving.aborted) return;
        if (error instanceof Refused && error.isOver) this.#forget(error.status);
        else this.#setConnection('offline', leaving);
        pauseMs = error instanceof Refused && error.retryAfterMs ? error.retryAfterMs : pauseMs;
        if (error instanceof Refused) this.options.tell('error', { reason: error.detail });
      } finally {
        clearTimeout(patience);
      }
      // A connection that held for a while has earned a quick return.
      if (performance.now() - began > PAUSE_MS.last) pauseMs = PAUSE_MS.first;
      await this.#pause(pauseMs, leaving);
      pauseMs = Math.min(pauseMs * 2, PAUSE_MS.last);
    }
  }

  /** One connection: session, what was missed, what is unsent, and then what happens. */
  async #visit(leaving: AbortSignal, onReached: () => void): Promise<void> {
    const thread = this.kept.current;
    const known = thread.token === null ? this.#known(thread) : undefined;
    const session = await this.server.open(this.options.channel, thread.token, this.options.locale(), known);
    if (leaving.aborted) return;
    this.#opened(thread.id, session, leaving);
    if (this.#lastEventId === '0') await this.#load(leaving);
    const gone = new AbortController();
    this.#wake = () => gone.abort();
    const opened = (): void => {
      onReached();
      this.#setConnection('online', leaving);
      this.#describe();
      void this.#flush();
    };
    const heard = (event: StreamEvent): void => {
      if (!leaving.aborted) this.#heard(event);
    };
    const signal = AbortSignal.any([gone.signal, leaving]);
    await this.server.stream(session.client_token, this.#lastEventId, opened, heard, signal);
  }

  /** What a new session says of the person; a person of whom the page says nothing any more is anonymous again. */
  #known({ id, person, isFurther }: KeptThread): { identity: Identity; topic?: string } | undefined {
    if (person === '') return undefined;
    if (this.#vouched?.person === person)
      return { identity: this.#vouched.identity, ...(isFurther && { topic: id }) };
    this.kept.change(id, { person: '' });
    return undefined;
  }

  #opened(threadId: string, session: WidgetSession, leaving: AbortSignal): void {
    this.#token = session.client_token;
    this.kept.change(threadId, { token: session.client_token });
    this.look.value = session.look;
    this.kept.look = session.look;
    this.#handed = '';
    this.#describe();
    const halfMs = (Date.parse(session.expires_at) - Date.now()) / 2;
    this.#renewLater(threadId, Math.min(Math.max(halfMs, RENEW_MIN_MS), RENEW_MAX_MS), leaving);
  }

  /** Hands in what is said of the visitor, once for each conversation. */
  #describe(): void {
    const { id, said = '{}' } = this.kept.current;
    const words = JSON.stringify(this.#said);
    const handed = `${id} ${words}`;
    if (words === said || handed === this.#handed) return;
    this.#handed = handed;
    this.server.form(this.#token ?? '', { said: this.#said }).then(
      () => this.kept.change(id, { said: words }),
      (error: unknown) => {
        if (error instanceof Refused) this.options.tell('error', { reason: error.detail });
        // Without a connection it goes out with the next one.
        else this.#handed = '';
      },
    );
  }

  /** A page that stays open does not lose its session: a new token comes in time, and nobody notices. */
  #renewLater(threadId: string, ms: number, leaving: AbortSignal): void {
    clearTimeout(this.#renewing);
    this.#renewing = setTimeout(() => {
      this.server
        .open(this.options.channel, this.#token, this.options.locale())
        .then((session) => !leaving.aborted && this.#opened(threadId, session, leaving))
        .catch(() => !leaving.aborted && this.#renewLater(threadId, RENEW_MIN_MS, leaving));
    }, ms);
  }

  async #load(leaving: AbortSignal): Promise<void> {
    const { data, last_seq } = await this.server.messages(this.#token ?? '');
    if (leaving.aborted) return;
    this.messages.value = data.toSorted((a, b) => a.seq - b.seq);
    this.#lastEventId = String(last_seq);
    this.#settle();
  }

  #heard({ id, type, data: { data } }: StreamEvent): void {
    if (id !== undefined && id !== '') this.#lastEventId = id;
    const { message } = data as { message?: WidgetMessage };
    if (type === 'stream.reset') void this.#load(this.#leaving.signal);
    if (type === 'turn.started') this.#isStopped = false;
    if (type === 'typing.started' || type === 'turn.started') this.#typing();
    if (type === 'message.delta' && !this.#isStopped)
      this.delta.value = withDelta(this.delta.value, data as { text?: string });
    if (/^(turn.started|message.delta)$/.test(type)) this.isAnswering.value = !this.#isStopped;
    if (/^(typing.stopped|turn.(completed|failed))$/.test(type)) this.#quiet();
    if (message) this.#take(message, type === 'message.created');
  }

  #take(message: WidgetMessage, isNew: boolean): void {
    const isHeard = isNew && message.direction === 'out';
    const hadPerson = this.hasPerson.value;
    this.messages.value = withMessage(this.messages.value, message);
    this.#settle();
    if (isNew) this.#preview(message);
    if (!isHeard) return;
    this.#quiet();
    this.options.tell('message', { message });
    if (this.hasPerson.value && !hadPerson) this.options.tell('handoff', {});
  }

  #preview({ parts }: WidgetMessage): void {
    const preview = previewOf(parts);
    if (preview !== '') this.kept.change(this.threadId.value, { preview, at: Date.now() });
  }

  #typing(): void {
    this.isTyping.value = true;
    clearTimeout(this.#typingEnds);
    this.#typingEnds = setTimeout(() => this.#quiet(), TYPING_LASTS_MS);
  }

  #quiet(): void {
    clearTimeout(this.#typingEnds);
    this.isTyping.value = false;
    this.isAnswering.value = false;
    this.#isStopped = false;
    this.delta.value = null;
  }

  /** What comes back in the stream was taken, even if the answer to its sending was lost. */
  #settle(): void {
    const { id, unsent } = this.kept.current;
    const left = stillUnsent(unsent, this.messages.value);
    if (left.length < unsent.length) this.kept.change(id, { unsent: left });
    this.unsent.value = stillUnsent(this.unsent.value, this.messages.value);
  }

  /** Sends what is unsent, one after the other; what fails stays for the next connection. */
  async #flush(): Promise<void> {
    const token = this.#token;
    const leaving = this.#leaving.signal;
    if (this.#isFlushing || token === null || this.connection.value === 'idle') return;
    this.#isFlushing = true;
    try {
      for (let next = this.kept.current.unsent[0]; next; next = this.kept.current.unsent[0]) {
        await this.#send(token, next, leaving);
        if (leaving.aborted) return;
      }
    } catch {
      // The line is made anew, and whatever is left goes out then.
      this.#setConnection('offline', leaving);
      if (!leaving.aborted) this.#wake();
    } finally {
      if (!leaving.aborted) this.#isFlushing = false;
    }
  }

  async #send(token: string, { clientId, parts }: Unsent, leaving: AbortSignal): Promise<void> {
    const { id } = this.kept.current;
    const before = this.connection.value;
    const patience = setTimeout(() => this.#setConnection('offline', leaving), PATIENCE_MS);
    try {
      await this.server.send(token, clientId, parts);
      this.#setConnection(before, leaving);
    } catch (error) {
      if (!(error instanceof Refused && error.isFinal)) throw error;
      const refusal = error.detail;
      this.unsent.value = this.unsent.value.map((each) =>
        each.clientId === clientId ? { ...each, refusal } : each,
      );
    } finally {
      clearTimeout(patience);
    }
    const thread = this.kept.threads.find((each) => each.id === id);
    this.kept.change(id, { unsent: thread?.unsent.filter((each) => each.clientId !== clientId) ?? [] });
  }

  /** The session is over: the next one begins a new conversation in the same place. */
  #forget(status: number): void {
    // The server does not believe the page: the visitor is nobody in particular, and can speak all the same.
    if (this.kept.current.token === null && status === 401) this.#vouched = null;
    this.kept.change(this.threadId.value, { token: null, readSeq: 0 });
    this.#token = null;
    this.#lastEventId = '0';
    this.messages.value = [];
    this.readSeq.value = 0;
  }

  #setConnection(state: Connection, leaving: AbortSignal): void {
    if (!leaving.aborted) this.connection.value = state;
  }

  #pause(ms: number, leaving: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        leaving.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
      leaving.addEventListener('abort', done, { once: true });
    });
  }
}

/** The score in what was said, where it is the answer to how it was. */
function scoreIn(parts: readonly Content[]): number | null {
  const [part] = parts;
  const isScore = part?.type === 'choice_taken' && /^csat\/[1-5]$/.test(part.option_id);
  return isScore ? Number(part.option_id.slice(csatOption.prefix.length)) : null;
}
