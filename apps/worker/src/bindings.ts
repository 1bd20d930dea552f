import { Injectable } from '@nestjs/common';
import { BotCore, flowPlaceOf, heldVersion, knowledge, standardRowOf } from '#libs/bot';
import { CommitSignals, ReplyPlanner, TurnRunner, type MailboxDrain } from '#libs/inbound';
import type { BotId, ConversationId, JsonObject, Turn, TurnResult } from '#libs/model';
import type { MediaFetcher } from '#libs/media';
import { planDeliveries, type DeliverySender } from '#libs/outbound';
import { Bell, drainMailboxes, JobHandler, sendDeliveries } from '#libs/queue';
import type { ErrandRunner } from './errands/errand-runner.js';
import { AgentWorld } from './agent/agent-world.js';
import { livePreview } from './agent/live-preview.js';
import { StopBell } from './agent/stop-bell.js';
import { KnowledgeDesk } from './knowledge/knowledge-desk.js';

/** Where the rooms meet: each port of one is bound to the other here, so that none knows another. */

@Injectable()
export class BotRunner extends TurnRunner {
  readonly #core: BotCore;
  readonly #stops: StopBell;

  constructor(
    private readonly world: AgentWorld,
    private readonly desk: KnowledgeDesk,
    private readonly bell: Bell,
  ) {
    super();
    const { approvals, agent } = world.agent;
    this.#stops = new StopBell(bell);
    this.#core = new BotCore(standardRowOf({ behindIntents: [approvals, knowledge, agent] }));
  }

  async answer(turn: Turn): Promise<TurnResult> {
    const { conversationId } = turn.conversation;
    const live = livePreview(this.bell, conversationId);
    const prepared = this.desk.prepared(await this.world.prepared(turn));
    const result = await this.#stops.during(conversationId, (stopped) =>
      this.#core.answer({ ...prepared, stopped }, live),
    );
    await this.world.keep(turn, result.effects);
    await this.desk.noteGap(turn, result);
    const waitsAt = flowPlaceOf(result.state);
    return waitsAt ? { ...result, waitsAt } : result;
  }

  heldVersion(state: JsonObject, botId: BotId): number | null {
    return heldVersion(state, botId, Date.now());
  }
}

@Injectable()
export class OutboundPlanner extends ReplyPlanner {
  plan(...args: Parameters<ReplyPlanner['plan']>): ReturnType<ReplyPlanner['plan']> {
    return planDeliveries(...args).deliveries;
  }
}

/** Tells streams that something changed, and this worker's own sender that there is something to send. */
@Injectable()
export class WorkerSignals extends CommitSignals {
  sender: DeliverySender | undefined;
  fetcher: MediaFetcher | undefined;
  errands: ErrandRunner | undefined;

  constructor(private readonly bell: Bell) {
    super();
  }

  committed({
    conversationId,
    hasDeliveries,
    hasMedia = false,
    hasErrands = false,
  }: {
    conversationId: ConversationId;
    hasDeliveries: boolean;
    hasMedia?: boolean;
    hasErrands?: boolean;
  }): void {
    if (hasDeliveries) void this.sender?.poke();
    if (hasMedia) void this.fetcher?.poke();
    if (hasErrands) void this.errands?.poke();
    this.bell.ring('conversation', { ids: [conversationId] });
  }

  thinking(conversationId: ConversationId): void {
    this.bell.ring('live', { conversationId, type: 'turn.started', data: {} });
  }
}

export class DrainHandler extends JobHandler<{ v: 1; shard: number }> {
  readonly job = drainMailboxes;

  constructor(private readonly drain: MailboxDrain) {
    super();
  }

  handle(): Promise<void> {
    return this.drain.poke();
  }
}

export class SendHandler extends JobHandler<{ v: 1; shard: number }> {
  readonly job = sendDeliveries;

  constructor(private readonly sender: DeliverySender) {
    super();
  }

  handle(): Promise<void> {
    return this.sender.poke();
  }
}
