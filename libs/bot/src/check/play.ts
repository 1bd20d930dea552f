import {
  newId,
  plainTextOf,
  type BotDefinition,
  type Content,
  type JsonObject,
  type TestConversation,
  type TraceStep,
  type Turn,
  type TurnMessage,
  type TurnResult,
  type TurnSignal,
} from '#libs/model';
import { BotCore } from '../core.js';
import type { CallOutcome, FlowTools } from '../flows/tools.js';
import type { Responder } from '../responder.js';
import { standardRowOf } from '../responders/standard-row.js';
import { problemsOf } from './expectations.js';

/** What a step of a test conversation came to. */
export interface PlayedStep {
  /** What is not as expected, for a person to read; empty when all is. */
  readonly problems: readonly string[];
  /** Each message in plain words, options included. */
  readonly replies: readonly string[];
  readonly trace: readonly TraceStep[];
}

/** What a test conversation came to. */
export interface PlayedConversation {
  readonly title: string;
  readonly passed: boolean;
  readonly steps: readonly PlayedStep[];
}

type Step = TestConversation['steps'][number];

/**
 * Plays a test conversation with a bot: no database, no channel, no real tool, and a clock of its own.
 *
 * The same bot and conversation come out the same each time, so two versions of a bot can be compared line by line.
 *
 * @param behindIntents  as for {@link standardRowOf}
 */
export async function playConversation(
  definition: BotDefinition,
  conversation: TestConversation,
  behindIntents: readonly Responder[] = [],
): Promise<PlayedConversation> {
  const player = new Player(definition, conversation, behindIntents);
  const steps: PlayedStep[] = [];
  for (const step of conversation.steps) steps.push(await player.play(step));
  return { title: conversation.title, passed: steps.every(({ problems }) => problems.length === 0), steps };
}

/** One conversation while it is played. */
class Player {
  readonly #core: BotCore;
  readonly #ids = { workspace: newId('workspace'), bot: newId('bot'), contact: newId('contact') };
  readonly #conversationId = newId('conversation');
  readonly #channelId = newId('channel');
  readonly #history: TurnMessage[] = [];
  #now: number;
  #state: JsonObject = {};
  #attributes: JsonObject;
  #wakesAt: number | null = null;

  constructor(
    private readonly definition: BotDefinition,
    private readonly conversation: TestConversation,
    behindIntents: readonly Responder[],
  ) {
    this.#now = Date.parse(conversation.starts_at);
    this.#attributes = { ...conversation.contact?.attributes };
    const clock = { now: () => this.#now, tick: () => 0 };
    const row = standardRowOf({ tools: scriptedTools(conversation.tools), behindIntents });
    this.#core = new BotCore(row, { clock });
  }

  async play(step: Step): Promise<PlayedStep> {
    this.#now += (step.wait_s ?? 0) * 1_000;
    const signals: TurnSignal[] = [];
    if (step.event) {
      signals.push({ kind: 'event', name: step.event.name, data: step.event.data });
    }
    if (this.#wakesAt !== null && this.#wakesAt <= this.#now) signals.push({ kind: 'timer' });
    const says = step.says === undefined ? [] : [step.says].flat();
    const messages = says.map((text) => this.#message('in', [{ type: 'text', text }]));
    const result = await this.#core.answer(this.#turn(messages, signals));
    this.#remember(messages, result);
    const replies = result.replies.map((reply) => reply.map(wordsOf).join('\n'));
    return { problems: problemsOf(step.expect, result, replies), replies, trace: result.trace };
  }

  #turn(messages: readonly TurnMessage[], signals: readonly TurnSignal[]): Turn {
    const history = [...this.#history];
    return {
      workspaceId: this.#ids.workspace,
      bot: { botId: this.#ids.bot, version: 0, definition: this.definition },
      conversation: {
        conversationId: this.#conversationId,
        channelId: this.#channelId,
        owner: 'bot',
        state: this.#state,
        hasReplies: history.some(({ direction }) => direction === 'out'),
      },
      contact: {
        contactId: this.#ids.contact,
        name: this.conversation.contact?.name ?? null,
        attributes: this.#attributes,
      },
      messages,
      signals,
      history: async (limit) => history.slice(-limit),
      signal: new AbortController().signal,
    };
  }

  #remember(messages: readonly TurnMessage[], result: TurnResult): void {
    // As a worker does: what does not survive JSON must not survive here.
    this.#state = JSON.parse(JSON.stringify(result.state)) as JsonObject;
    this.#wakesAt = result.wakesAt === undefined ? null : Date.parse(result.wakesAt);
    this.#history.push(...messages, ...result.replies.map((reply) => this.#message('out', reply)));
    for (const effect of result.effects) {
      if (effect.kind === 'set-contact') this.#attributes = { ...this.#attributes, ...effect.fields };
    }
  }

  #message(direction: 'in' | 'out', content: readonly Content[]): TurnMessage {
    return { messageId: newId('message'), direction, content, sentAt: new Date(this.#now).toISOString() };
  }
}

/** Gives what the test says a tool gives, call by call; a tool that the test does not know fails. */
function scriptedTools(script: TestConversation['tools']): FlowTools {
  const calls = new Map<string, number>();
  return {
    call: async ({ name }): Promise<CallOutcome> => {
      const answers = Object.hasOwn(script, name) ? script[name]! : [];
      const count = calls.get(name) ?? 0;
      calls.set(name, count + 1);
      const given = answers[Math.min(count, answers.length - 1)];
      if (!given) return { ok: false, code: 'unknown-tool' };
      return 'fails' in given ? { ok: false, code: given.fails } : { ok: true, value: given.value };
    },
  };
}

function wordsOf(content: Content): string {
  const options = content.type === 'choices' ? content.options.map(({ label }) => `[${label}]`) : [];
  return [plainTextOf(content), ...options].join(' ');
}
