import type { Flow, FlowNode } from '#libs/model';
import { expressionProblem } from '../conditions.js';
import { templateProblem } from '../templates.js';
import type { Problems } from './problem.js';

type Path = readonly PropertyKey[];

/** Where a node can lead, each with its place in the node. */
export function exitsOf(node: FlowNode): readonly { path: Path; to: string }[] {
  const exits: { path: Path; to: string }[] = [];
  const add = (path: Path, to: string | undefined): void => {
    if (to !== undefined) exits.push({ path, to });
  };
  if (node.type === 'branch') {
    for (const [index, { next }] of node.cases.entries()) add(['cases', index, 'next'], next);
    add(['otherwise'], node.otherwise);
    return exits;
  }
  add(['next'], node.next);
  if ('failed' in node) add(['failed'], node.failed);
  if (node.type === 'ask' && node.expect.kind === 'choice') {
    for (const [index, { next }] of node.expect.options.entries()) {
      add(['expect', 'options', index, 'next'], next);
    }
  }
  return exits;
}

/** Finds what is wrong with a flow that has the right form: ways into nothing, bad expressions, endless loops. */
export function checkFlow(flow: Flow, at: Path, flows: ReadonlySet<string>, problems: Problems): void {
  const ids = new Set(Object.keys(flow.nodes));
  if (!ids.has(flow.start))
    problems.add([...at, 'start'], 'missing-node', `There is no node "${flow.start}"`);
  for (const [id, node] of Object.entries(flow.nodes)) {
    const path = [...at, 'nodes', id];
    for (const exit of exitsOf(node)) {
      if (!ids.has(exit.to)) {
        problems.add([...path, ...exit.path], 'missing-node', `There is no node "${exit.to}"`);
      }
    }
    checkNode(node, path, flows, problems);
  }
  checkTemplates(
    [flow.cancel?.text, flow.given_up],
    [
      [...at, 'cancel', 'text'],
      [...at, 'given_up'],
    ],
    problems,
  );
  checkReach(flow, at, problems);
  checkLoops(flow, at, problems);
}

function checkNode(node: FlowNode, path: Path, flows: ReadonlySet<string>, problems: Problems): void {
  const expression = (text: string, below: Path, wanted: 'bool' | 'any' = 'any'): void => {
    const problem = expressionProblem(text, wanted);
    if (problem) problems.add([...path, ...below], 'bad-expression', problem);
  };
  if (node.type === 'branch') {
    for (const [index, { when }] of node.cases.entries()) expression(when, ['cases', index, 'when'], 'bool');
  }
  const expressions =
    node.type === 'set' ? node.values : 'input' in node ? node.input : 'data' in node ? node.data : {};
  const key = node.type === 'set' ? 'values' : node.type === 'goal' ? 'data' : 'input';
  for (const [field, text] of Object.entries(expressions)) expression(text, [key, field]);
  if (node.type === 'sub_flow' && !flows.has(node.flow)) {
    problems.add([...path, 'flow'], 'missing-flow', `There is no flow "${node.flow}"`);
  }
  if (node.type === 'say') checkContents(node.content, [...path, 'content'], problems);
  if (node.type !== 'ask') return;
  checkTemplates(
    [node.text, node.retry],
    [
      [...path, 'text'],
      [...path, 'retry'],
    ],
    problems,
  );
  if (node.expect.kind === 'choice')
    checkOptions(node.expect.options, [...path, 'expect', 'options'], problems);
}

function checkOptions(options: readonly { id: string }[], path: Path, problems: Problems): void {
  const ids = options.map(({ id }) => id);
  for (const [index, id] of ids.entries()) {
    if (ids.indexOf(id) < index)
      problems.add([...path, index, 'id'], 'used-twice', `The id "${id}" is used twice`);
  }
}

/** Finds templates in content that cannot be read. */
export function checkContents(contents: readonly { type: string }[], path: Path, problems: Problems): void {
  for (const [index, content] of contents.entries()) {
    const text = 'text' in content && typeof content.text === 'string' ? content.text : undefined;
    checkTemplates([text], [[...path, index, 'text']], problems);
  }
}

function checkTemplates(
  texts: readonly (string | undefined)[],
  paths: readonly Path[],
  problems: Problems,
): void {
  for (const [index, text] of texts.entries()) {
    const problem = text === undefined ? null : templateProblem(text);
    if (problem) problems.add(paths[index]!, 'bad-template', problem);
  }
}

function checkReach(flow: Flow, at: Path, problems: Problems): void {
  const reached = new Set<string>();
  const queue = [flow.start];
  for (const id of queue) {
    const node = Object.hasOwn(flow.nodes, id) ? flow.nodes[id] : undefined;
    if (!node || reached.has(id)) continue;
    reached.add(id);
    queue.push(...exitsOf(node).map(({ to }) => to));
  }
  for (const id of Object.keys(flow.nodes)) {
    if (!reached.has(id)) problems.add([...at, 'nodes', id], 'not-reached', 'No way leads to this node');
  }
}

/** A circle that never waits and never branches would only end at the limit of steps. */
function checkLoops(flow: Flow, at: Path, problems: Problems): void {
  const done = new Set<string>();
  for (const start of Object.keys(flow.nodes)) {
    const seen = new Set<string>();
    let id: string | undefined = start;
    while (id !== undefined && !done.has(id)) {
      const node: FlowNode | undefined = Object.hasOwn(flow.nodes, id) ? flow.nodes[id] : undefined;
      if (!node || (node.type !== 'say' && node.type !== 'set' && node.type !== 'goal')) break;
      if (seen.has(id)) {
        problems.add(
          [...at, 'nodes', id],
          'endless-loop',
          'This node leads back to itself without a question',
        );
        break;
      }
      seen.add(id);
      id = node.next;
    }
    for (const each of seen) done.add(each);
  }
}
