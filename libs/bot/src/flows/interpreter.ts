import type { FlowNode, Json } from '#libs/model';
import { holds } from '../conditions.js';
import { fillInContents } from '../templates.js';
import { readAnswer } from './answers/read-answer.js';
import type { RunState } from './run-state.js';
import { StepDraft, nextOf, optionPrefix } from './step-draft.js';
import type { FlowEvent, FlowStep, FlowWorld } from './step.js';

/** What one event may lead to, so that no graph runs for ever. */
export const flowLimits = { nodes: 200, messages: 40, depth: 8, fieldsCharacters: 50_000 } as const;

type Ask = Extract<FlowNode, { type: 'ask' }>;

/**
 * Takes a run of a flow one event further, up to where it waits or ends.
 *
 * Pure: the same run, event and world come to the same step. Never throws: a graph that cannot go on (a node that is
 * gone, a loop without a question, a tool that failed without a way out) is given up, with the reason in the notes.
 * Bounded by {@link flowLimits}.
 *
 * @param run  null only for `start`
 */
export function stepFlow(run: RunState | null, event: FlowEvent, world: FlowWorld): FlowStep {
  const walk = new FlowWalk(run, world);
  return walk.take(event);
}

/** One step on its way. Made for one event, and used once. */
class FlowWalk {
  readonly #draft: StepDraft;
  readonly #world: FlowWorld;
  #entered = 0;

  constructor(run: RunState | null, world: FlowWorld) {
    this.#world = world;
    this.#draft = new StepDraft(run, world);
  }

  take(event: FlowEvent): FlowStep {
    if (event.kind === 'start') return this.#start(event);
    const run = this.#draft.before;
    if (!run) return this.#draft.untouched();
    const node = this.#draft.nodeAt(run.flow, run.node);
    if (!node) return this.#draft.giveUp('The node that waited is not in this version', { node: run.node });
    switch (event.kind) {
      case 'said':
        return this.#hear(run, node, event);
      case 'misunderstood':
        return node.type === 'ask' && run.awaiting.kind === 'answer'
          ? this.#retry(run, node, run.awaiting.tries + 1)
          : this.#draft.untouched();
      case 'resumed':
        if (node.type === 'ask') this.#draft.ask(node, run.node);
        return this.#draft.wait(run.node, run.awaiting);
      case 'result':
        return this.#isCall(run, event.callId)
          ? this.#go(this.#draft.keep(node, event.value))
          : this.#draft.untouched();
      case 'failed':
        return this.#isCall(run, event.callId) ? this.#fail(node, event.code) : this.#draft.untouched();
      case 'happened':
        return run.awaiting.kind === 'event' && run.awaiting.name === event.name
          ? this.#go(this.#draft.keep(node, event.data))
          : this.#draft.untouched();
      case 'owned':
        return run.awaiting.kind === 'owner' ? this.#go(nextOf(node)) : this.#draft.untouched();
      case 'tick':
        return this.#tick(run, node);
    }
  }

  #start({ flow, runId, fields }: Extract<FlowEvent, { kind: 'start' }>): FlowStep {
    this.#draft.flow = flow;
    this.#draft.runId = runId;
    this.#draft.fields = { ...fields };
    const start = this.#world.flows.get(flow)?.start;
    return start === undefined ? this.#draft.giveUp('There is no such flow', { flow }) : this.#go(start);
  }

  #hear(run: RunState, node: FlowNode, { said }: Extract<FlowEvent, { kind: 'said' }>): FlowStep {
    if (run.awaiting.kind === 'answer' && this.#draft.isCancelled(said.text)) {
      const text = this.#world.flows.get(run.flow)?.cancel?.text ?? this.#world.words.cancelled;
      this.#draft.say([{ type: 'text', text: this.#draft.fill(text) }]);
      return this.#draft.end('cancelled', 'The person ended the flow');
    }
    if (node.type !== 'ask' || run.awaiting.kind !== 'answer') return this.#draft.untouched();
    const prefix = optionPrefix(run.flow, run.node);
    const answer = readAnswer(said, node.expect, this.#world.answers, prefix);
    if (!answer.ok) {
      this.#draft.note('No answer to the question', {
        node: run.node,
        kind: node.expect.kind,
        problem: answer.problem,
      });
      return this.#draft.untouched();
    }
    this.#draft.note('The question was answered', {
      node: run.node,
      kind: node.expect.kind,
      field: node.into,
    });
    this.#draft.fields[node.into] = answer.value;
    return this.#go(this.#afterAnswer(node, answer.value));
  }

  #afterAnswer(node: Ask, value: Json): string | undefined {
    const options = node.expect.kind === 'choice' ? node.expect.options : [];
    return options.find(({ id }) => id === value)?.next ?? node.next;
  }

  #retry(run: RunState, node: Ask, tries: number): FlowStep {
    if (tries >= node.tries) {
      this.#draft.note('The last try was not understood', { node: run.node, tries });
      return node.failed === undefined
        ? this.#draft.giveUp('No answer was understood', { node: run.node })
        : this.#go(node.failed);
    }
    this.#draft.note('The question is asked again', { node: run.node, tries });
    this.#draft.ask(node, run.node, node.retry ?? this.#world.words.retry);
    return this.#draft.wait(run.node, { kind: 'answer', tries });
  }

  #tick(run: RunState, node: FlowNode): FlowStep {
    const { awaiting } = run;
    if (!('wakesAtMs' in awaiting) || awaiting.wakesAtMs > this.#world.nowMs) return this.#draft.untouched();
    return awaiting.kind === 'timer' ? this.#go(nextOf(node)) : this.#fail(node, 'too-late');
  }

  #fail(node: FlowNode, code: string): FlowStep {
    this.#draft.note('What was waited for has failed', { node: this.#draft.before?.node ?? '', code });
    const way = 'failed' in node ? node.failed : undefined;
    return way === undefined
      ? this.#draft.giveUp('There is no way on after a failure', { code })
      : this.#go(way);
  }

  /** Enters nodes until one waits, or the run ends. */
  #go(first: string | undefined): FlowStep {
    let at = first;
    for (;;) {
      if (at === undefined) {
        const caller = this.#draft.stack.pop();
        if (!caller) return this.#draft.end('done', 'The flow is done');
        this.#draft.flow = caller.flow;
        at = caller.node ?? undefined;
        continue;
      }
      const node = this.#draft.nodeAt(this.#draft.flow, at);
      if (!node) return this.#draft.giveUp('A node leads to one that does not exist', { node: at });
      this.#draft.steps++;
      this.#entered++;
      if (this.#entered > flowLimits.nodes || this.#draft.said.length > flowLimits.messages) {
        return this.#draft.giveUp('Too many steps without a question', { node: at });
      }
      if (JSON.stringify(this.#draft.fields).length > flowLimits.fieldsCharacters) {
        return this.#draft.giveUp('The collected fields are too large', { node: at });
      }
      const entered = this.#enter(node, at);
      if ('step' in entered) return entered.step;
      at = entered.next;
    }
  }

  #enter(node: FlowNode, id: string): { step: FlowStep } | { next: string | undefined } {
    switch (node.type) {
      case 'say':
        this.#draft.say(fillInContents(node.content, this.#draft.scope()));
        return { next: node.next };
      case 'ask':
        return this.#enterAsk(node, id);
      case 'branch': {
        const index = node.cases.findIndex(({ when }) => holds(when, this.#draft.scope()));
        this.#draft.note('A branch was taken', { node: id, case: index < 0 ? 'otherwise' : index + 1 });
        return { next: index < 0 ? node.otherwise : node.cases[index]!.next };
      }
      case 'set':
        this.#draft.set(node, id);
        return { next: node.next };
      case 'call':
        return { step: this.#call('tool', node.tool, node, id) };
      case 'hook':
        return { step: this.#call('hook', node.hook, node, id) };
      case 'wait':
        return { step: this.#draft.wait(id, { kind: 'timer', wakesAtMs: this.#draft.later(node.seconds) }) };
      case 'wait_event': {
        const awaiting = {
          kind: 'event',
          name: node.event,
          wakesAtMs: this.#draft.later(node.timeout_s),
        } as const;
        return { step: this.#draft.wait(id, awaiting) };
      }
      case 'hand_over':
        return { step: this.#handOver(node, id) };
      case 'sub_flow':
        return this.#enterFlow(node, id);
      case 'goal':
        this.#draft.effects.push({ kind: 'goal', goal: node.goal, data: this.#draft.values(node.data, id) });
        this.#draft.note('A goal was reached', { node: id, goal: node.goal });
        return { next: node.next };
    }
  }

  #enterAsk(node: Ask, id: string): { step: FlowStep } | { next: string | undefined } {
    const known = node.skip_when_known ? this.#draft.known(node.into) : null;
    if (known !== null) {
      this.#draft.fields[node.into] = known;
      this.#draft.note('The answer is known already', { node: id, field: node.into });
      return { next: this.#afterAnswer(node, known) };
    }
    this.#draft.ask(node, id);
    return { step: this.#draft.wait(id, { kind: 'answer', tries: 0 }) };
  }

  #enterFlow(
    node: Extract<FlowNode, { type: 'sub_flow' }>,
    id: string,
  ): { step: FlowStep } | { next: string | undefined } {
    const start = this.#world.flows.get(node.flow)?.start;
    if (start === undefined)
      return { step: this.#draft.giveUp('There is no such flow', { node: id, flow: node.flow }) };
    if (this.#draft.stack.length >= flowLimits.depth) {
      return { step: this.#draft.giveUp('Flows are nested too deep', { node: id, flow: node.flow }) };
    }
    this.#draft.stack.push({ flow: this.#draft.flow, node: node.next ?? null });
    this.#draft.flow = node.flow;
    return { next: start };
  }

  #call(
    what: 'tool' | 'hook',
    name: string,
    node: Extract<FlowNode, { type: 'call' | 'hook' }>,
    id: string,
  ): FlowStep {
    const callId = `${this.#draft.runId}.${this.#draft.steps}`;
    const timeoutMs = node.timeout_s * 1_000;
    this.#draft.effects.push({
      kind: 'call',
      what,
      name,
      callId,
      input: this.#draft.values(node.input, id),
      timeoutMs,
    });
    this.#draft.note('A tool is called', { node: id, [what]: name, call: callId });
    return this.#draft.wait(id, { kind: 'call', callId, wakesAtMs: this.#draft.later(node.timeout_s) });
  }

  #handOver(node: Extract<FlowNode, { type: 'hand_over' }>, id: string): FlowStep {
    const department = node.department === undefined ? {} : { department: node.department };
    this.#draft.effects.push({ kind: 'hand-over', to: 'queue', reason: node.reason, ...department });
    if (node.next === undefined && this.#draft.stack.length === 0) {
      return this.#draft.end('handed-over', 'The flow hands over');
    }
    this.#draft.note('The flow hands over, and goes on afterwards', { node: id });
    return this.#draft.wait(id, { kind: 'owner' });
  }

  #isCall({ awaiting }: RunState, callId: string): boolean {
    return awaiting.kind === 'call' && awaiting.callId === callId;
  }
}
