import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  McpServer,
  type JSONRPCMessage,
  type Transport,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

/** A request as the server got it. */
export interface ToolRequest {
  method: string;
  path: string;
  authorization: string | undefined;
  /** Its message of the protocol, where it has one. */
  rpc: { id?: number; method?: string; params?: Record<string, unknown> };
}

/** Takes a request instead of the server; false: the server answers. */
export type Misbehaviour = (request: ToolRequest, response: ServerResponse, wire: ToolWire) => boolean;

/** The stream of the older transport on which its answers go; null where none is open. */
export interface ToolWire {
  readonly stream: ServerResponse | null;
}

/** A real server of tools by the Model Context Protocol, over both transports. */
export interface ToolServer {
  /** The address for `transport: http` or `sse`. */
  urlOf(transport: 'http' | 'sse'): string;
  requests: ToolRequest[];
  /** What was asked of the tools themselves. */
  calls: object[];
  /** Connections that are open now. */
  open(): number;
  misbehave(how: Misbehaviour | null): void;
  close(): Promise<void>;
}

/** Starts one on a free port of this machine, with a tool `find_customer` and a tool `delete_all`. */
export async function startToolServer(): Promise<ToolServer> {
  const calls: object[] = [];
  const requests: ToolRequest[] = [];
  const streams = new Map<string, SseTransport>();
  let misbehaviour: Misbehaviour | null = null;
  let open = 0;
  const streamable = toNodeHandler(createMcpHandler(() => serverOf(calls)));
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://here');
    const { method = '', headers } = request;
    const text = await textOf(request);
    const rpc = (text === '' ? {} : JSON.parse(text)) as ToolRequest['rpc'];
    const seen = { method, path: pathname, authorization: headers.authorization, rpc };
    requests.push(seen);
    const wire = streams.get(searchParams.get('session') ?? '');
    if (misbehaviour?.(seen, response, { stream: wire?.response ?? null })) return;
    if (pathname === '/mcp') return streamable(request as never, response, text === '' ? undefined : rpc);
    if (pathname === '/sse' && method === 'GET') {
      const transport = new SseTransport(response);
      streams.set(transport.sessionId, transport);
      response.on('close', () => streams.delete(transport.sessionId));
      return serverOf(calls).connect(transport);
    }
    if (pathname === '/messages' && wire) {
      response.writeHead(202).end('Accepted');
      return wire.onmessage?.(rpc as JSONRPCMessage);
    }
    response.writeHead(404).end();
  };
  const server = createServer((request, response) => {
    open += 1;
    response.on('close', () => (open -= 1));
    void serve(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    urlOf: (transport) => `${base}/${transport === 'http' ? 'mcp' : 'sse'}`,
    requests,
    calls,
    open: () => open,
    misbehave: (how) => void (misbehaviour = how),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serverOf(calls: object[]): McpServer {
  const server = new McpServer({ name: 'crm', version: '1' });
  const find = { description: 'Finds a customer.', inputSchema: z.object({ name: z.string() }) };
  server.registerTool('find_customer', find, async ({ name }) => {
    calls.push({ tool: 'find_customer', name });
    return { content: [{ type: 'text', text: `${name} lives in Bonn – schöne Grüße 👋.` }] };
  });
  server.registerTool('delete_all', { description: 'Deletes all.', inputSchema: z.object({}) }, async () => {
    calls.push({ tool: 'delete_all' });
    return { content: [{ type: 'text', text: 'Deleted.' }] };
  });
  return server;
}

/**
 * The older transport: one stream of events from the server, which begins with the address that takes messages.
 *
 * @see https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse (read 2026-11-21)
 */
class SseTransport implements Transport {
  readonly sessionId = crypto.randomUUID();
  onmessage?: Transport['onmessage'];
  onclose?: () => void;

  constructor(readonly response: ServerResponse) {}

  async start(): Promise<void> {
    this.response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.response.write(`event: endpoint\ndata: /messages?session=${this.sessionId}\n\n`);
    this.response.on('close', () => this.onclose?.());
  }

  async send(message: JSONRPCMessage): Promise<void> {
    // Three bytes at a time: within signs, field names and JSON.
    const bytes = Buffer.from(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
    for (let at = 0; at < bytes.length; at += 3) {
      this.response.write(bytes.subarray(at, at + 3));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async close(): Promise<void> {
    this.response.end();
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
