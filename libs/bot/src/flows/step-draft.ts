import {
  contentLimits,
  type Content,
  type Effect,
  type Flow,
  type FlowNode,
  type Json,
  type JsonObject,
} from '#libs/model';
import { evaluate, type Scope } from '../conditions.js';
import { wordsOf } from '../fold.js';
import { fillIn } from '../templates.js';
import type { Awaiting, RunState } from './run-state.js';
import type { FlowEnd, FlowNote, FlowStep, FlowWorld } from './step.js';

type Ask = Extract<FlowNode, { type: 'ask' }>;

/** Lines of the trace that one step may write. */
const notesMax = 50;

/** Stands before the ids of a question's options. */
export const optionPrefix = (flow: string, node: string): string => `flow/${flow}/${node}/`;

/** What a step has come to so far: where the run stands, what was said, what must happen. Made for one step. */
export class StepDraft {
  readonly #world: FlowWorld;
  /** The run before the step; null when it begins with it. */
  readonly before: RunState | null;
  flow = '';
  runId = '';
  stack: RunState['stack'] = [];
  fields: JsonObject = {};
  steps = 0;
  readonly said: Content[][] = [];
  readonly effects: Effect[] = [];
  readonly #notes: FlowNote[] = [];

  constructor(run: RunState | null, world: FlowWorld) {
    this.#world = world;
    this.before = run;
    if (!run) return;
    this.flow = run.flow;
    this.runId = run.runId;
    this.stack = [...run.stack];
    this.fields = { ...run.fields };
    this.steps = run.steps;
  }

  /** A message; one without content is left out. */
  say(content: Content[]): void {
    if (content.length > 0) this.said.push(content);
  }

  /** The question of a node, with its options, behind a lead where there is one. */
  ask(node: Ask, id: string, before?: string): void {
    const text = this.fill(node.text).trim() || '…';
    const lead = before === undefined ? '' : this.fill(before).trim();
    const whole = (lead === '' ? text : `${lead}\n\n${text}`).slice(0, contentLimits.textMax);
    if (node.expect.kind !== 'choice') return this.say([{ type: 'text', text: whole }]);
    const prefix = optionPrefix(this.flow, id);
    const options = node.expect.options.map((option) => ({ id: prefix + option.id, label: option.label }));
    this.say([{ type: 'choices', text: whole, style: node.expect.style, options }]);
  }

  /** What expressions come to; null for one that has no value. */
  values(expressions: Readonly<Record<string, string>>, id: string): JsonObject {
    const scope = this.scope();
    return Object.fromEntries(
      Object.entries(expressions).map(([field, text]) => {
        const result = evaluate(text, scope);
        if (!result.ok) this.note('An expression has no value', { node: id, field });
        return [field, result.ok ? result.value : null];
      }),
    );
  }

  /** A field of the run, else of the contact; null when neither is there. */
  known(field: string): Json {
    const attributes = this.#world.scope.contact['attributes'];
    const ofContact =
      typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes)
        ? attributes[field]
        : undefined;
    return this.fields[field] ?? ofContact ?? null;
  }

  /** A template with the values of the run filled in. */
  fill(text: string): string {
    return fillIn(text, this.scope());
  }

  /** What expressions and templates see. */
  scope(): Scope {
    return { ...this.#world.scope, fields: this.fields };
  }

  /** So many seconds from now, in milliseconds since 1970. */
  later(seconds: number): number {
    return this.#world.nowMs + seconds * 1_000;
  }

  /** A flow of this version. */
  flowOf(id: string): Flow | undefined {
    return this.#world.flows.get(id);
  }

  /** A node of this version; undefined when there is none of that name. */
  nodeAt(flow: string, node: string): FlowNode | undefined {
    const nodes = this.flowOf(flow)?.nodes;
    return nodes && Object.hasOwn(nodes, node) ? nodes[node] : undefined;
  }

  /** A line for the trace. */
  note(reason: string, detail: FlowNote['detail']): void {
    if (this.#notes.length < notesMax) this.#notes.push({ reason, detail: { flow: this.flow, ...detail } });
  }

  /** The step ends here: the run waits. */
  wait(node: string, awaiting: Awaiting): FlowStep {
    const place = { runId: this.runId, flow: this.flow, node, awaiting };
    const carried = { stack: this.stack, fields: this.fields, steps: this.steps };
    return this.result({ ...place, ...carried }, null, true);
  }

  /** The step ends here: the run cannot go on, and says so. */
  giveUp(reason: string, detail: FlowNote['detail']): FlowStep {
    this.note(reason, detail);
    const text = this.flowOf(this.flow)?.given_up ?? this.#world.words.givenUp;
    this.say([{ type: 'text', text: this.fill(text).trim() || this.#world.words.givenUp }]);
    return this.end('given-up', 'The flow is given up');
  }

  /** The step ends here, and the run with it. */
  end(end: FlowEnd, reason: string): FlowStep {
    this.note(reason, { end });
    return this.result(null, end, true);
  }

  /** The event means nothing to the run. */
  untouched(): FlowStep {
    return this.result(this.before, null, false);
  }

  /** The step as it stands. */
  result(run: RunState | null, end: FlowEnd | null, taken: boolean): FlowStep {
    return { run, end, taken, said: this.said, effects: this.effects, notes: this.#notes };
  }

  /** Whether a text is nothing but a word that ends the flow. */
  isCancelled(text: string): boolean {
    const words = this.flowOf(this.flow)?.cancel?.words ?? [];
    const said = wordsOf(text.slice(0, 200)).join(' ');
    return said !== '' && words.some((phrase) => wordsOf(phrase).join(' ') === said);
  }

  /** Keeps what was waited for. @returns the node that comes next */
  keep(node: FlowNode, value: Json): string | undefined {
    if ('into' in node && node.into !== undefined) this.fields[node.into] = value;
    return nextOf(node);
  }

  /** Sets the fields of a node, and keeps those of the contact. */
  set(node: Extract<FlowNode, { type: 'set' }>, id: string): void {
    // All of them see the fields as they were before: a stored definition keeps no order of names.
    const made = Object.entries(node.values).map(([field, text]) => {
      const result = evaluate(text, this.scope());
      if (!result.ok) this.note('An expression has no value', { node: id, field });
      return [field, result.ok ? result.value : null] as const;
    });
    for (const [field, value] of made) this.fields[field] = value;
    const kept = (node.contact ?? []).flatMap((field) =>
      this.fields[field] === undefined ? [] : [[field, this.fields[field]] as const],
    );
    if (kept.length > 0) this.effects.push({ kind: 'set-contact', fields: Object.fromEntries(kept) });
  }
}

/** Where a node goes on; undefined is the end of its flow. */
export function nextOf(node: FlowNode): string | undefined {
  return 'next' in node ? node.next : undefined;
}
