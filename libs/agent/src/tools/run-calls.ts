import { createHash } from 'node:crypto';
import { redact, type Clock, type TurnContext } from '#libs/bot';
import { timeLimit } from '#libs/faults';
import type { Json, JsonObject, Turn } from '#libs/model';
import type { WantedCall } from '../models/one-call.js';
import type { DataBlocks } from '../prompt/data-block.js';
import type { AgentTool, ToolOutcome } from './tool.js';

/** A call whose tool and input were judged. */
export interface ReadyCall {
  readonly id: string;
  readonly tool: AgentTool;
  readonly input: JsonObject;
  readonly callId: string;
}

/** A call that a model wants, with the name by which it will be answered. */
export type NamedCall = WantedCall & { readonly id: string };

/** Where calls run. */
export interface CallRun {
  readonly turn: Turn;
  readonly draft: TurnContext;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Longest result that a model is told. */
const resultMax = 6_000;
/** A tool that neither ends nor fails by itself is given up. */
const toolMs = 65_000;

/** Runs calls at the same time; each is a line in the trace and a step of the budget. Never throws. */
export function runCalls(calls: readonly ReadyCall[], run: CallRun): Promise<ToolOutcome[]> {
  return Promise.all(calls.map((call) => runOne(call, run)));
}

async function runOne({ tool, input, callId }: ReadyCall, run: CallRun): Promise<ToolOutcome> {
  const { turn, draft, clock } = run;
  const start = clock.tick();
  const signal = timeLimit(toolMs, run.signal).signal;
  let outcome: ToolOutcome;
  try {
    outcome = await unlessAborted(tool.run({ input, callId, turn, draft, signal }), signal);
  } catch {
    outcome = { ok: false, code: 'failed' };
  }
  draft.budget.spend({ steps: 1 });
  const said = outcome.ok ? 'ran' : `failed: ${outcome.code}`;
  const detail = {
    tool: tool.id,
    ok: outcome.ok,
    call_id: callId,
    ...(!outcome.ok && { code: outcome.code }),
  };
  draft.note(`Tool ${tool.id} ${said}`, detail, clock.tick() - start);
  return outcome;
}

/** What a model is told of an outcome: data, cut, without private pieces. */
export function toldResult(
  tool: string,
  outcome: ToolOutcome,
  blocks: DataBlocks,
  region: string | undefined,
): string {
  if (!outcome.ok) return `The tool failed (${outcome.code}). Nothing is known to have been done.`;
  const written = typeof outcome.value === 'string' ? outcome.value : JSON.stringify(outcome.value);
  const text = tool === 'search_knowledge' ? written : redact(written, { region }).text;
  return blocks.block('tool_result', text.slice(0, resultMax), tool);
}

/** Names a call by what it is for: the same when the turn is run again and the model wants the same. */
export function callIdOf(turn: Turn, tool: AgentTool, input: JsonObject, nth: number): string {
  const last = turn.messages.at(-1)?.messageId ?? '';
  const of = [turn.conversation.conversationId, last, tool.id, sorted(input), nth];
  return createHash('sha256').update(JSON.stringify(of)).digest('base64url').slice(0, 32);
}

/** The calls that may be run, by their place; those that were refused have none. */
export function readyCalls(
  wanted: readonly NamedCall[],
  find: (modelName: string) => AgentTool | undefined,
  turn: Turn,
): (ReadyCall | null)[] {
  const seen = new Map<string, number>();
  return wanted.map(({ id, tool: name, input, refused }) => {
    const tool = find(name);
    if (refused !== undefined || !tool) return null;
    const same = `${tool.id} ${JSON.stringify(sorted(input as JsonObject))}`;
    const nth = seen.get(same) ?? 0;
    seen.set(same, nth + 1);
    return { id, tool, input: input as JsonObject, callId: callIdOf(turn, tool, input as JsonObject, nth) };
  });
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

async function unlessAborted(work: Promise<ToolOutcome>, signal: AbortSignal): Promise<ToolOutcome> {
  let stop = (): void => undefined;
  const aborted = new Promise<ToolOutcome>((resolve) => {
    stop = () => resolve({ ok: false, code: 'out-of-time' });
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
