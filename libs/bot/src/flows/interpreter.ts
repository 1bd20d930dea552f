import {
  contentLimits,
  type Content,
  type Effect,
  type Flow,
  type FlowNode,
  type Json,
  type JsonObject,
} from '#libs/model';
import { evaluate, holds, type Scope } from '../conditions.js';
import { wordsOf } from '../fold.js';
import { fillIn, fillInContents } from '../templates.js';
import { readAnswer } from './answers/read-answer.js';
import type { Awaiting, RunState } from './run-state.js';
import type { FlowEnd, FlowEvent, FlowNote, FlowStep, FlowWorld } from './step.js';

/** What one event may lead to, so that no graph runs for ever. */
export const flowLimits = { nodes: 200, messages: 40, depth: 8, fieldsCharacters: 50_000 } as const;

type Ask = Extract<FlowNode, { type: 'ask' }>;

/** Stands before the ids of a question's options. */
export const optionPrefix = (flow: string, node: string): string => `flow/${flow}/${node}/`;

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
  readonly #world: FlowWorld;
  readonly #before: RunState | null;
  #flow = '';
  #runId = '';
  #stack: RunState['stack'] = [];
  #fields: JsonObject = {};
  #steps = 0;
  #entered = 0;
  readonly #said: Content[][] = [];
  readonly #effects: Effect[] = [];
  readonly #notes: FlowNote[] = [];

  constructor(run: RunState | null, world: FlowWorld) {
    this.#world = world;
    this.#before = run;
    if (!run) return;
    this.#flow = run.flow;
    this.#runId = run.runId;
    this.#stack = [...run.stack];
    this.#fields = { ...run.fields };
    this.#steps = run.steps;
  }

  take(event: FlowEvent): FlowStep {
    if (event.kind === 'start') return this.#start(event);
    const run = this.#before;
    if (!run) return this.#untouched();
    const node = this.#nodeAt(run.flow, run.node);
    if (!node) return this.#giveUp('The node that waited is not in this version', { node: run.node });
    switch (event.kind) {
      case 'said':
        return this.#hear(run, node, event);
      case 'misunderstood':
        return node.type === 'ask' && run.awaiting.kind === 'answer'
          ? this.#retry(run, node, run.awaiting.tries + 1)
          : this.#untouched();
      case 'resumed':
        if (node.type === 'ask') this.#ask(node, run.node);
        return this.#wait(run.node, run.awaiting);
      case 'result':
        return this.#isCall(run, event.callId) ? this.#go(this.#keep(node, event.value)) : this.#untouched();
      case 'failed':
        return this.#isCall(run, event.callId) ? this.#fail(node, event.code) : this.#untouched();
      case 'happened':
        return run.awaiting.kind === 'event' && run.awaiting.name === event.name
          ? this.#go(this.#keep(node, event.data))
          : this.#untouched();
      case 'owned':
        return run.awaiting.kind === 'owner' ? this.#go(nextOf(node)) : this.#untouched();
      case 'tick':
        return this.#tick(run, node);
    }
  }

  #start({ flow, runId, fields }: Extract<FlowEvent, { kind: 'start' }>): FlowStep {
    this.#flow = flow;
    this.#runId = runId;
    this.#fields = { ...fields };
    const start = this.#world.flows.get(flow)?.start;
    return start === undefined ? this.#giveUp('There is no such flow', { flow }) : this.#go(start);
  }

  #hear(run: RunState, node: FlowNode, { said }: Extract<FlowEvent, { kind: 'said' }>): FlowStep {
    if (run.awaiting.kind === 'answer' && this.#isCancelled(said.text)) {
      const text = this.#world.flows.get(run.flow)?.cancel?.text ?? this.#world.words.cancelled;
      this.#say([{ type: 'text', text: this.#fill(text) }]);
      return this.#end('cancelled', 'The person ended the flow');
    }
    if (node.type !== 'ask' || run.awaiting.kind !== 'answer') return this.#untouched();
    const prefix = optionPrefix(run.flow, run.node);
    const answer = readAnswer(said, node.expect, this.#world.answers, prefix);
    if (!answer.ok) {
      this.#note('No answer to the question', {
        node: run.node,
        kind: node.expect.kind,
        problem: answer.problem,
      });
      return this.#untouched();
    }
    this.#note('The question was answered', { node: run.node, kind: node.expect.kind, field: node.into });
    this.#fields[node.into] = answer.value;
    return this.#go(this.#afterAnswer(node, answer.value));
  }

  #afterAnswer(node: Ask, value: Json): string | undefined {
    const options = node.expect.kind === 'choice' ? node.expect.options : [];
    return options.find(({ id }) => id === value)?.next ?? node.next;
  }

  #retry(run: RunState, node: Ask, tries: number): FlowStep {
    if (tries >= node.tries) {
      this.#note('The last try was not understood', { node: run.node, tries });
      return node.failed === undefined
        ? this.#giveUp('No answer was understood', { node: run.node })
        : this.#go(node.failed);
    }
    this.#note('The question is asked again', { node: run.node, tries });
    this.#ask(node, run.node, node.retry ?? this.#world.words.retry);
    return this.#wait(run.node, { kind: 'answer', tries });
  }

  #tick(run: RunState, node: FlowNode): FlowStep {
    const { awaiting } = run;
    if (!('wakesAtMs' in awaiting) || awaiting.wakesAtMs > this.#world.nowMs) return this.#untouched();
    return awaiting.kind === 'timer' ? this.#go(nextOf(node)) : this.#fail(node, 'too-late');
  }

  #fail(node: FlowNode, code: string): FlowStep {
    this.#note('What was waited for has failed', { node: this.#before?.node ?? '', code });
    const way = 'failed' in node ? node.failed : undefined;
    return way === undefined ? this.#giveUp('There is no way on after a failure', { code }) : this.#go(way);
  }

  /** Enters nodes until one waits, or the run ends. */
  #go(first: string | undefined): FlowStep {
    let at = first;
    for (;;) {
      if (at === undefined) {
        const caller = this.#stack.pop();
        if (!caller) return this.#end('done', 'The flow is done');
        this.#flow = caller.flow;
        at = caller.node ?? undefined;
        continue;
      }
      const node = this.#nodeAt(this.#flow, at);
      if (!node) return this.#giveUp('A node leads to one that does not exist', { node: at });
      this.#steps++;
      this.#entered++;
      if (this.#entered > flowLimits.nodes || this.#said.length > flowLimits.messages) {
        return this.#giveUp('Too many steps without a question', { node: at });
      }
      if (JSON.stringify(this.#fields).length > flowLimits.fieldsCharacters) {
        return this.#giveUp('The collected fields are too large', { node: at });
      }
      const entered = this.#enter(node, at);
      if ('step' in entered) return entered.step;
      at = entered.next;
    }
  }

  #enter(node: FlowNode, id: string): { step: FlowStep } | { next: string | undefined } {
    switch (node.type) {
      case 'say':
        this.#say(fillInContents(node.content, this.#scope()));
        return { next: node.next };
      case 'ask':
        return this.#enterAsk(node, id);
      case 'branch': {
        const index = node.cases.findIndex(({ when }) => holds(when, this.#scope()));
        this.#note('A branch was taken', { node: id, case: index < 0 ? 'otherwise' : index + 1 });
        return { next: index < 0 ? node.otherwise : node.cases[index]!.next };
      }
      case 'set':
        this.#set(node, id);
        return { next: node.next };
      case 'call':
        return { step: this.#call('tool', node.tool, node, id) };
      case 'hook':
        return { step: this.#call('hook', node.hook, node, id) };
      case 'wait':
        return { step: this.#wait(id, { kind: 'timer', wakesAtMs: this.#later(node.seconds) }) };
      case 'wait_event': {
        const awaiting = { kind: 'event', name: node.event, wakesAtMs: this.#later(node.timeout_s) } as const;
        return { step: this.#wait(id, awaiting) };
      }
      case 'hand_over':
        return { step: this.#handOver(node, id) };
      case 'sub_flow':
        return this.#enterFlow(node, id);
      case 'goal':
        this.#effects.push({ kind: 'goal', goal: node.goal, data: this.#values(node.data, id) });
        this.#note('A goal was reached', { node: id, goal: node.goal });
        return { next: node.next };
    }
  }

  #enterAsk(node: Ask, id: string): { step: FlowStep } | { next: string | undefined } {
    const known = node.skip_when_known ? this.#known(node.into) : null;
    if (known !== null) {
      this.#fields[node.into] = known;
      this.#note('The answer is known already', { node: id, field: node.into });
      return { next: this.#afterAnswer(node, known) };
    }
    this.#ask(node, id);
    return { step: this.#wait(id, { kind: 'answer', tries: 0 }) };
  }

  #enterFlow(
    node: Extract<FlowNode, { type: 'sub_flow' }>,
    id: string,
  ): { step: FlowStep } | { next: string | undefined } {
    const start = this.#world.flows.get(node.flow)?.start;
    if (start === undefined)
      return { step: this.#giveUp('There is no such flow', { node: id, flow: node.flow }) };
    if (this.#stack.length >= flowLimits.depth) {
      return { step: this.#giveUp('Flows are nested too deep', { node: id, flow: node.flow }) };
    }
    this.#stack.push({ flow: this.#flow, node: node.next ?? null });
    this.#flow = node.flow;
    return { next: start };
  }

  #set(node: Extract<FlowNode, { type: 'set' }>, id: string): void {
    for (const [field, text] of Object.entries(node.values)) {
      const result = evaluate(text, this.#scope());
      if (!result.ok) this.#note('An expression has no value', { node: id, field });
      this.#fields[field] = result.ok ? result.value : null;
    }
    const kept = (node.contact ?? []).flatMap((field) =>
      this.#fields[field] === undefined ? [] : [[field, this.#fields[field]] as const],
    );
    if (kept.length > 0) this.#effects.push({ kind: 'set-contact', fields: Object.fromEntries(kept) });
  }

  #call(
    what: 'tool' | 'hook',
    name: string,
    node: Extract<FlowNode, { type: 'call' | 'hook' }>,
    id: string,
  ): FlowStep {
    const callId = `${this.#runId}.${this.#steps}`;
    const timeoutMs = node.timeout_s * 1_000;
    this.#effects.push({ kind: 'call', what, name, callId, input: this.#values(node.input, id), timeoutMs });
    this.#note('A tool is called', { node: id, [what]: name, call: callId });
    return this.#wait(id, { kind: 'call', callId, wakesAtMs: this.#later(node.timeout_s) });
  }

  #handOver(node: Extract<FlowNode, { type: 'hand_over' }>, id: string): FlowStep {
    const department = node.department === undefined ? {} : { department: node.department };
    this.#effects.push({ kind: 'hand-over', to: 'queue', reason: node.reason, ...department });
    if (node.next === undefined && this.#stack.length === 0) {
      return this.#end('handed-over', 'The flow hands over');
    }
    this.#note('The flow hands over, and goes on afterwards', { node: id });
    return this.#wait(id, { kind: 'owner' });
  }

  #ask(node: Ask, id: string, before?: string): void {
    const text = this.#fill(node.text).trim() || '…';
    const lead = before === undefined ? '' : this.#fill(before).trim();
    const whole = (lead === '' ? text : `${lead}\n\n${text}`).slice(0, contentLimits.textMax);
    if (node.expect.kind !== 'choice') return this.#say([{ type: 'text', text: whole }]);
    const prefix = optionPrefix(this.#flow, id);
    const options = node.expect.options.map((option) => ({ id: prefix + option.id, label: option.label }));
    this.#say([{ type: 'choices', text: whole, style: node.expect.style, options }]);
  }

  #say(content: Content[]): void {
    if (content.length > 0) this.#said.push(content);
  }

  #keep(node: FlowNode, value: Json): string | undefined {
    if ('into' in node && node.into !== undefined) this.#fields[node.into] = value;
    return nextOf(node);
  }

  #values(expressions: Readonly<Record<string, string>>, id: string): JsonObject {
    const scope = this.#scope();
    return Object.fromEntries(
      Object.entries(expressions).map(([field, text]) => {
        const result = evaluate(text, scope);
        if (!result.ok) this.#note('An expression has no value', { node: id, field });
        return [field, result.ok ? result.value : null];
      }),
    );
  }

  #known(field: string): Json {
    const attributes = this.#world.scope.contact['attributes'];
    const ofContact =
      typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes)
        ? attributes[field]
        : undefined;
    return this.#fields[field] ?? ofContact ?? null;
  }

  #isCancelled(text: string): boolean {
    const words = this.#flowOf(this.#flow)?.cancel?.words ?? [];
    const said = wordsOf(text.slice(0, 200)).join(' ');
    return said !== '' && words.some((phrase) => wordsOf(phrase).join(' ') === said);
  }

  #isCall({ awaiting }: RunState, callId: string): boolean {
    return awaiting.kind === 'call' && awaiting.callId === callId;
  }

  #fill(text: string): string {
    return fillIn(text, this.#scope());
  }

  #scope(): Scope {
    return { ...this.#world.scope, fields: this.#fields };
  }

  #later(seconds: number): number {
    return this.#world.nowMs + seconds * 1_000;
  }

  #flowOf(id: string): Flow | undefined {
    return this.#world.flows.get(id);
  }

  #nodeAt(flow: string, node: string): FlowNode | undefined {
    const nodes = this.#flowOf(flow)?.nodes;
    return nodes && Object.hasOwn(nodes, node) ? nodes[node] : undefined;
  }

  #note(reason: string, detail: FlowNote['detail']): void {
    if (this.#notes.length < 50) this.#notes.push({ reason, detail: { flow: this.#flow, ...detail } });
  }

  #wait(node: string, awaiting: Awaiting): FlowStep {
    const place = { runId: this.#runId, flow: this.#flow, node, awaiting };
    const carried = { stack: this.#stack, fields: this.#fields, steps: this.#steps };
    return this.#result({ ...place, ...carried }, null, true);
  }

  #giveUp(reason: string, detail: FlowNote['detail']): FlowStep {
    this.#note(reason, detail);
    const text = this.#flowOf(this.#flow)?.given_up ?? this.#world.words.givenUp;
    this.#say([{ type: 'text', text: this.#fill(text).trim() || this.#world.words.givenUp }]);
    return this.#end('given-up', 'The flow is given up');
  }

  #end(end: FlowEnd, reason: string): FlowStep {
    this.#note(reason, { end });
    return this.#result(null, end, true);
  }

  #untouched(): FlowStep {
    return this.#result(this.#before, null, false);
  }

  #result(run: RunState | null, end: FlowEnd | null, taken: boolean): FlowStep {
    return { run, end, taken, said: this.#said, effects: this.#effects, notes: this.#notes };
  }
}

function nextOf(node: FlowNode): string | undefined {
  return 'next' in node ? node.next : undefined;
}
