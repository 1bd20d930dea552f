import type { BotDefinition } from '#libs/model';
import type { Problems } from './problem.js';

/** Tools that every bot can allow its agent. */
const builtIns = new Set([
  'hand_over',
  'search_knowledge',
  'set_field',
  'capture_lead',
  'search_orders',
  'find_times',
  'schedule',
  'create_ticket',
  'remember',
]);
const hole = /\{([a-z][a-z0-9_]*)\}/g;

/** Checks what the agent may use: each tool is there and is called by one name only, and each address leads to one host. */
export function checkAgent(definition: BotDefinition, problems: Problems): void {
  const tools = (definition.tools ?? []).map(({ name }) => name);
  const servers = (definition.mcp_servers ?? []).map(({ name }) => name);
  checkNames(tools, ['tools'], problems);
  checkNames(servers, ['mcp_servers'], problems);
  for (const [index, { url, input, bind }] of (definition.tools ?? []).entries()) {
    const known = [...Object.keys((input['properties'] ?? {}) as object), ...Object.keys(bind)];
    checkAddress(url, known, ['tools', index, 'url'], problems);
  }
  for (const [index, { tool }] of (definition.agent?.tools ?? []).entries()) {
    const isThere = builtIns.has(tool) || tools.includes(tool) || servers.includes(tool.split('.')[0] ?? '');
    if (!isThere) {
      const words = `There is no tool “${tool}”, and no server that could bring it`;
      problems.add(['agent', 'tools', index, 'tool'], 'missing-tool', words);
    }
  }
  const given = (definition.agent?.tools ?? []).map(({ tool }) => tool);
  for (const [index, tool] of given.entries()) {
    if (given.indexOf(tool) !== index) {
      problems.add(['agent', 'tools', index, 'tool'], 'used-twice', `The tool “${tool}” is allowed twice`);
    }
  }
}

function checkNames(names: readonly string[], path: readonly PropertyKey[], problems: Problems): void {
  for (const [index, name] of names.entries()) {
    if (builtIns.has(name)) {
      problems.add([...path, index, 'name'], 'reserved', `The name “${name}” is one of a built-in tool`);
    }
    if (names.indexOf(name) !== index) {
      problems.add([...path, index, 'name'], 'used-twice', `The name “${name}” is used twice`);
    }
  }
}

function checkAddress(
  template: string,
  known: readonly string[],
  path: readonly PropertyKey[],
  problems: Problems,
): void {
  const like = (word: string): string => template.replaceAll(hole, word);
  const originOf = (text: string): string | null =>
    URL.canParse(text) && /^https?:/.test(text) ? new URL(text).origin : null;
  const origin = originOf(like('x'));
  if (origin === null || origin !== originOf(like('y'))) {
    problems.add(path, 'bad-address', 'Must be a web address with a fixed host');
  }
  for (const [, name] of template.matchAll(hole)) {
    if (!known.includes(name!)) {
      problems.add(path, 'missing-input', `There is no input “${name}”, neither described nor bound`);
    }
  }
}
