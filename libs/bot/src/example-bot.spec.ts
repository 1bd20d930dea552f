import { describe, expect, it } from 'vitest';
import { playConversation } from './check/play.js';
import { exampleBot, exampleConversations } from './example-bot.js';

describe('the shipped example bot', () => {
  it('has a test conversation for each of its flows, and describes each tool that they call', async () => {
    const definition = exampleBot();
    const seen = new Set<unknown>();
    for (const conversation of exampleConversations()) {
      const { steps } = await playConversation(definition, conversation);
      for (const { trace } of steps) for (const { detail } of trace) seen.add(detail['flow']);
    }
    const flows = definition.flows ?? [];
    expect(flows.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
    const called = flows.flatMap(({ nodes }) =>
      Object.values(nodes).flatMap((node) => (node.type === 'call' ? [node.tool] : [])),
    );
    expect([...new Set(called)].toSorted()).toEqual(definition.tools?.map(({ name }) => name).toSorted());
  });
});
