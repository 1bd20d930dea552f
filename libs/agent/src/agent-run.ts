import type { AssistantContent, ModelMessage, ToolContent } from 'ai';
import { answer, answerProblem, pass, type Clock, type Decision, type TurnContext } from '#libs/bot';
import { timeLimit } from '#libs/faults';
import type { AgentSettings, Content, JsonObject, Turn } from '#libs/model';
import { keepPending, questionContent, writePending, type Pending } from './approvals.js';
import type { ModelAnswer } from './models/one-call.js';
import { firstSilenceMs } from './models/first-silence.js';
import { ModelRow, type ModelRowMeans } from './models/model-row.js';
import { cleanText, type CleanRules } from './output/clean.js';
import { PreviewFeed } from './output/preview-feed.js';
import { conversationMessages } from './prompt/conversation.js';
import { DataBlocks } from './prompt/data-block.js';
import { systemPrompt } from './prompt/system.js';
import { readyCalls, runCalls, toldResult, type NamedCall, type ReadyCall } from './tools/run-calls.js';
import type { ToolOutcome } from './tools/tool.js';
import type { Toolbox } from './tools/toolbox.js';
import { agentWords, type AgentWords } from './words.js';

/** What a run needs of the agent. */
export interface RunMeans extends ModelRowMeans {
  readonly clock: Clock;
  readonly openToolbox: (
    turn: Turn,
    draft: TurnContext,
    settings: AgentSettings,
    signal: AbortSignal,
  ) => Promise<Toolbox>;
}

/** Calls in one step of a model; what is beyond is not read. */
const callsPerStepMax = 16;
/** What was read beyond the reply's length may shrink into it when it is cleaned. */
const readFactor = 2;

type Said = Extract<ModelAnswer, { ok: true }>;

/** One turn of the agent: model, tools, model again, until there are words or an end of what it may cost. */
export class AgentRun {
  readonly #blocks = new DataBlocks();
  readonly #models: ModelRow;
  readonly #words: AgentWords;
  readonly #hosts: string[];
  readonly #preview: PreviewFeed;
  readonly #signal: AbortSignal;
  readonly #startedMs: number;
  #steps = 0;
  #toolCalls = 0;
  #isHandedOver = false;
  #isToldWhy = false;
  #messages: ModelMessage[] = [];

  constructor(
    private readonly turn: Turn,
    private readonly draft: TurnContext,
    private readonly settings: AgentSettings,
    private readonly means: RunMeans,
  ) {
    const { definition } = turn.bot;
    this.#models = new ModelRow(settings.models, turn.workspaceId, draft, means);
    this.#words = agentWords(definition.languages);
    this.#hosts = [...settings.link_hosts, ...(definition.guardrails?.output?.hosts ?? [])];
    this.#preview = new PreviewFeed(
      () => this.#rules(),
      (piece) => draft.delta(piece),
    );
    this.#signal = timeLimit(settings.limits.seconds * 1_000, turn.signal).signal;
    this.#startedMs = means.clock.tick();
  }

  /** Answers what was said. */
  async answer(): Promise<Decision> {
    const box = await this.#open();
    return this.#goOn(box);
  }

  /** Runs what was agreed to, and says what came of it; a model that is down does not keep that from being said. */
  async resume(pending: Pending): Promise<Decision> {
    writePending(this.draft, null);
    const agreed = pending.calls.filter((call) => call.agreed === true);
    if (agreed.length === 0) {
      const words = pending.from === 'person' ? this.#words.notDone : this.#words.notAgreed;
      return answer('It was not agreed to', [[textContent(words)]], { from: pending.from });
    }
    const box = await this.#open();
    const calls = agreed.map(({ callId, tool, input }, index) => ({
      id: `agreed_${index + 1}`,
      tool: box.byId(tool),
      name: tool,
      input: input as JsonObject,
      callId,
    }));
    const ready = calls.flatMap((call) => (call.tool ? [{ ...call, tool: call.tool }] : []));
    const outcomes = await this.#run(ready);
    this.#tell('', ready, outcomes, []);
    const isDone = ready.length === calls.length && outcomes.every(({ ok }) => ok);
    const decision = await this.#goOn(box);
    if (decision.decision !== 'passed') return decision;
    const words = isDone ? this.#words.done : this.#words.failed;
    return answer('It was agreed to and run; no model had words for it', [[textContent(words)]]);
  }

  async #open(): Promise<Toolbox> {
    this.#messages = await conversationMessages(this.turn, this.draft, this.settings, this.#blocks);
    return this.means.openToolbox(this.turn, this.draft, this.settings, this.#signal);
  }

  async #goOn(box: Toolbox): Promise<Decision> {
    const system = systemPrompt(this.turn.bot.definition, this.settings, this.#blocks);
    const tools = box.offered;
    const { limits } = this.settings;
    for (;;) {
      if (this.#isStopped) return this.#stop();
      const end = this.#endOfBudget();
      if (end !== null) return this.#giveUp(`The agent may not go on: ${end}`, { limit: end });
      this.#steps += 1;
      const callsLeft = limits.tool_calls - this.#toolCalls;
      const mayCallTools = this.#steps < limits.steps && callsLeft > 0 && !this.#isHandedOver;
      const said = await this.#models.ask({
        system,
        messages: this.#messages,
        tools,
        mayCallTools: mayCallTools && Object.keys(tools).length > 0,
        tokensLeft: this.#tokensLeft(),
        signal: this.#signal,
        stopped: this.turn.stopped,
        silenceMs: Math.min(this.#silenceMs(), this.#msLeft()),
        charactersMax: limits.reply_characters * readFactor,
        callsMax: callsPerStepMax,
        onText: (text) => this.#preview.take(text),
      });
      if (this.#isStopped) return this.#stop();
      if (!said) return this.#giveUp('No model has answered');
      this.#preview.restart();
      const isDone = said.calls.length === 0 || !mayCallTools;
      const decision = isDone ? await this.#finish(said) : await this.#useTools(said, box, callsLeft);
      if (decision) return decision;
    }
  }

  get #isStopped(): boolean {
    return this.turn.stopped?.aborted === true;
  }

  /** The person wants no more: the sentences that were shown stand, and where none are, nothing is said. */
  #stop(): Decision {
    const text = this.#preview.shown.trimEnd();
    const detail = { model_calls: this.#steps, tool_calls: this.#toolCalls, characters: text.length };
    return answer('The person has stopped the answer', text === '' ? [] : [[textContent(text)]], detail);
  }

  /** Runs what may run at once. @returns an answer when somebody has to agree first */
  async #useTools(said: Said, box: Toolbox, callsLeft: number): Promise<Decision | null> {
    const wanted = said.calls.map((call, index) => ({ ...call, id: `call_${this.#steps}_${index + 1}` }));
    const judged = readyCalls(wanted, (name) => box.get(name), this.turn);
    const ready = judged.filter((call) => call !== null).slice(0, callsLeft);
    const refused = wanted.filter(({ id }) => !ready.some((call) => call.id === id));
    for (const call of refused) this.#noteRefusal(call, judged);
    const free = ready.filter(({ tool }) => tool.approval === 'none');
    const asking = ready.filter(({ tool }) => tool.approval !== 'none');
    const outcomes = await this.#run(free);
    if (asking.length > 0) return this.#ask(said.text, asking);
    this.#tell(said.text, free, outcomes, refused);
    return null;
  }

  async #run(calls: readonly ReadyCall[]): Promise<ToolOutcome[]> {
    const { turn, draft } = this;
    this.#toolCalls += calls.length;
    const outcomes = await runCalls(calls, { turn, draft, clock: this.means.clock, signal: this.#signal });
    for (const outcome of outcomes) {
      if (!outcome.ok) continue;
      this.#hosts.push(...(outcome.hosts ?? []));
      this.#isHandedOver ||= outcome.ends === true;
    }
    return outcomes;
  }

  /** The model is told what came of its calls. */
  #tell(
    text: string,
    ran: readonly ReadyCall[],
    outcomes: readonly ToolOutcome[],
    refused: readonly NamedCall[],
  ): void {
    const region = this.turn.bot.definition.guardrails?.region;
    const asked: Exclude<AssistantContent, string> = text === '' ? [] : [{ type: 'text', text }];
    const told: ToolContent = [];
    const add = (toolCallId: string, toolName: string, input: unknown, value: string): void => {
      asked.push({ type: 'tool-call', toolCallId, toolName, input });
      told.push({ type: 'tool-result', toolCallId, toolName, output: { type: 'text', value } });
    };
    for (const [index, { id, tool, input }] of ran.entries()) {
      const name = tool.id.replaceAll(/[^A-Za-z0-9_-]+/g, '__');
      add(id, name, input, toldResult(tool.id, outcomes[index]!, this.#blocks, region));
    }
    for (const { id, tool, refused: why } of refused) {
      const name = tool.replaceAll(/[^A-Za-z0-9_-]+/g, '_').slice(0, 64) || 'unknown';
      add(id, name, {}, `Refused: ${why ?? 'you may not use this tool now'}.`);
    }
    if (told.length > 0)
      this.#messages.push({ role: 'assistant', content: asked }, { role: 'tool', content: told });
  }

  #noteRefusal(call: NamedCall, judged: readonly (ReadyCall | null)[]): void {
    const isReady = judged.some((each) => each?.id === call.id);
    const why = isReady ? 'too-many' : (call.refused ?? 'unknown-tool');
    this.#toolCalls += 1;
    // The name is the model's own word: only those that are known are written down.
    this.draft.note(`A tool call was refused: ${why}`, { refused: why });
  }

  async #ask(text: string, calls: readonly ReadyCall[]): Promise<Decision> {
    const pending = keepPending(calls, this.draft);
    const before = cleanText(text, this.#rules()).text;
    const isFine = before !== '' && (await this.#adviceAgainst(before)) === null;
    const first: Content[] = isFine ? [textContent(before)] : [];
    const tools = calls.map(({ tool }) => tool.id).join(', ');
    if (pending.from === 'person') {
      const question = questionContent(pending, this.#words);
      return answer('The person is asked before a tool runs', [[...first, question]], { tools });
    }
    const expiresAt = new Date(pending.expiresAt).toISOString();
    for (const { callId, tool, input } of calls) {
      this.draft.emit({ kind: 'ask-operator', callId, tool: tool.id, input, expiresAt });
    }
    const words = textContent(this.#words.askedColleague);
    return answer('An operator is asked before a tool runs', [[...first, words]], { tools });
  }

  /** @returns null when the model was told what is wrong with its answer, and may write another */
  async #finish(said: Said): Promise<Decision | null> {
    const { text, ...removed } = cleanText(said.text, this.#rules());
    if (text === '') return this.#giveUp('The model has said nothing that can be sent');
    const advice = await this.#adviceAgainst(text);
    if (advice !== null) {
      if (this.#isToldWhy) return this.#giveUp('The answer was refused again after the model was told why');
      this.#isToldWhy = true;
      this.#tellWhy(text, advice);
      return null;
    }
    const detail = {
      model_calls: this.#steps,
      tool_calls: this.#toolCalls,
      hand_over: this.#isHandedOver,
      cut: removed.isCut || said.isCut,
      ...(removed.images > 0 && { images_removed: removed.images }),
      ...(removed.tags > 0 && { tags_removed: removed.tags }),
      ...(removed.links > 0 && { links_removed: removed.links }),
    };
    return answer('The agent has an answer', [[textContent(text)]], detail);
  }

  /** Judges what the model wrote by the bot's guardrails. @returns what the model is told; null when it may be sent */
  async #adviceAgainst(text: string): Promise<string | null> {
    const problem = await answerProblem(this.turn, this.draft, text);
    if (!problem) return null;
    this.draft.note(`What the model wrote was refused: ${problem.reason}`, problem.detail);
    return problem.advice;
  }

  #tellWhy(text: string, advice: string): void {
    const content = `Your answer was not sent: ${advice}. Write the whole answer again without that. Say nothing about this note.`;
    this.#messages.push({ role: 'assistant', content: text }, { role: 'user', content });
  }

  /** The rest of the row answers, unless the conversation was handed over: that is said. */
  #giveUp(reason: string, detail: Record<string, string> = {}): Decision {
    if (this.turn.signal.aborted) return pass('The turn has ended');
    const whole = { ...detail, model_calls: this.#steps, tool_calls: this.#toolCalls };
    if (this.#isHandedOver) return answer(reason, [[textContent(this.#words.handedOver)]], whole);
    return pass(reason, whole);
  }

  #endOfBudget(): string | null {
    const { limits } = this.settings;
    const { left, spent } = this.draft.budget;
    if (this.#signal.aborted || this.#msLeft() <= 0) return 'time';
    if (this.#steps >= limits.steps || left.steps <= 0) return 'steps';
    if (this.#tokensLeft() <= 0) return 'tokens';
    const isSpent = limits.money_micros !== undefined && spent.moneyMicros >= limits.money_micros;
    return isSpent || left.moneyMicros <= 0 ? 'money' : null;
  }

  #tokensLeft(): number {
    const { left, spent } = this.draft.budget;
    return Math.min(this.settings.limits.tokens - spent.tokens, left.tokens);
  }

  #silenceMs(): number {
    const { silence_ms: silenceMs } = this.settings.limits;
    return this.#steps > 1 ? silenceMs : firstSilenceMs(silenceMs, this.means.clock.tick() - this.#startedMs);
  }

  #msLeft(): number {
    return this.settings.limits.seconds * 1_000 - (this.means.clock.tick() - this.#startedMs);
  }

  #rules(): CleanRules {
    return { hosts: this.#hosts, charactersMax: this.settings.limits.reply_characters };
  }
}

function textContent(text: string): Content {
  return { type: 'text', text };
}
