import { createMCPClient, type ListToolsResult, type MCPClient } from '@ai-sdk/mcp';
import { fault, timeLimit } from '#libs/faults';
import type { Approval, Json, JsonObject, McpServer, WorkspaceId } from '#libs/model';
import type { AgentPorts } from '../ports.js';
import { headersOf } from './http-tool.js';
import { sessionFetch } from './session-fetch.js';
import type { AgentTool, ToolCall, ToolOutcome } from './tool.js';

type Listed = ListToolsResult['tools'][number];

/** How long it is believed what a server offers. */
const listingMs = 60_000;
const listingsMax = 500;
/** Tools of one server that are looked at; more are not offered. */
const toolsMax = 200;
const pagesMax = 20;
/** Signs of the schema of an input, as for tools that a bot describes. */
const schemaMax = 10_000;
const textMax = 20_000;
const descriptionMax = 1_000;

/**
 * Servers of tools by the Model Context Protocol, over HTTP or server-sent events.
 *
 * Each call has a session of its own, which ends with it; what a server offers is remembered for a minute. Servers may ask
 * for nothing: no sampling, no elicitation, no roots.
 */
export class McpServers {
  readonly #listings = new Map<string, { readonly atMs: number; readonly tools: readonly Listed[] }>();

  constructor(
    private readonly ports: Pick<AgentPorts, 'fetch' | 'secretOf'>,
    private readonly now: () => number,
  ) {}

  /**
   * The tools of a server with these names; names it does not offer are left out.
   *
   * @throws Fault `state/unavailable` when the server does not answer in its time
   */
  async tools(
    server: McpServer,
    wanted: readonly { readonly name: string; readonly approval: Approval }[],
    workspaceId: WorkspaceId,
    signal: AbortSignal,
  ): Promise<AgentTool[]> {
    const listed = await this.#listing(server, workspaceId, signal);
    return wanted.flatMap(({ name, approval }) => {
      const found = listed.find((each) => each.name === name);
      return found ? [this.#toolOf(server, found, approval, workspaceId)] : [];
    });
  }

  #toolOf(server: McpServer, listed: Listed, approval: Approval, workspaceId: WorkspaceId): AgentTool {
    return {
      id: `${server.name}.${listed.name}`,
      description: (listed.description ?? listed.name).slice(0, descriptionMax),
      schema: listed.inputSchema as JsonObject,
      approval,
      run: (call) => this.#call(server, listed, call, workspaceId),
    };
  }

  async #call(
    server: McpServer,
    listed: Listed,
    { input, signal, callId }: ToolCall,
    workspaceId: WorkspaceId,
  ): Promise<ToolOutcome> {
    try {
      const result = await this.#session(server, workspaceId, signal, async (client, within) => {
        const tool = client.toolsFromDefinitions({ tools: [listed] })[listed.name];
        return tool?.execute?.(input, { toolCallId: callId, messages: [], abortSignal: within });
      });
      return outcomeOf(result);
    } catch {
      return { ok: false, code: signal.aborted ? 'aborted' : 'server-failed' };
    }
  }

  async #listing(
    server: McpServer,
    workspaceId: WorkspaceId,
    signal: AbortSignal,
  ): Promise<readonly Listed[]> {
    const key = `${workspaceId} ${JSON.stringify(server)}`;
    const known = this.#listings.get(key);
    if (known && this.now() - known.atMs < listingMs) return known.tools;
    try {
      const tools = await this.#session(server, workspaceId, signal, allTools);
      if (this.#listings.size >= listingsMax) this.#listings.clear();
      this.#listings.set(key, { atMs: this.now(), tools });
      return tools;
    } catch (cause) {
      throw fault('state/unavailable', { cause, facts: { server: server.name } });
    }
  }

  /** Opens a session, works in it, and closes it without waiting. */
  async #session<T>(
    server: McpServer,
    workspaceId: WorkspaceId,
    signal: AbortSignal,
    work: (client: MCPClient, within: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const headers = await headersOf(server.headers, workspaceId, this.ports);
    if (!headers) throw fault('state/not-found', { facts: { server: server.name } });
    const stop = new AbortController();
    const within = timeLimit(server.timeout_s * 1_000, signal, stop.signal).signal;
    const fetch = sessionFetch(this.ports.fetch, {
      signal: within,
      fail: (reason) => stop.abort(reason),
      endsWithStream: server.transport === 'sse',
    });
    // The library has waits of its own that no signal ends.
    return orAborted(within, async () => {
      const { transport: type, url } = server;
      const client = await createMCPClient({
        transport: { type, url, headers, redirect: 'error', fetch },
        initializationOptions: { signal: within },
        clientName: 'parley',
        onUncaughtError: () => undefined,
      });
      try {
        return await work(client, within);
      } finally {
        void client.close().catch(() => undefined);
      }
    });
  }
}

/** What a server offers, page by page; one whose pages have no end is heard up to a number. */
async function allTools(client: MCPClient, signal: AbortSignal): Promise<Listed[]> {
  const tools: Listed[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax && tools.length < toolsMax; page++) {
    const params = cursor === undefined ? {} : { params: { cursor } };
    const listed = await client.listTools({ ...params, options: { signal } });
    tools.push(...listed.tools.filter(({ inputSchema }) => JSON.stringify(inputSchema).length <= schemaMax));
    cursor = listed.nextCursor;
    if (cursor === undefined) break;
  }
  return tools.slice(0, toolsMax);
}

async function orAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(fault('state/unavailable', { cause: signal.reason }));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The words and data of a result; pictures, sounds and links to resources are left out. */
function outcomeOf(result: unknown): ToolOutcome {
  const { content, structuredContent, isError } = (result ?? {}) as {
    content?: unknown;
    structuredContent?: Json;
    isError?: unknown;
  };
  if (isError === true) return { ok: false, code: 'tool-failed' };
  if (structuredContent !== undefined) return { ok: true, value: structuredContent };
  const pieces = Array.isArray(content) ? (content as { type?: unknown; text?: unknown }[]) : [];
  const text = pieces.flatMap(({ type, text: words }) => (type === 'text' ? [String(words)] : [])).join('\n');
  return { ok: true, value: text.slice(0, textMax) };
}
