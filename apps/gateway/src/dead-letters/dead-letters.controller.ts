import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { fault } from '#libs/faults';
import {
  type DeadLetter,
  DeadLetterList,
  DeadLetterReplay,
  isId,
  Page,
  ProviderError,
  ReplayDeadLetters,
} from '#libs/model';
import { type DeadDelivery, type DeadInboxEvent, DeadLetters, type PageOf } from '#libs/store';
import { z } from 'zod';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { ReplayService } from './replay-service.js';

/** So many are replayed in one call. */
const REPLAYED_MAX = 500;

const DeadLetterPage = Page.extend({
  kind: z
    .enum(['inbox_event', 'delivery'])
    .default('delivery')
    .describe('delivery: what should go out · inbox_event: what came in'),
});

@ApiTags('Operations')
@ApiBearerAuth()
@Problems()
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly replays: ReplayService,
  ) {}

  /** Lists what was given up. */
  @Get()
  @Scopes('trace:read')
  @Answers(200, DeadLetterList, 'A page of dead letters')
  async list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: DeadLetterPage }) { kind, ...page }: z.infer<typeof DeadLetterPage>,
  ): Promise<PageOf<DeadLetter>> {
    if (kind === 'delivery') {
      const found = await this.deadLetters.deliveries(workspaceId, page);
      return { ...found, data: found.data.map(ofDelivery) };
    }
    const found = await this.deadLetters.inboxEvents(workspaceId, page);
    return { ...found, data: found.data.map(ofInboxEvent) };
  }

  /** Tries many again, the oldest first; with `dry_run` it only counts them. */
  @Post('replay')
  @Scopes('messages:write')
  @IdempotencyHeader()
  @Answers(202, DeadLetterReplay, 'How many are queued again')
  async replayMany(
    @Caller() caller: Principal,
    @Body({ schema: ReplayDeadLetters }) body: ReplayDeadLetters,
  ): Promise<DeadLetterReplay> {
    const { kind, channel_id: channelId, status, dry_run: isDry } = body;
    const before = body.before === undefined ? undefined : new Date(body.before);
    const filter = { kind, channelId, status, before };
    const found = await this.deadLetters.replayable(caller.workspaceId, filter, REPLAYED_MAX + 1);
    const chosen = found.slice(0, REPLAYED_MAX);
    if (!isDry) for (const id of chosen) await this.#replay(caller, id);
    return { count: chosen.length, has_more: found.length > chosen.length };
  }

  /** Tries again: what came in is read or handled once more, what should go out is queued under the same key. */
  @Post(':id/replay')
  @Scopes('messages:write')
  @IdempotencyHeader()
  @Answers(202, null, 'It is queued again')
  async replay(@Caller() caller: Principal, @Param('id') id: string): Promise<void> {
    await this.#replay(caller, id);
  }

  /** Records that a part of which nobody knew went out after all: its message stops being unknown. */
  @Post(':id/mark-sent')
  @Scopes('messages:write')
  @IdempotencyHeader()
  @Answers(204, null, 'It counts as sent')
  async markSent(@Caller() caller: Principal, @Param('id') id: string): Promise<void> {
    if (!isId('delivery', id)) throw fault('state/not-found');
    await this.deadLetters.markSent(caller.workspaceId, id, actorOf(caller));
  }

  async #replay(caller: Principal, id: string): Promise<void> {
    const actor = actorOf(caller);
    if (isId('delivery', id)) return this.deadLetters.replayDelivery(caller.workspaceId, id, actor);
    if (isId('inboxEvent', id)) return this.replays.replay(caller.workspaceId, id, actor);
    throw fault('state/not-found');
  }
}

function ofDelivery(dead: DeadDelivery): DeadLetter {
  const words = dead.error?.['text'] ?? dead.error?.['message'] ?? dead.error?.['code'];
  return {
    id: dead.deliveryId,
    kind: 'delivery',
    status: dead.status,
    reason: typeof words === 'string' ? words : null,
    provider: ProviderError.safeParse(dead.error?.['provider']).data ?? null,
    channel_id: dead.channelId,
    conversation_id: dead.conversationId,
    message_id: dead.messageId,
    attempts: dead.attempts,
    at: dead.createdAt.toISOString(),
  };
}

function ofInboxEvent(dead: DeadInboxEvent): DeadLetter {
  return {
    id: dead.inboxEventId,
    kind: 'inbox_event',
    status: dead.status,
    reason: dead.reason,
    provider: null,
    channel_id: dead.channelId,
    conversation_id: null,
    message_id: null,
    attempts: dead.attempts,
    at: dead.receivedAt.toISOString(),
  };
}
