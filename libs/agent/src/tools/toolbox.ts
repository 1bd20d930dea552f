import { jsonSchema, tool as sdkTool, type ToolSet } from 'ai';
import type { TurnContext } from '#libs/bot';
import { toFault, timeLimit } from '#libs/faults';
import type { AgentSettings, Approval, HttpTool, JsonObject, Turn } from '#libs/model';
import type { AgentPorts } from '../ports.js';
import { builtIns, type NamedTools } from './built-in.js';
import { runHttpTool } from './http-tool.js';
import { judgeOf } from './judge-input.js';
import type { McpServers } from './mcp.js';
import { modelNameOf, type AgentTool, type ToolCall, type ToolOutcome } from './tool.js';

const callTimeoutMs = 15_000;
/** A person waits while servers say what they offer: who is slower brings nothing this time. */
const listingMs = 2_000;

/** The tools that one turn may use: those of the allow-list, and no others. */
export class Toolbox {
  readonly #byModelName: ReadonlyMap<string, AgentTool>;

  constructor(tools: readonly AgentTool[]) {
    this.#byModelName = new Map(tools.map((tool) => [modelNameOf(tool.id), tool]));
  }

  /** The tool that a model means by a name; undefined when it may not use it, or there is none. */
  get(modelName: string): AgentTool | undefined {
    return this.#byModelName.get(modelName);
  }

  /** The tool with this id, for calls that were kept. */
  byId(id: string): AgentTool | undefined {
    return this.get(modelNameOf(id));
  }

  /** As the library offers them to a model; none of them runs by itself. */
  get offered(): ToolSet {
    return Object.fromEntries(
      [...this.#byModelName].map(([name, { description, schema }]) => {
        const validate = judgeOf(schema);
        return [
          name,
          sdkTool({ description, inputSchema: jsonSchema<JsonObject>(schema as never, { validate }) }),
        ];
      }),
    );
  }
}

/** Builds the toolbox of a turn. A server that does not answer brings nothing; the trace says so. */
export async function openToolbox(
  turn: Turn,
  draft: TurnContext,
  settings: AgentSettings,
  ports: AgentPorts,
  servers: McpServers,
  signal: AbortSignal,
): Promise<Toolbox> {
  const { definition } = turn.bot;
  const described = new Map((definition.tools ?? []).map((tool) => [tool.name, tool]));
  const known = builtIns(definition, settings, namedTools(described, ports));
  const tools: AgentTool[] = [];
  const ofServers = new Map<string, { name: string; approval: Approval }[]>();
  const allowed: AgentSettings['tools'] = [
    ...settings.tools,
    ...(settings.memory ? [{ tool: 'remember' }] : []),
  ];
  for (const { tool: id, approval } of allowed) {
    const builtIn = known.get(id);
    const http = described.get(id);
    const [server = '', ...rest] = id.split('.');
    if (builtIn) {
      if (isThere(id, turn, settings)) tools.push({ ...builtIn, id, approval: approval ?? builtIn.approval });
    } else if (http) {
      tools.push(httpTool(http, approval, ports));
    } else if (rest.length > 0) {
      const wanted = ofServers.get(server) ?? [];
      // What a server says about the harmlessness of its tools is its own word: a person is asked.
      ofServers.set(server, [...wanted, { name: rest.join('.'), approval: approval ?? 'person' }]);
    }
  }
  const open = (definition.mcp_servers ?? []).filter(({ name }) => ofServers.has(name));
  const within = timeLimit(listingMs, signal).signal;
  const brought = await Promise.all(
    open.map(async (server) => {
      try {
        return await servers.tools(server, ofServers.get(server.name)!, turn.workspaceId, within);
      } catch (thrown) {
        const { code } = toFault(thrown);
        draft.note(`The server of tools ${server.name} cannot be used`, { server: server.name, code });
        return [];
      }
    }),
  );
  return new Toolbox([...tools, ...brought.flat()]);
}

/** Some built-ins make no sense without what they work on. */
function isThere(id: string, turn: Turn, settings: AgentSettings): boolean {
  if (id === 'search_knowledge') return turn.knowledge !== undefined;
  if (id === 'remember') return settings.memory !== undefined && turn.facts !== undefined;
  return id !== 'set_field' || settings.contact_fields.some((name) => name !== 'name');
}

function httpTool(tool: HttpTool, approval: Approval | undefined, ports: AgentPorts): AgentTool {
  return {
    id: tool.name,
    description: tool.description,
    schema: withoutBound(tool),
    approval: approval ?? (tool.method === 'GET' ? 'none' : 'person'),
    run: (call) => runDescribed(tool, call, ports),
  };
}

async function runDescribed(
  tool: HttpTool,
  { input, turn, callId, signal }: ToolCall,
  ports: AgentPorts,
): Promise<ToolOutcome> {
  const { name } = tool;
  const effect = { kind: 'call', what: 'tool', name, callId, input, timeoutMs: callTimeoutMs } as const;
  const rehearsed = (await ports.standIn?.call(effect, signal)) ?? null;
  return rehearsed ?? runHttpTool(tool, input, turn, callId, ports, signal);
}

/** The model neither sees nor chooses what Parley fills in. */
function withoutBound({ input, bind }: HttpTool): JsonObject {
  const isOpen = (name: string): boolean => !Object.hasOwn(bind, name);
  const properties = Object.entries((input['properties'] ?? {}) as JsonObject).filter(([name]) =>
    isOpen(name),
  );
  const required = Array.isArray(input['required'])
    ? input['required'].filter((name) => typeof name === 'string' && isOpen(name))
    : [];
  return { ...input, properties: Object.fromEntries(properties), required };
}

function namedTools(described: ReadonlyMap<string, HttpTool>, ports: AgentPorts): NamedTools {
  return async (name, call) => {
    const { input, callId, draft, signal } = call;
    const http = described.get(name);
    if (http) return runDescribed(http, call, ports);
    const effect = { kind: 'call', what: 'tool', name, callId, input, timeoutMs: callTimeoutMs } as const;
    const within = timeLimit(callTimeoutMs, signal).signal;
    const outcome = (await ports.tools?.call(effect, within)) ?? null;
    if (outcome) return outcome;
    draft.emit(effect);
    return { ok: true, value: 'It will be done; the result comes later.' };
  };
}
