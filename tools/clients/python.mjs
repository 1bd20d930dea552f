// The Python client, from the description of the API: a template, and the methods of its resources.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { methodsOf } from './methods.mjs';

const TEMPLATE = readFileSync(path.join(import.meta.dirname, 'parley.template.py'), 'utf8');
const KEYWORDS = new Set([
  'import',
  'pass',
  'from',
  'is',
  'in',
  'not',
  'global',
  'class',
  'def',
  'del',
  'return',
]);

/** @param {Record<string, any>} document */
export function renderPython(document) {
  const methods = methodsOf(document).filter(({ answer }) => answer !== 'events');
  const names = [...new Set(methods.map(({ resource }) => resource))];
  const classes = names.map((name) =>
    renderClass(
      name,
      methods.filter(({ resource }) => resource === name),
    ),
  );
  const retry = Object.entries(document['x-parley'].errors)
    .filter(([, { retry }]) => retry === 'later' || retry === 'when-told')
    .map(([code]) => `    "${code}",`);
  return TEMPLATE.replace('@RETRY@', () => retry.join('\n'))
    .replace('@CLASSES@', () => classes.join('\n\n'))
    .replace('@RESOURCES@', () =>
      names.map((name) => `        self.${snake(name)} = ${classOf(name)}(self)`).join('\n'),
    );
}

const snake = (name) => {
  const text = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return KEYWORDS.has(text) ? `${text}_` : text;
};
const classOf = (name) => `_${name[0].toUpperCase()}${name.slice(1)}`;

function renderClass(name, methods) {
  return `class ${classOf(name)}(_Calls):\n${methods.map(renderMethod).join('\n')}`;
}

function renderMethod({ name, ids, verb, path: at, words, body, isBodyOptional, hasQuery, answer }) {
  const own = ids.map((id) => snake(id === 'id' ? 'id_' : id));
  const parameters = ['self', ...own];
  if (body === 'json') parameters.push(isBodyOptional ? 'body=None' : 'body');
  if (body === 'bytes') parameters.push('content', 'content_type=None');
  if (verb !== 'GET') parameters.push('idempotency_key=None');
  if (hasQuery) parameters.push('**query');
  const pieces = own.map((id) => `_in_path(${id})`);
  const where =
    own.length === 0 ? `"${at}"` : `"${at.replaceAll(/\{\w+\}/g, '%s')}" % (${pieces.join(', ')},)`;
  return `    def ${snake(name)}(${parameters.join(', ')}):
        """${words.replaceAll('\\', '\\\\').replaceAll('"""', "'''")} \`${verb} ${at}\`"""
        return ${answer === 'page' ? `self._pages(${where}, ${hasQuery ? 'query' : '{}'})` : `self._parley.call(${callOf(verb, where, { body, isBodyOptional, hasQuery })})`}
`;
}

function callOf(verb, where, { body, isBodyOptional, hasQuery }) {
  const given = [`"${verb}"`, where];
  if (body === 'json') given.push(isBodyOptional ? 'body={} if body is None else body' : 'body=body');
  if (body === 'bytes') given.push('raw=content', 'content_type=content_type');
  if (hasQuery) given.push('query=query');
  if (verb !== 'GET') given.push('idempotency_key=idempotency_key');
  return given.join(', ');
}
