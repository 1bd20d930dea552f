import {
  plainTextOf,
  type BotDefinition,
  type Content,
  type SimulationState,
  type TestConversation,
  type TraceStep,
} from '#libs/model';
import { authorOf } from '../author.js';
import type { FlowTools } from '../flows/tools.js';
import type { Responder } from '../responder.js';
import { problemsOf } from './expectations.js';
import {
  newRehearsal,
  rehearse,
  scriptedKnowledge,
  scriptedTools,
  type RehearsalMeans,
} from './rehearsal.js';

/** What a step of a test conversation came to. */
export interface PlayedStep {
  /** What is not as expected, for a person to read; empty when all is. */
  readonly problems: readonly string[];
  /** Each message in plain words, options included. */
  readonly replies: readonly string[];
  /** The name of the responder; null when nobody answered. */
  readonly answeredBy: string | null;
  readonly trace: readonly TraceStep[];
}

/** What a test conversation came to. */
export interface PlayedConversation {
  readonly title: string;
  readonly passed: boolean;
  readonly steps: readonly PlayedStep[];
}

/** What test conversations are played with. */
export interface PlayMeans {
  /**
   * Who stands behind the intents, for one conversation: knowledge, and the agent with the model that the conversation
   * scripts. Default: nobody.
   *
   * @param tools  what the conversation scripts; whoever calls tools calls these
   */
  readonly behindIntents?:
    ((conversation: TestConversation, tools: FlowTools) => readonly Responder[]) | undefined;
  /** What the bot knows, for conversations that script nothing. */
  readonly knowledge?: RehearsalMeans['knowledge'];
  readonly subject?: RehearsalMeans['subject'];
  readonly signal?: AbortSignal | undefined;
}

type Step = TestConversation['steps'][number];

/**
 * Plays a test conversation with a bot: no database, no channel, no real tool, and a clock of its own.
 *
 * The same bot and conversation come out the same each time, so two versions of a bot can be compared line by line.
 */
export async function playConversation(
  definition: BotDefinition,
  conversation: TestConversation,
  means: PlayMeans = {},
): Promise<PlayedConversation> {
  const player = new Player(definition, conversation, means);
  const steps: PlayedStep[] = [];
  for (const step of conversation.steps) steps.push(await player.play(step));
  return { title: conversation.title, passed: steps.every(({ problems }) => problems.length === 0), steps };
}

/** One conversation while it is played. */
class Player {
  readonly #means: RehearsalMeans;
  #now: number;
  #state: SimulationState;

  constructor(
    private readonly definition: BotDefinition,
    private readonly conversation: TestConversation,
    means: PlayMeans,
  ) {
    this.#now = Date.parse(conversation.starts_at);
    this.#state = newRehearsal(conversation.contact?.attributes);
    const tools = scriptedTools(conversation.tools, {});
    const { knowledge } = conversation;
    this.#means = {
      tools,
      behindIntents: means.behindIntents?.(conversation, tools),
      knowledge: knowledge ? scriptedKnowledge(knowledge) : means.knowledge,
      subject: means.subject,
      signal: means.signal,
    };
  }

  async play(step: Step): Promise<PlayedStep> {
    this.#now += (step.wait_s ?? 0) * 1_000;
    const says = step.says === undefined ? [] : [step.says].flat();
    const events = {
      messages: says.map((text): Content[] => [{ type: 'text', text }]),
      event: step.event,
      owner: step.owner,
      nowMs: this.#now,
      contactName: this.conversation.contact?.name ?? null,
    };
    const { result, state } = await rehearse(this.definition, 0, this.#state, events, this.#means);
    this.#state = state;
    const replies = result.replies.map((reply) => reply.map(wordsOf).join('\n'));
    return {
      problems: problemsOf(step.expect, result, replies),
      replies,
      answeredBy: authorOf(result.trace)?.responder ?? null,
      trace: result.trace,
    };
  }
}

function wordsOf(content: Content): string {
  const options = content.type === 'choices' ? content.options.map(({ label }) => `[${label}]`) : [];
  return [plainTextOf(content), ...options].join(' ');
}
