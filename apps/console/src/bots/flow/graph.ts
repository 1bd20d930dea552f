import type { Flow, FlowNode } from '#libs/model';

/** A way out of a node: where a line begins. */
export interface Exit {
  /** Unique within the node: `next`, `failed`, `otherwise`, `case-0`, `option-size`. */
  id: string;
  /** What it is called on the canvas: the text of a case or an option; null for the plain ways. */
  label: string | null;
  to: string | undefined;
}

/** Something that is wrong with a node and can be seen without asking anybody. */
export interface NodeProblem {
  node: string;
  kind: 'unreachable' | 'missing' | 'unset';
}

/** All ways out of a node, those that lead nowhere yet included. */
export function exitsOf(node: FlowNode): Exit[] {
  if (node.type === 'branch') {
    return [
      ...node.cases.map(({ when, next }, at) => ({ id: `case-${at}`, label: when, to: next })),
      { id: 'otherwise', label: null, to: node.otherwise },
    ];
  }
  const options =
    node.type === 'ask' && node.expect.kind === 'choice'
      ? node.expect.options.map(({ id, label, next }) => ({ id: `option-${id}`, label, to: next }))
      : [];
  const failed = canFail(node) ? [{ id: 'failed', label: null, to: node.failed }] : [];
  return [...options, { id: 'next', label: null, to: node.next }, ...failed];
}

/** The node with one of its ways leading somewhere else; undefined: nowhere. */
export function withExit(node: FlowNode, exit: string, to: string | undefined): FlowNode {
  if (node.type === 'branch' && exit.startsWith('case-')) {
    const at = Number(exit.slice('case-'.length));
    const cases = node.cases.flatMap((one, place) => {
      if (place !== at) return [one];
      // A case without a way has no meaning: it goes.
      return to === undefined ? [] : [{ ...one, next: to }];
    });
    return { ...node, cases };
  }
  if (node.type === 'ask' && node.expect.kind === 'choice' && exit.startsWith('option-')) {
    const id = exit.slice('option-'.length);
    const options = node.expect.options.map((option) =>
      option.id === id ? leading(option, 'next', to) : option,
    );
    return { ...node, expect: { ...node.expect, options } };
  }
  return leading(node, exit, to);
}

/** The flow without a node; ways that led to it lead nowhere. */
export function withoutNode(flow: Flow, id: string): Flow {
  const rest = Object.entries(flow.nodes).filter(([name]) => name !== id);
  const nodes = rest.map(([name, node]) => [name, cutFrom(node, id)] as const);
  return { ...flow, nodes: Object.fromEntries(nodes) };
}

/** Problems that are plain from the flow alone; the server knows more. */
export function plainProblems(flow: Flow): NodeProblem[] {
  const reached = reachedFrom(flow);
  return Object.entries(flow.nodes).flatMap(([node, content]): NodeProblem[] => [
    ...(reached.has(node) ? [] : [{ node, kind: 'unreachable' as const }]),
    ...(exitsOf(content).some(({ to }) => to !== undefined && !(to in flow.nodes))
      ? [{ node, kind: 'missing' as const }]
      : []),
    ...(isUnset(content) ? [{ node, kind: 'unset' as const }] : []),
  ]);
}

/** Nodes that can be come to from where the flow begins. */
export function reachedFrom(flow: Flow): Set<string> {
  const seen = new Set<string>();
  const open = [flow.start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = flow.nodes[id];
    if (!node || seen.has(id)) continue;
    seen.add(id);
    open.push(...exitsOf(node).flatMap(({ to }) => to ?? []));
  }
  return seen;
}

/** A new node of a kind, with as little in it as its form allows; a hand-over says why. */
export function newNode(type: FlowNode['type'], reason = '…'): FlowNode {
  switch (type) {
    case 'say':
      return { type, content: [{ type: 'text', text: '…' }] };
    case 'ask':
      return {
        type,
        text: '…?',
        into: 'answer',
        expect: { kind: 'text', min: 1, max: 2_000 },
        tries: 3,
        skip_when_known: false,
      };
    case 'branch':
      return { type, cases: [] };
    case 'set':
      return { type, values: { field: "''" } };
    case 'call':
      return { type, tool: 'tool', input: {}, timeout_s: 60 };
    case 'hook':
      return { type, hook: 'hook', input: {}, timeout_s: 60 };
    case 'wait':
      return { type, seconds: 60 };
    case 'wait_event':
      return { type, event: 'event', timeout_s: 3_600 };
    case 'hand_over':
      return { type, reason };
    case 'sub_flow':
      return { type, flow: 'flow' };
    case 'goal':
      return { type, goal: 'done', data: {} };
  }
}

/** What a node does, in a few words of its own. */
export function summaryOf(node: FlowNode): string {
  switch (node.type) {
    case 'say': {
      const first = node.content[0];
      return first && 'text' in first && first.text ? first.text : (first?.type ?? '');
    }
    case 'ask':
      return node.text;
    case 'branch':
      return '';
    case 'set':
      return Object.entries(node.values)
        .map(([field, value]) => `${field} = ${value}`)
        .join(', ');
    case 'call':
      return node.tool;
    case 'hook':
      return node.hook;
    case 'wait':
      return `${node.seconds} s`;
    case 'wait_event':
      return node.event;
    case 'hand_over':
      return node.reason;
    case 'sub_flow':
      return node.flow;
    case 'goal':
      return node.goal;
  }
}

function canFail(node: FlowNode): node is Extract<FlowNode, { failed?: string | undefined }> {
  return ['ask', 'call', 'hook', 'wait_event'].includes(node.type);
}

function cutFrom(node: FlowNode, id: string): FlowNode {
  // From the last way to the first: cutting a case moves those behind it.
  return exitsOf(node)
    .filter(({ to }) => to === id)
    .toReversed()
    .reduce((cut, { id: exit }) => withExit(cut, exit, undefined), node);
}

function leading<Node extends object>(node: Node, exit: string, to: string | undefined): Node {
  const others = Object.entries(node).filter(([name]) => name !== exit);
  return Object.fromEntries(to === undefined ? others : [...others, [exit, to]]) as Node;
}

function isUnset(node: FlowNode): boolean {
  if (node.type === 'branch') return node.cases.length === 0;
  return summaryOf(node).replaceAll(/[…?\s]/g, '') === '';
}
