import type { ConversationId, InboxEvent, WorkspaceId } from '#libs/model';
import type { BellTopics } from '#libs/queue';
import type { InboxList, InboxReader, Operators } from '#libs/store';
import type { SseBody } from '../http/sse.js';

/** Pause after a ring, in milliseconds: what changes meanwhile is told together. */
const GATHER_MS = 60;
/** A commit stands in the log under the time of its beginning: so far back a look begins, in milliseconds. */
const OVERLAP_MS = 20_000;
/** Changes that are worth telling one by one; more are a reset. */
const CHANGED_MAX = 300;
/** A reader that was away for longer reads the list again, in milliseconds. */
const AWAY_MAX_MS = 6 * 3_600_000;

/** The inbox of one workspace, and who watches it. */
export class WorkspaceInbox {
  readonly #readers = new Map<SseBody, InboxReader>();
  /** Positions that have been told, by conversation. */
  readonly #told = new Map<ConversationId, number>();
  #touched = new Set<ConversationId>();
  #isFlushing = false;
  #presence = '';
  #isLooking = false;
  /** The time up to which everything has been told. */
  #at = new Date();

  constructor(
    readonly workspaceId: WorkspaceId,
    private readonly inbox: Pick<InboxList, 'some' | 'changedSince'>,
    private readonly operators: Pick<Operators, 'present'>,
    private readonly report: (error: unknown) => void,
  ) {}

  /** Whether nobody watches. */
  get isIdle(): boolean {
    return this.#readers.size === 0;
  }

  /** Adds a reader, and tells it what changed since it was here. @throws Fault `store/unavailable` */
  async add(body: SseBody, reader: InboxReader, after: string | undefined): Promise<void> {
    // First it listens, then it is told what it missed: what happens in between comes twice, never not at all.
    this.#readers.set(body, reader);
    const at = after === undefined || !/^\d{13}$/.test(after) ? null : Number(after);
    const isAway = after !== undefined && (at === null || Math.abs(Date.now() - at) > AWAY_MAX_MS);
    const since = new Date((at === null || isAway ? Date.now() : at) - OVERLAP_MS);
    const { now, changed } = await this.inbox.changedSince(this.workspaceId, since, CHANGED_MAX);
    const isReset = isAway || changed.size >= CHANGED_MAX;
    if (this.#readers.size === 1) this.#at = now;
    if (isReset) send(body, 'stream.reset', {}, now);
    // Who has just read the list is told what changed while it was being read.
    else await this.#tellSome(body, reader, [...changed.keys()], now);
  }

  remove(body: SseBody): void {
    this.#readers.delete(body);
  }

  /** A conversation may have changed. */
  touch(conversationId: ConversationId): void {
    this.#touched.add(conversationId);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    void this.#flushSoon();
  }

  onRing({ changed, conversationId }: BellTopics['inbox']): void {
    if (changed === 'notes' && conversationId) this.tell('inbox.notes', { conversation_id: conversationId });
    if (changed === 'read' && conversationId) this.touch(conversationId);
    if (changed === 'presence') void this.#tellPresence();
  }

  /** Tells every reader something that stands in no log. */
  tell<Type extends InboxEvent['type']>(type: Type, data: Extract<InboxEvent, { type: Type }>['data']): void {
    for (const body of this.#readers.keys()) send(body, type, data);
  }

  /** Tells what a lost ring has not, and who has gone without a word. */
  async look(): Promise<void> {
    if (this.#isLooking || this.isIdle) return;
    this.#isLooking = true;
    try {
      const since = new Date(this.#at.getTime() - OVERLAP_MS);
      const { now, changed } = await this.inbox.changedSince(this.workspaceId, since, CHANGED_MAX);
      for (const [id, seq] of changed) if ((this.#told.get(id) ?? 0) < seq) this.touch(id);
      this.#at = now;
      await this.#tellPresence();
      if (this.#told.size > 10 * CHANGED_MAX) this.#told.clear();
    } catch (error) {
      this.report(error);
    } finally {
      this.#isLooking = false;
    }
  }

  end(): void {
    for (const body of this.#readers.keys()) body.finish();
    this.#readers.clear();
  }

  async #flushSoon(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    const ids = [...this.#touched];
    this.#touched = new Set();
    this.#isFlushing = false;
    try {
      await this.#tellAll(ids);
    } catch (error) {
      this.report(error);
    }
  }

  /** One question per operator, however many windows they have. */
  async #tellAll(ids: readonly ConversationId[]): Promise<void> {
    const byOperator = new Map<string, { reader: InboxReader; bodies: SseBody[] }>();
    for (const [body, reader] of this.#readers) {
      const known = byOperator.get(reader.operator);
      if (known) known.bodies.push(body);
      else byOperator.set(reader.operator, { reader, bodies: [body] });
    }
    for (const { reader, bodies } of byOperator.values()) {
      const items = await this.inbox.some(this.workspaceId, ids, reader);
      for (const item of items) {
        this.#told.set(item.id, item.last_seq);
        for (const body of bodies) send(body, 'inbox.conversation', { conversation: item }, this.#at);
      }
    }
  }

  async #tellSome(
    body: SseBody,
    reader: InboxReader,
    ids: readonly ConversationId[],
    at: Date,
  ): Promise<void> {
    const items = await this.inbox.some(this.workspaceId, ids, reader);
    for (const conversation of items) send(body, 'inbox.conversation', { conversation }, at);
    send(body, 'inbox.presence', { data: await this.#present() }, at);
  }

  #present() {
    return this.operators.present(this.workspaceId);
  }

  async #tellPresence(): Promise<void> {
    try {
      const data = await this.#present();
      const print = JSON.stringify(data);
      if (print === this.#presence) return;
      this.#presence = print;
      this.tell('inbox.presence', { data });
    } catch (error) {
      this.report(error);
    }
  }
}

function send(body: SseBody, type: InboxEvent['type'], data: object, at?: Date): void {
  body.send({ id: at?.getTime(), event: type, data: { type, data } });
}
