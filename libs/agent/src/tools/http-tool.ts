import type { CallOutcome } from '#libs/bot';
import { toFault, timeLimit } from '#libs/faults';
import type { HttpTool, Json, JsonObject, Turn, WorkspaceId } from '#libs/model';
import type { AgentPorts } from '../ports.js';
import { fillAddress, holesOf } from './address.js';

/** For whom a tool is called. */
export type ToolSubject = Pick<Turn, 'workspaceId' | 'contact' | 'conversation'>;

type HttpPorts = Pick<AgentPorts, 'fetch' | 'secretOf'>;

/** Longest text that an answer that is no JSON is read as. */
const textMax = 20_000;

/**
 * Calls a tool behind an address once: inputs in its path, then in the query (GET, DELETE) or a JSON body.
 *
 * Inputs that the tool does not describe are dropped, those it binds are Parley's. Never throws; nothing of the other
 * side's words is in a failure: `http-404`, `timeout`, `unreachable`, `too-large`, `bad-input`, `no-secret`.
 *
 * @param callId  sent as `idempotency-key`
 */
export async function runHttpTool(
  tool: HttpTool,
  input: JsonObject,
  subject: ToolSubject,
  callId: string,
  ports: HttpPorts,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const values = { ...described(tool, input), ...bound(tool, subject) };
  const url = fillAddress(tool.url, values);
  if (!url) return { ok: false, code: 'bad-input' };
  const headers = await headersOf(tool.headers, subject.workspaceId, ports);
  if (!headers) return { ok: false, code: 'no-secret' };
  const inPath = new Set(holesOf(tool.url));
  const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !inPath.has(name)));
  const hasBody = tool.method !== 'GET' && tool.method !== 'DELETE';
  if (!hasBody) for (const [name, value] of Object.entries(rest)) url.searchParams.set(name, asText(value));
  const time = timeLimit(tool.timeout_s * 1_000).signal;
  try {
    const answer = await ports.fetch(url, {
      method: tool.method,
      headers: {
        accept: 'application/json',
        ...(hasBody && { 'content-type': 'application/json' }),
        'idempotency-key': callId,
        ...headers,
      },
      body: hasBody ? JSON.stringify(rest) : null,
      signal: AbortSignal.any([signal, time]),
    });
    return await read(answer, tool.bytes_max);
  } catch (thrown) {
    return { ok: false, code: time.aborted ? 'timeout' : codeOf(thrown) };
  }
}

/** Headers with their secrets; null when one of them is not there. */
export async function headersOf(
  headers: HttpTool['headers'],
  workspaceId: WorkspaceId,
  { secretOf }: Pick<AgentPorts, 'secretOf'>,
): Promise<Record<string, string> | null> {
  const filled: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string') {
      filled[name] = value;
      continue;
    }
    const secret = await secretOf(workspaceId, value.secret);
    if (secret === null) return null;
    filled[name] = value.prefix + secret;
  }
  return filled;
}

function described({ input }: HttpTool, given: JsonObject): JsonObject {
  const known = Object.keys((input['properties'] ?? {}) as JsonObject);
  return Object.fromEntries(
    known.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]!]),
  );
}

function bound({ bind }: HttpTool, { contact, conversation }: ToolSubject): JsonObject {
  const values: JsonObject = {};
  for (const [name, from] of Object.entries(bind)) {
    if (from === 'contact.id') values[name] = contact.contactId;
    else if (from === 'contact.name') values[name] = contact.name;
    else if (from === 'conversation.id') values[name] = conversation.conversationId;
    else values[name] = contact.attributes[from.slice('contact.attributes.'.length)] ?? null;
  }
  return values;
}

async function read(answer: Response, bytesMax: number): Promise<CallOutcome> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) return { ok: false, code: 'too-large' };
    chunks.push(chunk);
  }
  if (!answer.ok) return { ok: false, code: `http-${answer.status}` };
  const text = Buffer.concat(chunks).toString('utf8');
  if (!/json/i.test(answer.headers.get('content-type') ?? ''))
    return { ok: true, value: text.slice(0, textMax) };
  try {
    return { ok: true, value: text === '' ? null : (JSON.parse(text) as Json) };
  } catch {
    return { ok: false, code: 'bad-answer' };
  }
}

function codeOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const { code } = toFault(cause);
  return code === 'channel/unreachable' ? 'unreachable' : 'failed';
}

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
