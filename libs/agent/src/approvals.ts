import type { TurnContext } from '#libs/bot';
import type { Content, Json, JsonObject, Turn } from '#libs/model';
import { z } from 'zod';
import { cleanText } from './output/clean.js';
import type { ReadyCall } from './tools/run-calls.js';
import { yesOrNo, type AgentWords } from './words.js';

/** Both responders of the agent work in this space of the state. */
const spaceName = 'agent';
/** How long a question stays open. */
const openMs = 86_400_000;
const shownMax = 300;

const Kept = z.object({
  id: z.string(),
  from: z.enum(['person', 'operator']),
  calls: z.array(
    z.object({
      callId: z.string(),
      tool: z.string(),
      input: z.record(z.string(), z.unknown()),
      agreed: z.boolean().nullable(),
    }),
  ),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
  /** The turn that asked. */
  turn: z.number(),
});

/** Calls that wait until somebody agrees. */
export type Pending = z.infer<typeof Kept>;

/** What waits in this conversation, perhaps too long already; null when nothing does. */
export function pendingOf(draft: TurnContext): Pending | null {
  const read = Kept.safeParse(draft.stateOf(spaceName).get()['pending']);
  return read.success ? read.data : null;
}

/** Whether nobody can decide any more. */
export function isTooLate({ expiresAt }: Pending, draft: TurnContext): boolean {
  return expiresAt <= draft.now;
}

/** Keeps calls until they are decided. What waited before does not any more: its question is another one now. */
export function keepPending(calls: readonly ReadyCall[], draft: TurnContext): Pending {
  const from = calls.some(({ tool }) => tool.approval === 'operator') ? 'operator' : 'person';
  const pending: Pending = {
    id: calls[0]?.callId ?? '',
    from,
    calls: calls.map(({ callId, tool, input }) => ({ callId, tool: tool.id, input, agreed: null })),
    expiresAt: draft.now + openMs,
    turn: draft.turns,
  };
  writePending(draft, pending);
  return pending;
}

/** Replaces what waits; null: nothing any more. The bot has a turn when it has waited too long. */
export function writePending(draft: TurnContext, pending: Pending | null): void {
  draft.wakeAt(pending?.expiresAt ?? null, spaceName);
  draft.stateOf(spaceName).set(pending ? { pending: pending as unknown as Json } : {});
}

/**
 * What the turn says about the calls that wait.
 *
 * @returns the calls with their decisions as far as they are known now; null when this turn decides nothing
 */
export function decisionsOf(pending: Pending, turn: Turn, draft: TurnContext): Pending | null {
  return pending.from === 'person' ? byPerson(pending, draft) : byOperator(pending, turn);
}

function byPerson(pending: Pending, draft: TurnContext): Pending | null {
  const { choice, heard } = draft;
  const said = heard.at(-1)?.text ?? '';
  const [yes, no] = optionIds(pending);
  const pressed = choice?.optionId === yes ? true : choice?.optionId === no ? false : null;
  // In words only right behind the question: “yes” to something else later must not order anything.
  const isBehind = pending.turn === draft.turns - 1 && heard.length === 1 && choice === null;
  const spoken = isBehind ? yesOrNo(said) : null;
  const agreed = pressed ?? spoken;
  return agreed === null ? null : { ...pending, calls: pending.calls.map((call) => ({ ...call, agreed })) };
}

function byOperator(pending: Pending, { signals = [] }: Turn): Pending | null {
  let isNews = false;
  const calls = pending.calls.map((call) => {
    const result = signals.find((signal) => signal.kind === 'result' && signal.callId === call.callId);
    if (result?.kind !== 'result' || call.agreed !== null) return call;
    isNews = true;
    const value = result.ok ? (result.value as JsonObject | null) : null;
    return { ...call, agreed: value !== null && typeof value === 'object' && value['approved'] === true };
  });
  return isNews ? { ...pending, calls } : null;
}

/** The question to the person: what would be done, in the words of its inputs and not those of the model. */
export function questionContent(pending: Pending, words: AgentWords): Content {
  const [yes, no] = optionIds(pending);
  const lines = pending.calls.map(({ tool, input }) => `- ${nameOf(tool)}: ${shown(input as JsonObject)}`);
  return {
    type: 'choices',
    text: `${words.mayI}\n${lines.join('\n')}`,
    style: 'buttons',
    options: [
      { id: yes, label: words.yes },
      { id: no, label: words.no },
    ],
  };
}

function optionIds({ id }: Pending): [yes: string, no: string] {
  return [`agent/${id}/yes`, `agent/${id}/no`];
}

const nameOf = (tool: string): string => tool.replaceAll(/[._]+/g, ' ').replaceAll(/[^\p{L}\p{N} ]/gu, '');

function shown(input: JsonObject): string {
  const pairs = Object.entries(input).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const { text: clean } = cleanText(text.replace(/\s+/g, ' '), { hosts: [], charactersMax: shownMax });
    return `${nameOf(name)} “${clean.replaceAll(/[\\`*_~[\]<>#]/g, '\\$&')}”`;
  });
  return pairs.join(', ').slice(0, 1_500);
}
