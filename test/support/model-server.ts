import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a model server was asked. */
export interface AskedModel {
  path: string;
  authorization: string | undefined;
  model: string;
  messages: { role: string; content: unknown; tool_calls?: unknown }[];
  tools?: { function: { name: string } }[];
}

/** What it answers: words, tools with their inputs, nothing at all, that it is down, half of it, or half and then it is gone. */
export type ModelSays =
  { text: string } | { calls: readonly [tool: string, input: object][] } | 'hang' | 'down' | 'half' | 'cut';

/** A server that speaks the streaming protocol of OpenAI, cut at borders where nobody expects them. */
export interface ModelServer {
  /** Address for `base_url`. */
  url: string;
  asked: AskedModel[];
  /** Answers each request by its place; the last one stays. */
  answerWith(...says: readonly ((asked: AskedModel) => ModelSays)[]): void;
  close(): Promise<void>;
}

/** Starts one on a free port of this machine. */
export async function startModelServer(): Promise<ModelServer> {
  const asked: AskedModel[] = [];
  let script: ((asked: AskedModel) => ModelSays)[] = [() => 'down'];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as AskedModel;
      const one = { ...body, path: request.url ?? '', authorization: request.headers.authorization };
      asked.push(one);
      const says = (script.length > 1 ? script.shift() : script[0])!;
      void write(response, says(one));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    answerWith: (...says) => {
      script = [...says];
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function write(response: ServerResponse, says: ModelSays): Promise<void> {
  if (says === 'hang') return;
  if (says === 'down') {
    response.writeHead(503).end('down');
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const bytes = Buffer.from(eventsOf(typeof says === 'string' ? { text: 'Half of' } : says).join(''));
  const end = typeof says === 'string' ? Math.floor(bytes.length / 2) : bytes.length;
  // Seven bytes at a time: within signs, field names and JSON.
  for (let at = 0; at < end; at += 7) {
    if (at >= end / 2 && typeof says === 'object' && 'half' in says) await says.half;
    response.write(bytes.subarray(at, Math.min(at + 7, end)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (says === 'cut') response.destroy();
  else if (says !== 'half') response.end();
}

function eventsOf(says: Exclude<ModelSays, string>): string[] {
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const said =
    'text' in says
      ? (says.text.match(/.{1,9}/gsu)?.map((content) => chunk({ content })) ?? [])
      : says.calls.map(([name, input], index) =>
          chunk({
            tool_calls: [
              {
                index,
                id: `call_${index}`,
                type: 'function',
                function: { name, arguments: JSON.stringify(input) },
              },
            ],
          }),
        );
  const usage = { prompt_tokens: 50, completion_tokens: 20, total_tokens: 70 };
  return [
    chunk({ role: 'assistant' }),
    ...said,
    chunk({}, 'text' in says ? 'stop' : 'tool_calls'),
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage })}\n\n`,
    'data: [DONE]\n\n',
  ];
}
