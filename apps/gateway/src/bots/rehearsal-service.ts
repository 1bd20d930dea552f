import { Injectable } from '@nestjs/common';
import {
  makeAgent,
  runHttpTool,
  toldModel,
  type AgentPorts,
  type InstalledModel,
  type ScriptPlace,
} from '#libs/agent';
import {
  knowledge,
  newRehearsal,
  rehearse,
  runTestSet,
  scriptedTools,
  traceText,
  answerChanges,
  type FlowTools,
  type Responder,
} from '#libs/bot';
import type { GatewayConfig } from '#libs/config';
import { fault } from '#libs/faults';
import { KnowledgeSearch } from '#libs/knowledge';
import {
  newId,
  type BotDefinition,
  type BotId,
  type BotTestRun,
  type Content,
  type JsonObject,
  type RunBotTests,
  type SimulateTurn,
  type Simulation,
  type SimulationState,
  type TestConversation,
  type TestReport,
  type Turn,
  type WorkspaceId,
} from '#libs/model';
import { BotTestSets, BotVersions, KnowledgeIndex, type NamedDefinition, Secrets } from '#libs/store';
import { Config } from '../config-token.js';
import { Outside } from '../outside.js';

/** A person waits for it. */
const simulationMs = 45_000;
const testsMs = 120_000;
type Script = NonNullable<TestConversation['model']>;

/** What a rehearsal may really use. */
interface Uses {
  knowledge: boolean;
  model: boolean;
  tools?: boolean;
}

/** Lets bots speak before they are published: nothing is stored or sent, and nobody is called who was not asked for. */
@Injectable()
export class RehearsalService {
  /** By words alone: a search by meaning would ask the provider of embeddings. */
  readonly #byWords: KnowledgeSearch;

  constructor(
    private readonly versions: BotVersions,
    private readonly tests: BotTestSets,
    private readonly secrets: Secrets,
    private readonly outside: Outside,
    private readonly searching: KnowledgeSearch,
    index: KnowledgeIndex,
    @Config() private readonly config: GatewayConfig,
  ) {
    this.#byWords = new KnowledgeSearch(index, { basesTtlMs: 0 });
  }

  /**
   * One turn of a conversation that the caller carries.
   *
   * @throws Fault `state/not-found`; `state/bot-timeout`; whatever the turn failed with
   */
  async simulate(workspaceId: WorkspaceId, botId: BotId, body: SimulateTurn): Promise<Simulation> {
    const { label, definition } = await this.versions.named(workspaceId, botId, body.version);
    const before = body.state ?? newRehearsal(body.contact.attributes);
    const calls = { ...before.calls };
    const place = { answers: before.answers };
    const signal = AbortSignal.timeout(simulationMs);
    const subject = { workspaceId, botId };
    const real = body.uses.tools ? this.#tools(definition, workspaceId, before) : undefined;
    const tools = scriptedTools(body.tools, calls, real);
    // The agent's own way to a tool knows the conversation; a script that says nothing leaves it to that.
    const standIn = scriptedTools(
      body.tools,
      calls,
      body.uses.tools ? { call: async () => null } : undefined,
    );
    const behindIntents = this.#row(definition, body.model, place, { tools, standIn }, body.uses);
    const version = label === 'draft' ? 0 : label;
    const { result, state } = await withinTime(signal, () =>
      rehearse(
        body.uses.tools ? definition : withoutServers(definition),
        version,
        before,
        {
          messages: messagesOf(body),
          event: body.event,
          owner: body.owner,
          nowMs: body.at === undefined ? Date.now() : Date.parse(body.at),
          contactName: body.contact.name,
        },
        {
          tools,
          behindIntents,
          knowledge: this.#knowledge(definition, workspaceId, body.uses),
          subject,
          signal,
          tick: () => performance.now(),
        },
      ),
    );
    const { outcome, trace } = result;
    return {
      version: label,
      outcome,
      replies: result.replies.map((reply) => [...reply]),
      effects: JSON.parse(JSON.stringify(result.effects)) as JsonObject[],
      state: { ...state, calls, answers: place.answers },
      trace: [...trace],
      trace_text: traceText({ outcome, botVersion: label === 'draft' ? null : label, trace }),
    };
  }

  /**
   * Runs the test set of a bot with one version, and with another one to compare.
   *
   * @throws Fault `state/not-found`, `state/bot-timeout`
   */
  async run(workspaceId: WorkspaceId, botId: BotId, body: RunBotTests): Promise<BotTestRun> {
    const { conversations } = await this.tests.get(workspaceId, botId);
    const named = await this.versions.named(workspaceId, botId, body.version);
    const other =
      body.compare_with === undefined
        ? null
        : await this.versions.named(workspaceId, botId, body.compare_with);
    const play = (one: NamedDefinition): Promise<TestReport> =>
      this.report(workspaceId, botId, one, conversations, body.uses);
    const report = await play(named);
    return { report, compared: other && compare(await play(other), report) };
  }

  /** What a test set comes to with one definition. @throws Fault `state/bot-timeout` */
  report(
    workspaceId: WorkspaceId,
    botId: BotId,
    { label, definition }: NamedDefinition,
    conversations: readonly TestConversation[],
    uses: Uses,
  ): Promise<TestReport> {
    const signal = AbortSignal.timeout(testsMs);
    const behindIntents = ({ model }: TestConversation, tools: FlowTools): readonly Responder[] =>
      this.#row(definition, model, { answers: 0 }, { tools, standIn: tools, isStill: !uses.model }, uses);
    return withinTime(signal, () =>
      runTestSet(withoutServers(definition), label, conversations, {
        behindIntents,
        knowledge: this.#knowledge(definition, workspaceId, uses),
        subject: { workspaceId, botId },
        signal,
      }),
    );
  }

  /** Who stands behind the intents, as the worker has it. */
  #row(
    definition: BotDefinition,
    script: Script | undefined,
    place: ScriptPlace,
    { tools, standIn, isStill }: { tools: FlowTools; standIn: FlowTools; isStill?: boolean },
    uses: Uses,
  ): readonly Responder[] {
    if (!definition.agent) return [knowledge];
    const ports: AgentPorts = {
      fetch: this.outside.egress.webFetch,
      secretOf: (workspaceId, name) => this.secrets.open(workspaceId, name),
      installed: this.#installed(),
      tools,
      standIn,
      ...(isStill && { clock: { now: () => 0, tick: () => 0 } }),
      ...(script ? { modelOf: toldModel(script, place) } : !uses.model && { modelOf: noModel }),
    };
    const { approvals, agent } = makeAgent(ports);
    return [approvals, knowledge, agent];
  }

  #installed(): InstalledModel | undefined {
    const { model } = this.config;
    return model && { ...model, key: model.key?.export().toString('utf8') };
  }

  /** What a bot knows; its words are looked at, and their meaning only where a model may be asked. */
  #knowledge(
    { knowledge: settings, agent }: BotDefinition,
    workspaceId: WorkspaceId,
    uses: Uses,
  ): Turn['knowledge'] {
    if (!uses.knowledge || (!settings && !agent)) return undefined;
    const searching = uses.model ? this.searching : this.#byWords;
    return {
      search: async (query, { limit }) => {
        const { passages } = await searching.search(workspaceId, settings?.bases, query, { limit });
        return passages.map(({ id: passageId, title, heading, text, answer, url, score }) => ({
          passageId,
          title,
          heading,
          text,
          answer,
          url,
          score,
        }));
      },
    };
  }

  /** Calls of flows, really made. */
  #tools(
    { tools = [] }: BotDefinition,
    workspaceId: WorkspaceId,
    { attributes }: SimulationState,
  ): FlowTools {
    const ports = {
      fetch: this.outside.egress.webFetch,
      secretOf: (workspace: WorkspaceId, name: string) => this.secrets.open(workspace, name),
    };
    return {
      call: async ({ name, input, callId, timeoutMs }, signal) => {
        const tool = tools.find((one) => one.name === name);
        if (!tool) return { ok: false, code: 'unknown-tool' };
        const subject = {
          workspaceId,
          contact: { contactId: newId('contact'), name: null, attributes },
          conversation: {
            conversationId: newId('conversation'),
            channelId: newId('channel'),
            owner: 'bot',
            state: {},
            hasReplies: true,
          } as const,
        };
        const time = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
        return runHttpTool(tool, input, subject, callId, ports, time);
      },
    };
  }
}

/** A model that was not asked for; the row goes on behind the agent. */
const noModel: NonNullable<AgentPorts['modelOf']> = () =>
  Promise.reject(fault('state/unavailable', { detail: 'No model is asked here.' }));

/** Servers of tools cannot be scripted, and are not called. */
function withoutServers(definition: BotDefinition): BotDefinition {
  return definition.mcp_servers ? { ...definition, mcp_servers: [] } : definition;
}

function messagesOf({ says, takes }: SimulateTurn): Content[][] {
  const said = says === undefined ? [] : [says].flat().map((text): Content[] => [{ type: 'text', text }]);
  return takes === undefined ? said : [...said, [{ type: 'choice_taken', ...takes }]];
}

async function withinTime<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw fault('state/bot-timeout', { cause: error });
    throw error;
  }
}

function compare(before: TestReport, after: TestReport): NonNullable<BotTestRun['compared']> {
  const { conversations: _, rules: __, ...report } = before;
  const changes = answerChanges(before, after);
  const change = Math.round((after.score - before.score) * 10_000) / 10_000;
  const percent = (score: number): string => `${Number((score * 100).toFixed(2))} %`;
  return {
    report,
    score_change: change,
    changes,
    text: [
      `${percent(before.score)} as expected before, ${percent(after.score)} now; ${changes.length} turns differ.`,
      ...changes.map(({ text }) => text),
    ].join('\n'),
  };
}
