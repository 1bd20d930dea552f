import type { LanguageModel } from 'ai';
import type { Clock, FlowTools } from '#libs/bot';
import type { AgentModel, WorkspaceId } from '#libs/model';

/** The `fetch` of the web over connections that reach allowed addresses only. */
export type WebFetch = typeof globalThis.fetch;

/** A model that the installation brings for every bot that asks for it. */
export interface InstalledModel {
  readonly provider: 'openai' | 'anthropic' | 'openai_compatible';
  readonly name: string;
  /** Absent: the provider's own. */
  readonly baseUrl?: string | undefined;
  readonly key?: string | undefined;
}

/** What the agent may use of the world. */
export interface AgentPorts {
  /** The only way to models, tools and their servers. */
  readonly fetch: WebFetch;
  /** A sealed value of the workspace; null when there is none of this name. */
  readonly secretOf: (workspaceId: WorkspaceId, name: string) => Promise<string | null>;
  readonly installed?: InstalledModel | undefined;
  /** Runs tools that a definition names and does not describe, those of flows; without it they are left to jobs. */
  readonly tools?: FlowTools | undefined;
  /** Takes the place of tools that a definition describes, for rehearsals: none of them is called then. */
  readonly standIn?: FlowTools | undefined;
  /** Default: the machine's. */
  readonly clock?: Clock | undefined;
  /** Makes the model of a definition; for tests and for models that need no network. Default: by its provider. */
  readonly modelOf?: ((model: AgentModel, workspaceId: WorkspaceId) => Promise<ResolvedModel>) | undefined;
}

/** A model that can be called. */
export interface ResolvedModel {
  readonly model: Exclude<LanguageModel, string>;
  /** What stands in the trace and the breaker knows it by: provider and name, never an address or a key. */
  readonly label: string;
}
