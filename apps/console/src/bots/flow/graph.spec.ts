import { describe, expect, it } from 'vitest';
import { Flow } from '#libs/model';
import { exitsOf, newNode, plainProblems, withExit, withoutNode } from './graph.js';

const flow = Flow.parse({
  schema: 1,
  id: 'order',
  title: 'Order',
  start: 'hello',
  nodes: {
    hello: { type: 'say', content: [{ type: 'text', text: 'Hello' }], next: 'size' },
    size: {
      type: 'ask',
      text: 'Which size?',
      into: 'size',
      expect: {
        kind: 'choice',
        options: [
          { id: 'big', label: 'Big', next: 'sort' },
          { id: 'small', label: 'Small' },
        ],
      },
      failed: 'person',
      next: 'sort',
    },
    sort: {
      type: 'branch',
      cases: [
        { when: 'fields.size == "big"', next: 'person' },
        { when: 'true', next: 'hello' },
        { when: 'false', next: 'person' },
      ],
    },
    person: { type: 'hand_over', reason: 'Wants one' },
  },
});

describe('the ways of a flow', () => {
  it('are all shown, those that lead nowhere too', () => {
    expect(exitsOf(flow.nodes['size']!).map(({ id, to }) => [id, to])).toEqual([
      ['option-big', 'sort'],
      ['option-small', undefined],
      ['next', 'sort'],
      ['failed', 'person'],
    ]);
    expect(exitsOf(flow.nodes['sort']!).map(({ id }) => id)).toEqual([
      'case-0',
      'case-1',
      'case-2',
      'otherwise',
    ]);
  });

  it('are set one at a time, and the others stay', () => {
    const changed = withExit(flow.nodes['size']!, 'option-small', 'hello');
    expect(exitsOf(changed).map(({ to }) => to)).toEqual(['sort', 'hello', 'sort', 'person']);
    const cut = withExit(changed, 'failed', undefined);
    expect('failed' in cut).toBe(false);
    expect(Flow.safeParse({ ...flow, nodes: { ...flow.nodes, size: cut } }).success).toBe(true);
  });

  it('lead nowhere once their node is gone, and cases without a way are gone with it', () => {
    const rest = withoutNode(flow, 'person');
    expect(exitsOf(rest.nodes['sort']!).map(({ id, to }) => [id, to])).toEqual([
      ['case-0', 'hello'],
      ['otherwise', undefined],
    ]);
    expect(Object.keys(rest.nodes)).toEqual(['hello', 'size', 'sort']);
    expect(JSON.stringify(rest)).not.toContain('person');
  });
});

describe('what is plainly wrong', () => {
  it('is nothing in a flow that is whole', () => {
    expect(plainProblems(flow)).toEqual([]);
  });

  it('is a node that nothing leads to, a way into nothing, and a text that says nothing', () => {
    const nodes = {
      ...flow.nodes,
      alone: newNode('say'),
      sort: withExit(flow.nodes['sort']!, 'case-0', 'gone'),
    };
    expect(plainProblems({ ...flow, nodes })).toEqual([
      { node: 'sort', kind: 'missing' },
      { node: 'alone', kind: 'unreachable' },
      { node: 'alone', kind: 'unset' },
    ]);
  });

  it('is never the form of a new node but where it needs a way', () => {
    const types = [
      'say',
      'ask',
      'set',
      'call',
      'hook',
      'wait',
      'wait_event',
      'hand_over',
      'sub_flow',
      'goal',
    ] as const;
    for (const type of types) {
      const nodes = { start: newNode(type) };
      expect(Flow.safeParse({ ...flow, start: 'start', nodes }).success, type).toBe(true);
    }
  });
});
