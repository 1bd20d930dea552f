import {
  idOf,
  type BotDefinition,
  type Content,
  type IdKind,
  type IdOf,
  type JsonObject,
  type Owner,
  type SimulationState,
  type TestConversation,
  type Turn,
  type TurnMessage,
  type TurnResult,
  type TurnSignal,
} from '#libs/model';
import { BotCore } from '../core.js';
import type { CallOutcome, FlowTools } from '../flows/tools.js';
import { fold } from '../fold.js';
import type { Responder } from '../responder.js';
import { standardRowOf } from '../responders/standard-row.js';

/** What a rehearsal is given beside the bot. */
export interface RehearsalMeans {
  /** As for {@link standardRowOf}. */
  readonly behindIntents?: readonly Responder[] | undefined;
  /** Runs calls; {@link scriptedTools} gives what a script says. */
  readonly tools: FlowTools;
  /** What the bot knows; without it nothing. */
  readonly knowledge?: Turn['knowledge'];
  /** For responders whose models and tools are of a workspace; a made-up one when absent. */
  readonly subject?: { workspaceId: Turn['workspaceId']; botId: Turn['bot']['botId'] } | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For the times in the trace, in milliseconds; default: all are 0, so that traces can be compared. */
  readonly tick?: (() => number) | undefined;
}

/** What happens before a turn that is rehearsed. */
export interface RehearsedEvents {
  /** New messages, oldest first. */
  readonly messages: readonly (readonly Content[])[];
  readonly event?: { readonly name: string; readonly data: JsonObject } | undefined;
  /** Somebody passes the conversation on before the turn. */
  readonly owner?: Owner | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly contactName: string | null;
}

/** A conversation before its first turn. */
export function newRehearsal(attributes: JsonObject = {}): SimulationState {
  return { bot: {}, history: [], attributes, owner: 'bot', wakes_at: null, calls: {}, answers: 0 };
}

/** How many older messages a rehearsal remembers. */
const historyMax = 100;

/**
 * Runs one turn without a database, a channel or a queue, and says what the conversation is afterwards, as a worker
 * would have stored it. Whatever the turn wants to be done is in the result, and is not done.
 *
 * @throws TurnFailure  as {@link BotCore.answer}
 */
export async function rehearse(
  definition: BotDefinition,
  version: number,
  before: SimulationState,
  events: RehearsedEvents,
  means: RehearsalMeans,
): Promise<{ result: TurnResult; state: SimulationState }> {
  const { nowMs } = events;
  const row = standardRowOf({ tools: means.tools, behindIntents: means.behindIntents });
  const core = new BotCore(row, { clock: { now: () => nowMs, tick: means.tick ?? (() => 0) } });
  const messages = events.messages.map((content, index) => messageOf('in', content, nowMs, index));
  const history = before.history.map(({ direction, content, at }, index) =>
    messageOf(direction, content, Date.parse(at), index),
  );
  const result = await core.answer({
    workspaceId: means.subject?.workspaceId ?? madeUp('workspace'),
    bot: { botId: means.subject?.botId ?? madeUp('bot'), version, definition },
    conversation: {
      conversationId: madeUp('conversation'),
      channelId: madeUp('channel'),
      owner: events.owner ?? before.owner,
      state: before.bot,
      hasReplies: before.history.some(({ direction }) => direction === 'out'),
    },
    contact: { contactId: madeUp('contact'), name: events.contactName, attributes: before.attributes },
    messages,
    signals: signalsOf(before, events),
    history: async (limit) => history.slice(-limit),
    ...(means.knowledge && { knowledge: means.knowledge }),
    signal: means.signal ?? new AbortController().signal,
  });
  return { result, state: stateAfter(before, events, result) };
}

function signalsOf(
  { wakes_at: wakesAt, owner: before }: SimulationState,
  { event, owner, nowMs }: RehearsedEvents,
): TurnSignal[] {
  return [
    ...(owner === 'bot' && before !== 'bot' ? [{ kind: 'owner' } as const] : []),
    ...(event ? [{ kind: 'event', ...event } as const] : []),
    ...(wakesAt !== null && Date.parse(wakesAt) <= nowMs ? [{ kind: 'timer' } as const] : []),
  ];
}

function stateAfter(
  before: SimulationState,
  { messages, owner, nowMs }: RehearsedEvents,
  result: TurnResult,
): SimulationState {
  const at = new Date(nowMs).toISOString();
  const said = (direction: 'in' | 'out') => (content: readonly Content[]) => ({
    direction,
    content: [...content],
    at,
  });
  const history = [...before.history, ...messages.map(said('in')), ...result.replies.map(said('out'))];
  const handed = result.effects.find((effect) => effect.kind === 'hand-over');
  const fields = result.effects.flatMap((effect) => (effect.kind === 'set-contact' ? [effect.fields] : []));
  // As a worker does: what does not survive JSON must not survive here.
  const next = {
    ...before,
    bot: result.state,
    history: history.slice(-historyMax),
    attributes: Object.assign({}, before.attributes, ...fields) as JsonObject,
    owner: handed?.to ?? owner ?? before.owner,
    wakes_at: result.wakesAt ?? null,
  };
  return JSON.parse(JSON.stringify(next)) as SimulationState;
}

function messageOf(
  direction: 'in' | 'out',
  content: readonly Content[],
  atMs: number,
  index: number,
): TurnMessage {
  const sentAt = new Date(atMs).toISOString();
  return { messageId: madeUp('message', atMs * 1_000 + index), direction, content, sentAt };
}

/** The same each time: what is made of ids (those of calls) must be comparable. */
function madeUp<Kind extends IdKind>(kind: Kind, number = 0): IdOf[Kind] {
  return idOf(kind, `0000000000000000${number.toString(16).padStart(16, '0')}`);
}

/**
 * Tools that give what a script says, call by call; the last one is repeated. Nothing is called.
 *
 * @param calls  how often each was called until now; counted on
 * @param beyond  runs tools that the script does not know; without it they fail with `unknown-tool`
 */
export function scriptedTools(
  script: TestConversation['tools'],
  calls: Record<string, number>,
  beyond?: FlowTools,
): FlowTools {
  return {
    call: async (effect, signal): Promise<CallOutcome | null> => {
      const { name } = effect;
      const answers = Object.hasOwn(script, name) ? script[name]! : [];
      const count = Object.hasOwn(calls, name) ? calls[name]! : 0;
      calls[name] = count + 1;
      const given = answers[Math.min(count, answers.length - 1)];
      if (!given) return beyond ? beyond.call(effect, signal) : { ok: false, code: 'unknown-tool' };
      return 'fails' in given ? { ok: false, code: given.fails } : { ok: true, value: given.value };
    },
  };
}

/** Knowledge that is what a script says: passages of which all the words are in the question. */
export function scriptedKnowledge(
  script: NonNullable<TestConversation['knowledge']>,
): NonNullable<Turn['knowledge']> {
  return {
    search: async (query, { limit }) =>
      script
        .map((passage, index) => ({ ...passage, passageId: `passage-${index + 1}` }))
        .filter(({ asked }) => fold(query).includes(fold(asked)))
        .toSorted((a, b) => b.score - a.score)
        .slice(0, limit)
        .map(({ asked: _, ...passage }) => passage),
  };
}
