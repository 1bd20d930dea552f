import type { Content, Flow, JsonObject, Turn, TurnSignal } from '#libs/model';
import type { TurnContext } from '../context.js';
import type { Heard } from '../hearing.js';
import { localTime } from '../hours.js';
import { ownWords } from '../own-words.js';
import { scopeOf, timeZoneOf } from '../scope.js';
import { shippedLanguages } from './answers/date-words.js';
import { stepFlow } from './interpreter.js';
import { readSession, suspendedMax, type FlowSession, type RunState } from './run-state.js';
import type { FlowEnd, FlowEvent, FlowStep, FlowWorld } from './step.js';
import { noTools, type CallEffect, type FlowTools } from './tools.js';

/** The name of the responder whose space holds the runs. */
export const flowsName = 'flows';

/** Calls that one turn runs itself, whatever the graph says. */
const callsMax = 20;

/** What a run comes to after an event. */
export interface Advanced {
  readonly taken: boolean;
  readonly end: FlowEnd | null;
  readonly said: Content[][];
}

/** Takes the flows of a conversation further within a turn. Keeps nothing itself: everything is in the turn's draft. */
export class FlowRunner {
  constructor(private readonly tools: FlowTools = noTools) {}

  /** The runs of this conversation. */
  session(draft: TurnContext): FlowSession {
    return readSession(draft.stateOf(flowsName).get());
  }

  /** Keeps the runs, and asks to be woken when one of them waits for a time. */
  keep(draft: TurnContext, session: FlowSession): void {
    const isUnused = session.runs === 0 && !session.active;
    draft.stateOf(flowsName).set(isUnused ? {} : { ...session });
    const runs = session.active ? [session.active, ...session.suspended] : session.suspended;
    const wakes = runs.flatMap(({ awaiting }) => ('wakesAtMs' in awaiting ? [awaiting.wakesAtMs] : []));
    draft.wakeAt(wakes.length > 0 ? Math.min(...wakes) : null, flowsName);
  }

  /** Begins a flow; one that is active is interrupted, and goes on when the new one ends. */
  async begin(turn: Turn, draft: TurnContext, flow: string, fields: JsonObject = {}): Promise<Content[][]> {
    const session = this.session(draft);
    const runs = session.runs + 1;
    const suspended = session.active ? [session.active, ...session.suspended] : session.suspended;
    const begun: FlowSession = {
      runs,
      active: null,
      suspended: suspended.slice(0, suspendedMax),
      digressing: false,
    };
    const runId = `${turn.conversation.conversationId}.${runs}`;
    const { session: next, said } = await this.advance(turn, draft, begun, {
      kind: 'start',
      flow,
      runId,
      fields,
    });
    this.keep(draft, next);
    return said;
  }

  /** Gives an event to the active run; when that ends, the one it interrupted asks again. */
  async advance(
    turn: Turn,
    draft: TurnContext,
    session: FlowSession,
    event: FlowEvent,
  ): Promise<Advanced & { session: FlowSession }> {
    const { step, said } = await this.#step(turn, draft, session.active, event);
    let next: FlowSession = { ...session, active: step.run };
    if (step.end !== null && step.end !== 'handed-over') {
      const [resumed, ...rest] = session.suspended;
      if (resumed) {
        const again = await this.#step(turn, draft, resumed, { kind: 'resumed' });
        said.push(...again.said);
        next = { ...session, active: again.step.run, suspended: rest };
      }
    }
    return { session: next, said, taken: step.taken, end: step.end };
  }

  /** Gives an event that is for no run in particular to those that were interrupted. */
  async advanceSuspended(
    turn: Turn,
    draft: TurnContext,
    session: FlowSession,
    event: FlowEvent,
  ): Promise<{ session: FlowSession; said: Content[][] }> {
    const said: Content[][] = [];
    const suspended: RunState[] = [];
    for (const run of session.suspended) {
      const done = await this.#step(turn, draft, run, event);
      said.push(...done.said);
      if (done.step.run) suspended.push(done.step.run);
    }
    return { session: { ...session, suspended }, said };
  }

  /** One step, with the calls that are run within the turn. */
  async #step(
    turn: Turn,
    draft: TurnContext,
    run: RunState | null,
    event: FlowEvent,
  ): Promise<{ step: FlowStep; said: Content[][] }> {
    const world = worldOf(turn, draft, event.kind === 'said' ? (draft.heard[0] ?? null) : null);
    const said: Content[][] = [];
    let step = stepFlow(run, event, world);
    const isTaken = step.taken;
    for (let calls = 0; ; calls++) {
      for (const { reason, detail } of step.notes) draft.note(reason, detail);
      said.push(...step.said.map((contents) => [...contents]));
      for (const effect of step.effects) if (effect.kind !== 'call') draft.emit(effect);
      const call = step.effects.find((effect) => effect.kind === 'call');
      if (!call) break;
      const outcome = calls < callsMax ? await this.#call(turn, draft, call) : null;
      if (!outcome) {
        draft.emit(call);
        break;
      }
      step = stepFlow(step.run, outcome, world);
    }
    return { step: { ...step, taken: isTaken || step.taken }, said };
  }

  async #call(turn: Turn, draft: TurnContext, call: CallEffect): Promise<FlowEvent | null> {
    const { callId } = call;
    if (!draft.budget.spend({ steps: 1 })) return { kind: 'failed', callId, code: 'over-budget' };
    const outcome = await this.tools.call(call, turn.signal);
    if (!outcome) return null;
    draft.note(outcome.ok ? 'A tool has answered' : 'A tool has failed', {
      [call.what]: call.name,
      call: callId,
      ...(!outcome.ok && { code: outcome.code }),
    });
    return outcome.ok
      ? { kind: 'result', callId, value: outcome.value }
      : { kind: 'failed', callId, code: outcome.code };
  }
}

/** A signal of the turn as the interpreter takes it. */
export function eventOf(signal: Exclude<TurnSignal, { kind: 'flow' }>): FlowEvent {
  switch (signal.kind) {
    case 'result':
      return signal.ok
        ? { kind: 'result', callId: signal.callId, value: signal.value }
        : { kind: 'failed', callId: signal.callId, code: signal.code };
    case 'timer':
      return { kind: 'tick' };
    case 'event':
      return { kind: 'happened', name: signal.name, data: signal.data };
    case 'owner':
      return { kind: 'owned' };
  }
}

const flowMaps = new WeakMap<object, ReadonlyMap<string, Flow>>();

/** The flows of a turn's bot, by id. */
export function flowsOf(turn: Turn): ReadonlyMap<string, Flow> {
  const { definition } = turn.bot;
  const known = flowMaps.get(definition);
  if (known) return known;
  const made = new Map((definition.flows ?? []).map((flow) => [flow.id, flow]));
  flowMaps.set(definition, made);
  return made;
}

function worldOf(turn: Turn, draft: TurnContext, heard: Heard | null): FlowWorld {
  const { definition } = turn.bot;
  const { fields: _, ...scope } = scopeOf(turn, draft.now, heard);
  return {
    flows: flowsOf(turn),
    nowMs: draft.now,
    scope,
    answers: {
      today: localTime(draft.now, timeZoneOf(definition)).date,
      languages: definition.languages?.length ? definition.languages : shippedLanguages,
      country: definition.guardrails?.region,
    },
    words: ownWords(definition.languages),
  };
}
