import { Injectable } from '@nestjs/common';
import {
  makeAgent,
  runHttpTool,
  toldModel,
  type AgentPorts,
  type InstalledModel,
  type ScriptPlace,
} from '#libs/agent';
import { knowledge, type FlowTools, type Responder } from '#libs/bot';
import type { GatewayConfig } from '#libs/config';
import { fault, timeLimit } from '#libs/faults';
import { KnowledgeSearch } from '#libs/knowledge';
import {
  newId,
  type BotDefinition,
  type SimulationState,
  type TestConversation,
  type Turn,
  type WorkspaceId,
} from '#libs/model';
import { KnowledgeIndex, Secrets } from '#libs/store';
import { Config } from '../config-token.js';
import { Outside } from '../outside.js';

type Script = NonNullable<TestConversation['model']>;

/** What a rehearsal may really use. */
export interface Uses {
  knowledge: boolean;
  model: boolean;
  tools?: boolean;
}

/** What stands on the stage when a bot rehearses: scripted where there is a script, real where somebody asked for that. */
@Injectable()
export class RehearsalProps {
  /** By words alone: a search by meaning would ask the provider of embeddings. */
  readonly #byWords: KnowledgeSearch;

  constructor(
    private readonly secrets: Secrets,
    private readonly outside: Outside,
    private readonly searching: KnowledgeSearch,
    index: KnowledgeIndex,
    @Config() private readonly config: GatewayConfig,
  ) {
    this.#byWords = new KnowledgeSearch(index, { basesTtlMs: 0 });
  }

  /** Who stands behind the intents, as the worker has it. */
  row(
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
  knowledge(
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
  tools({ tools = [] }: BotDefinition, workspaceId: WorkspaceId, { attributes }: SimulationState): FlowTools {
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
        const time = timeLimit(timeoutMs, signal).signal;
        return runHttpTool(tool, input, subject, callId, ports, time);
      },
    };
  }
}

/** A model that was not asked for; the row goes on behind the agent. */
const noModel: NonNullable<AgentPorts['modelOf']> = () =>
  Promise.reject(fault('state/unavailable', { detail: 'No model is asked here.' }));
