import { describe, expect, it } from 'vitest';
import { AgentSettings, HttpTool, McpServer, Menu, Understanding } from '#libs/model';
import { definitionSchemas } from './definition-schemas.js';
import { controlOf, emptyOf, type JsonSchema, resolved, titleOf } from './json-schema.js';

/** The controls of all fields of a part, by their names. */
function controlsOf(part: JsonSchema): Record<string, string> {
  const whole = resolved(part, part);
  const each = whole.type === 'array' ? resolved(whole.items ?? {}, part) : whole;
  return Object.fromEntries(
    Object.entries(each.properties ?? {}).map(([name, property]) => [
      name,
      controlOf(resolved(property, part), part),
    ]),
  );
}

describe('the forms of a bot', () => {
  it('have a control that fits for each field of a tool', () => {
    expect(controlsOf(definitionSchemas.tools)).toEqual({
      name: 'line',
      description: 'text',
      method: 'choice',
      url: 'text',
      headers: 'headers',
      input: 'json',
      bind: 'pairs',
      timeout_s: 'number',
      bytes_max: 'number',
    });
  });

  it('ask for secrets by their names only', () => {
    const { agent } = definitionSchemas;
    const model = resolved(resolved(agent, agent).properties?.['models'] ?? {}, agent);
    const fields = resolved(model.items ?? {}, agent).properties ?? {};
    expect(controlOf(resolved(fields['key'] ?? {}, agent), agent)).toBe('secret');
  });

  it('show lists, groups of words and what is said as such', () => {
    expect(controlsOf(definitionSchemas.understanding)).toMatchObject({
      intents: 'list',
      synonyms: 'groups',
    });
    const { understanding } = definitionSchemas;
    const intents = resolved(understanding, understanding).properties?.['intents'];
    const intent = resolved(intents?.items ?? {}, understanding);
    expect(controlOf(resolved(intent.properties?.['reply'] ?? {}, understanding), understanding)).toBe(
      'said',
    );
  });

  it('begin with what the schema takes, or with what somebody must still say', () => {
    const { agent, understanding } = definitionSchemas;
    expect(AgentSettings.safeParse(emptyOf(agent, agent)).success).toBe(true);
    expect(Understanding.safeParse(emptyOf(understanding, understanding)).success).toBe(true);
    const missing = (schema: typeof HttpTool | typeof McpServer | typeof Menu, part: JsonSchema) => {
      const each = resolved(resolved(part, part).items ?? {}, part);
      const { error } = schema.safeParse(emptyOf(each, part));
      return error?.issues.map(({ path }) => path.join('.'));
    };
    expect(missing(HttpTool, definitionSchemas.tools)).toEqual(['name', 'description', 'url']);
    expect(missing(McpServer, definitionSchemas.mcp_servers)).toEqual(['name', 'url']);
    expect(missing(Menu, definitionSchemas.menus)).toEqual(['id', 'text', 'options.0.id', 'options.0.label']);
  });

  it('call each of a list by what it is known by', () => {
    expect(titleOf({ id: 'a', title: 'Refund' })).toBe('Refund');
    expect(titleOf({ name: '', id: 'a' })).toBe('a');
    expect(titleOf({ days: ['mon', 'fri'], from: '09:00', to: '17:00' })).toBe('mon, fri 09:00–17:00');
    expect(titleOf({})).toBe('');
  });
});
