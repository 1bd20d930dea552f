import { Injectable } from '@nestjs/common';
import { Fault, toFault } from '#libs/faults';
import {
  newId,
  uuidOf,
  type BotDefinition,
  type Effect,
  type Turn,
  type TraceStep,
  type TurnResult,
} from '#libs/model';
import {
  Bots,
  Mailboxes,
  type CommitItem,
  type LoadedChannel,
  type OpenConversation,
  type OpenMailbox,
} from '#libs/store';
import { ReplyPlanner, TurnRunner } from './ports.js';
import { turnFacts } from './turn-facts.js';
import type { TurnScope } from './turn-scope.js';

/** The part of a commit that a turn brings. */
export type TurnPart = Pick<CommitItem, 'messages' | 'deliveries' | 'log' | 'errands' | 'contactFields'> & {
  turn?: CommitItem['turn'];
  conversation: Omit<NonNullable<CommitItem['conversation']>, 'conversationId'>;
};

/** Nobody answers by itself here: what was said waits for a person. */
const nobody: TurnPart = {
  messages: [],
  deliveries: [],
  log: [],
  conversation: { isAnswered: true, hasReplies: false },
};

/** Runs the bot over what a conversation has not been answered, and says what to write. */
@Injectable()
export class TurnStep {
  constructor(
    private readonly bots: Bots,
    private readonly mailboxes: Mailboxes,
    private readonly runner: TurnRunner,
    private readonly planner: ReplyPlanner,
  ) {}

  /**
   * One turn. Holds no transaction and no connection while the bot thinks.
   *
   * @throws Fault `store/unavailable`; whatever the bot's failure was, with its trace
   */
  async run(
    box: OpenMailbox,
    channel: LoadedChannel,
    conversation: OpenConversation,
    { asked, signals, later }: Pick<TurnScope, 'asked' | 'signals' | 'later'>,
    signal: AbortSignal,
  ): Promise<TurnPart> {
    if (!channel.botId) return nobody;
    const held = this.runner.heldVersion(conversation.botState, channel.botId);
    const bot = await this.bots.definitionOf(channel.workspaceId, channel.botId, held);
    if (!bot) return nobody;
    const startedAt = new Date().toISOString();
    const turn: Turn = {
      workspaceId: box.workspaceId,
      bot,
      conversation: {
        conversationId: conversation.conversationId,
        channelId: channel.channelId,
        owner: conversation.owner,
        state: conversation.botState,
        hasReplies: conversation.hasReplies,
      },
      contact: {
        contactId: conversation.contactId,
        name: conversation.contactName,
        attributes: conversation.attributes,
      },
      channel: { label: channel.name },
      messages: asked,
      ...(signals.length > 0 && { signals }),
      history: async (limit) => {
        const said = await this.mailboxes.history(box.workspaceId, conversation.conversationId, limit);
        return said.filter(({ messageId }) => !later.has(messageId));
      },
      signal,
    };
    const result = await this.runner.answer(turn);
    return this.#part(channel, { ...conversation, thread: box.thread! }, bot, startedAt, result);
  }

  #part(
    channel: LoadedChannel,
    conversation: OpenConversation & { thread: string },
    bot: Turn['bot'],
    startedAt: string,
    result: TurnResult,
  ): TurnPart {
    const turnId = newId('turn');
    const part: TurnPart = {
      messages: [],
      deliveries: [],
      log: [],
      turn: {
        turnId,
        botId: bot.botId,
        botVersion: bot.version,
        fromSeq: conversation.answeredSeq + 1,
        outcome: result.outcome,
        trace: result.trace,
        startedAt,
        endedAt: new Date().toISOString(),
      },
      conversation: {
        controlVersion: conversation.controlVersion,
        isAnswered: true,
        botState: result.state,
        hasReplies: result.replies.length > 0,
      },
    };
    for (const content of result.replies) {
      const messageId = newId('message');
      const deliveries = this.planner.plan(channel, conversation, content);
      part.messages.push({
        messageId,
        direction: 'out',
        author: 'bot',
        content,
        status: deliveries.length > 0 ? 'queued' : 'failed',
        turnId,
      });
      part.deliveries.push(
        ...deliveries.map((delivery) => ({ ...delivery, messageId, deliveryId: newId('delivery') })),
      );
      const data = {
        message: uuidOf(messageId),
        by: 'bot',
        bot: uuidOf(bot.botId),
        ...(deliveries.length === 0 && { status: 'failed' }),
      };
      part.log.push({ type: 'message.created', data });
    }
    part.errands = timerOf(channel, conversation, result);
    for (const effect of result.effects) takeEffect(part, effect, channel, bot);
    takeHandoff(part, bot.definition.handoff, channel, conversation);
    part.log.push({
      type: 'turn.completed',
      data: { turn: uuidOf(turnId), outcome: result.outcome, bot: uuidOf(bot.botId), ...turnFacts(result) },
    });
    return part;
  }
}

/** When the bot wants a turn by itself; where it once did and does no more, the instant is taken back. */
function timerOf(
  { channelId }: LoadedChannel,
  { botState }: OpenConversation,
  { wakesAt }: TurnResult,
): NonNullable<CommitItem['errands']> {
  if (wakesAt === undefined && Object.keys(botState).length === 0) return [];
  return [{ kind: 'timer', channelId, at: wakesAt ?? null }];
}

/** Where a hand-over goes by the settings of the bot, and when the bot has the conversation again if nobody takes it. */
function takeHandoff(
  part: TurnPart,
  handoff: BotDefinition['handoff'],
  { channelId }: LoadedChannel,
  { controlVersion }: OpenConversation,
): void {
  if (!handoff || part.conversation.owner !== 'queue') return;
  part.conversation.owner = handoff.to;
  for (const { type, data } of part.log) if (type === 'handoff.requested') data['to'] = handoff.to;
  if (handoff.wait_s === undefined) return;
  const at = new Date(Date.now() + handoff.wait_s * 1_000).toISOString();
  part.errands?.push({ kind: 'queue', channelId, at, controlVersion: controlVersion + 1 });
}

/** What is written for an effect; facts and questions to operators are kept by whoever ran the turn. */
function takeEffect(
  part: TurnPart,
  effect: Effect,
  { channelId }: LoadedChannel,
  { botId, version }: Turn['bot'],
): void {
  switch (effect.kind) {
    case 'hand-over': {
      const { to, reason, department } = effect;
      part.conversation.owner = to;
      part.log.push({ type: 'handoff.requested', data: { to, reason, ...(department && { department }) } });
      return;
    }
    case 'call': {
      const { kind: _, callId, ...call } = effect;
      part.errands?.push({ kind: 'call', channelId, callId, call: { ...call, bot: { botId, version } } });
      return;
    }
    case 'set-contact':
      part.contactFields = { ...part.contactFields, ...effect.fields };
      return;
    case 'goal':
      part.log.push({ type: 'goal.reached', data: { goal: effect.goal, data: effect.data } });
      return;
    case 'csat': {
      const { score, comment, after } = effect;
      part.log.push(
        comment === null
          ? { type: 'csat.received', data: { score, after } }
          : { type: 'csat.commented', data: { score, comment, after } },
      );
      return;
    }
    case 'ask-operator':
      part.log.push({ type: 'approval.requested', data: { call: effect.callId, tool: effect.tool } });
      return;
    case 'remember':
  }
}

/** What is written when a turn failed for good: the person's words stay, and the failure can be seen and replayed. */
export function failedTurn(
  conversation: OpenConversation,
  botId: LoadedChannel['botId'],
  thrown: unknown,
): TurnPart {
  const turnId = newId('turn');
  const { code } = toFault(thrown);
  const now = new Date().toISOString();
  return {
    messages: [],
    deliveries: [],
    log: [
      { type: 'turn.failed', data: { turn: uuidOf(turnId), code, ...(botId && { bot: uuidOf(botId) }) } },
    ],
    turn: {
      turnId,
      botId,
      botVersion: null,
      fromSeq: conversation.answeredSeq + 1,
      outcome: 'failed',
      trace: traceOf(thrown),
      startedAt: now,
      endedAt: now,
    },
    conversation: { isAnswered: true, hasReplies: false },
  };
}

function traceOf(thrown: unknown): readonly TraceStep[] {
  return thrown instanceof Fault && 'trace' in thrown ? (thrown.trace as readonly TraceStep[]) : [];
}
