import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEgress, type Egress } from '#libs/connectors';
import type { TurnResult } from '#libs/model';
import { calls, portsOf, says, scripted } from '../../libs/agent/src/testkit/scripted-model.js';
import { agentDefinition, agentTurn, answerWith, textOf } from '../../libs/agent/src/testkit/turns.js';
import { startToolServer, type Misbehaviour, type ToolServer } from '../support/tool-server.js';
import { until } from '../support/until.js';

const transports = ['http', 'sse'] as const;
type Transport = (typeof transports)[number];

let server: ToolServer;
let egress: Egress;

beforeAll(async () => {
  server = await startToolServer();
  egress = createEgress({ allowCidrs: ['127.0.0.0/8'] });
});
afterAll(async () => {
  await server?.close();
  await egress?.close();
});
afterEach(() => {
  server.misbehave(null);
  server.requests.length = 0;
  server.calls.length = 0;
});

/** A bot whose agent may use one of the tools of the server. */
function definitionOf(transport: Transport, url = server.urlOf(transport)) {
  const crm = {
    name: 'crm',
    transport,
    url,
    headers: { authorization: { secret: 'crm_key', prefix: 'Bearer ' } },
    timeout_s: 1,
  };
  return agentDefinition(
    { tools: [{ tool: 'crm.find_customer', approval: 'none' }] },
    { mcp_servers: [crm] },
  );
}

/** One turn: the model calls the tool where it is offered, and says a last word. */
async function ask(
  transport: Transport,
  { url = server.urlOf(transport), through = egress } = {},
): Promise<{ result: TurnResult; told: string; offered: string[] }> {
  const { modelOf, asked } = scripted({
    one: [calls(['crm__find_customer', { name: 'Ada' }]), says('Well.'), says('Well.')],
  });
  const ports = portsOf({ modelOf, fetch: through.webFetch, secretOf: async () => 's3cret' });
  const result = await answerWith(ports, agentTurn(definitionOf(transport, url), 'Where does Ada live?'));
  return {
    result,
    told: JSON.stringify(asked('one')[1]?.prompt ?? ''),
    offered: (asked('one')[0]?.tools ?? []).map(({ name }) => name),
  };
}

const reasons = ({ trace }: TurnResult): string => trace.map(({ reason }) => reason).join('\n');

describe.each(transports)('a server of tools over %s', (transport) => {
  it('lists its tools, runs the one that is allowed, and what it answers is data for the model', async () => {
    const { result, told, offered } = await ask(transport);
    expect(reasons(result)).toContain('Tool crm.find_customer ran');
    expect(offered).toEqual(['crm__find_customer']);
    expect(server.calls).toEqual([{ tool: 'find_customer', name: 'Ada' }]);
    expect(told).toMatch(/kind=.{1,3}tool_result.{1,80}Ada lives in Bonn – schöne Grüße 👋\./);
    expect(new Set(server.requests.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer s3cret']),
    );
    await until('no connection is left', () => server.open() === 0);
  });
});

/** Hostile behaviours that begin with the call of the tool, by their names. */
const onCall = (act: (...given: Parameters<Misbehaviour>) => void): Misbehaviour => {
  return (request, response, wire) => {
    if (request.rpc.method !== 'tools/call') return false;
    act(request, response, wire);
    return true;
  };
};

describe.each(transports)('a hostile server of tools over %s', (transport) => {
  it('that cuts the connection in the midst of its answer harms nobody', async () => {
    server.misbehave(
      onCall((_, response, { stream }) => {
        const out = stream ?? response.writeHead(200, { 'content-type': 'text/event-stream' });
        out.write('event: message\ndata: {"jsonrpc":', () => out.destroy());
      }),
    );
    const { result } = await ask(transport);
    expect(textOf(result)).toBe('Well.');
    expect(reasons(result)).toContain('Tool crm.find_customer failed: server-failed');
    await until('no connection is left', () => server.open() === 0);
  });
});
