import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelId, ConversationId, JsonObject, LiveEventType, WorkspaceId } from '#libs/model';
import { Listener } from '#libs/store';
import { keyPrefix, type QueueConnection } from './connection.js';

/** What can be rung, and what is said with it. */
export interface BellTopics {
  /** These conversations have new events in their log. */
  conversation: { ids: ConversationId[] };
  /** Something to be heard now or not at all. */
  live: { conversationId: ConversationId; type: LiveEventType; data: JsonObject };
  /** The person of this conversation wants no more of the answer that is being written. */
  stop: { conversationId: ConversationId };
  /** Whoever holds the connection of this channel is asked for something. */
  connection: { channelId: ChannelId; command: string };
  /** Among the operators of a workspace something changed that stands in no log. */
  inbox: {
    workspaceId: WorkspaceId;
    changed: 'notes' | 'presence' | 'read';
    conversationId?: ConversationId;
  };
}
export type BellTopic = keyof BellTopics;
type Hearer<Topic extends BellTopic> = (said: BellTopics[Topic]) => void;

/** PostgreSQL takes payloads under 8000 bytes; an id has 31 characters and its quotes. */
const IDS_PER_RING = 200;
const LIVE_BYTES_MAX = 7_900;
/** Pause after a ring, in milliseconds: what changes meanwhile is rung together. */
const GATHER_MS = 4;

/**
 * Tells every process that something happened, best effort: whoever must not miss anything reads the event log too.
 * On Redis it is publish and subscribe, on PostgreSQL notify and listen.
 */
export class Bell {
  readonly #hearers = new Map<BellTopic, Set<Hearer<never>>>();
  /** By topic that somebody listens to: how to stop. */
  readonly #stops = new Map<BellTopic, () => Promise<void>>();
  #pending = new Set<ConversationId>();
  #isFlushing = false;

  constructor(
    private readonly connection: QueueConnection,
    private readonly databaseUrl: string,
  ) {}

  /** Rings and returns at once; a bell that cannot be rung is a delay, not an error. */
  ring<Topic extends BellTopic>(topic: Topic, said: BellTopics[Topic]): void {
    if (topic === 'conversation') {
      for (const id of (said as BellTopics['conversation']).ids) this.#pending.add(id);
      if (!this.#isFlushing && this.#pending.size > 0) {
        this.#isFlushing = true;
        setImmediate(() => void this.#flush());
      }
      return;
    }
    const payload = JSON.stringify(said);
    if (Buffer.byteLength(payload) <= LIVE_BYTES_MAX)
      void this.connection.publish(topic, payload).catch(() => undefined);
  }

  /** @returns how to stop hearing */
  listen<Topic extends BellTopic>(topic: Topic, hear: Hearer<Topic>): () => void {
    this.#start(topic);
    const hearers = this.#hearers.get(topic) ?? new Set();
    hearers.add(hear);
    this.#hearers.set(topic, hearers);
    return () => hearers.delete(hear);
  }

  /** Whether a ring would go out at this moment. */
  canRing(): Promise<boolean> {
    return this.connection.publish('ping', '{}').then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#stops.values()].map((stop) => stop()));
  }

  /** Everything that was rung since the last time goes together. */
  async #flush(): Promise<void> {
    while (this.#pending.size > 0) {
      const ids = [...this.#pending];
      this.#pending = new Set();
      for (let at = 0; at < ids.length; at += IDS_PER_RING) {
        const payload = JSON.stringify({ ids: ids.slice(at, at + IDS_PER_RING) });
        await this.connection.publish('conversation', payload).catch(() => undefined);
      }
      await sleep(GATHER_MS);
    }
    this.#isFlushing = false;
  }

  /** A connection for each topic that somebody listens to, and none for the others. */
  #start(topic: BellTopic): void {
    if (this.#stops.has(topic)) return;
    const redis = this.connection.subscriber();
    if (redis) {
      redis.on('message', (_channel: string, payload: string) => this.#heard(topic, payload));
      void redis.subscribe(`${keyPrefix}:${topic}`).catch(() => undefined);
      this.#stops.set(topic, async () => {
        redis.disconnect();
        await Promise.resolve();
      });
      return;
    }
    const listener = new Listener(this.databaseUrl, `${keyPrefix}_${topic}`, (payload) =>
      this.#heard(topic, payload),
    );
    listener.start();
    this.#stops.set(topic, () => listener.close());
  }

  #heard(topic: BellTopic, payload: string): void {
    let said: unknown;
    try {
      said = JSON.parse(payload);
    } catch {
      return; // someone else's words on our channel
    }
    for (const hear of this.#hearers.get(topic) ?? []) hear(said as never);
  }
}
