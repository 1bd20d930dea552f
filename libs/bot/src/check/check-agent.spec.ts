import { describe, expect, it } from 'vitest';
import { checkBot } from './check-bot.js';

const tool = {
  name: 'orders.find',
  description: 'Finds an order.',
  url: 'https://shop.example/orders/{order}',
};
const input = { type: 'object', properties: { order: { type: 'string' } } };
const models = [{ provider: 'openai', name: 'm' }];
const found = (definition: object): string[] => {
  const checked = checkBot({ persona: { name: 'Robin' }, ...definition });
  return checked.ok ? [] : checked.problems.map(({ pointer, code }) => `${pointer} ${code}`);
};

describe('the check of an agent', () => {
  it('finds nothing wrong where every tool is there', () => {
    const mcp_servers = [{ name: 'crm', url: 'https://crm.example/mcp' }];
    const tools = [{ tool: 'hand_over' }, { tool: 'orders.find' }, { tool: 'crm.create' }];
    expect(found({ tools: [{ ...tool, input }], mcp_servers, agent: { models, tools } })).toEqual([]);
  });

  it('points at tools that are not there, and at those that are allowed twice', () => {
    const tools = [
      { tool: 'send_money' },
      { tool: 'crm.create' },
      { tool: 'hand_over' },
      { tool: 'hand_over' },
    ];
    expect(found({ agent: { models, tools } })).toEqual([
      '/agent/tools/0/tool missing-tool',
      '/agent/tools/1/tool missing-tool',
      '/agent/tools/3/tool used-twice',
    ]);
  });

  it('points at names that mean two things', () => {
    const named = (name: string) => ({ ...tool, input, name });
    expect(found({ tools: [named('hand_over'), named('a'), named('a')] })).toEqual([
      '/tools/0/name reserved',
      '/tools/2/name used-twice',
    ]);
  });

  it.each([
    ['https://{order}.example/x', 'bad-address'],
    ['https://shop.example:{order}/x', 'bad-address'],
    ['file:///{order}', 'bad-address'],
    ['https://shop.example/{other}', 'missing-input'],
  ])('points at the address %s', (url, code) => {
    expect(found({ tools: [{ ...tool, input, url }] })).toEqual([`/tools/0/url ${code}`]);
  });

  it('takes a key of nobody, an address of the installation, and a model without a name for mistakes', () => {
    const agent = (model: object) => found({ agent: { models: [model] } });
    expect(agent({ provider: 'openai' })).toEqual(['/agent/models/0/name custom']);
    expect(agent({ provider: 'openai_compatible', name: 'm' })).toEqual(['/agent/models/0/base_url custom']);
    expect(agent({ provider: 'installation', key: 'k' })).toEqual(['/agent/models/0/provider custom']);
  });
});
