import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { WorkspaceId } from '#libs/model';
import { Logger, Metrics } from '#libs/observe';
import { Bell, type BellTopics } from '#libs/queue';
import { InboxList, type InboxReader, Operators } from '#libs/store';
import { InFlight } from '../http/in-flight.js';
import { SseBody } from '../http/sse.js';
import { WorkspaceInbox } from './workspace-inbox.js';

/** How often the database is asked whether a ring was lost, and who has gone. */
const LOOK_EVERY_MS = 3_000;

/**
 * The inboxes that are watched through this process. What is told is how things are now, under the time of the look: a reader
 * that comes back is told everything that changed since, perhaps twice, never not at all.
 */
@Injectable()
export class InboxStreams implements OnModuleDestroy {
  readonly #inboxes = new Map<WorkspaceId, WorkspaceInbox>();
  readonly #silence: (() => void)[];
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly inbox: InboxList,
    private readonly operators: Operators,
    private readonly inFlight: InFlight,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
    bell: Bell,
  ) {
    this.#silence = [
      bell.listen('conversation', ({ ids }) => void this.#onConversations(ids)),
      bell.listen('live', (said) => void this.#onLive(said)),
      bell.listen('inbox', (said) => this.#inboxes.get(said.workspaceId)?.onRing(said)),
    ];
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
    this.inFlight.stopping.addEventListener('abort', () => this.onModuleDestroy());
  }

  /**
   * Streams the inbox of a workspace.
   *
   * @param after  the `id` of the last event that the reader has; undefined begins now. One that is too old, or no number,
   *   begins now with `stream.reset`
   */
  async open(workspaceId: WorkspaceId, reader: InboxReader, after: string | undefined): Promise<SseBody> {
    const inbox = this.#inboxOf(workspaceId);
    const body = new SseBody();
    this.metrics.openStreams.inc();
    body.once('close', () => {
      this.metrics.openStreams.dec();
      inbox.remove(body);
      if (inbox.isIdle && this.#inboxes.get(workspaceId) === inbox) this.#inboxes.delete(workspaceId);
    });
    await inbox.add(body, reader, after);
    return body;
  }

  /** The process stops: every reader comes back elsewhere, and resumes. */
  onModuleDestroy(): void {
    clearInterval(this.#timer);
    for (const silence of this.#silence) silence();
    for (const inbox of this.#inboxes.values()) inbox.end();
    this.#inboxes.clear();
  }

  #inboxOf(workspaceId: WorkspaceId): WorkspaceInbox {
    const known = this.#inboxes.get(workspaceId);
    if (known) return known;
    const made = new WorkspaceInbox(workspaceId, this.inbox, this.operators, (error) =>
      this.logger.fault(error, { during: 'following an inbox' }),
    );
    this.#inboxes.set(workspaceId, made);
    return made;
  }

  async #onConversations(ids: BellTopics['conversation']['ids']): Promise<void> {
    if (this.#inboxes.size === 0) return;
    try {
      // The bell rings for all workspaces together: one question says whose these are.
      const owners = await this.inbox.workspacesOf([...this.#inboxes.keys()], ids);
      for (const [conversationId, workspaceId] of owners)
        this.#inboxes.get(workspaceId)?.touch(conversationId);
    } catch (error) {
      // The look finds them.
      this.logger.fault(error, { during: 'hearing of conversations' });
    }
  }

  async #onLive({ conversationId, type, data }: BellTopics['live']): Promise<void> {
    if (this.#inboxes.size === 0 || !type.startsWith('typing.') || data['by'] !== 'contact') return;
    const owners = await this.inbox
      .workspacesOf([...this.#inboxes.keys()], [conversationId])
      .catch(() => new Map<string, WorkspaceId>());
    for (const workspaceId of owners.values()) {
      this.#inboxes.get(workspaceId)?.tell('inbox.typing', {
        conversation_id: conversationId,
        is_typing: type === 'typing.started',
      });
    }
  }

  #look(): void {
    for (const inbox of this.#inboxes.values()) void inbox.look();
  }
}
