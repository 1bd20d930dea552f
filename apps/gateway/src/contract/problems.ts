import type { OpenAPIObject } from '@nestjs/swagger';
import { faultCodes, faults, problemContentType } from '#libs/faults';

/** The parts of an operation of the document that this page looks at. */
interface Described {
  security?: unknown[];
  requestBody?: { content: Record<string, unknown> };
  parameters?: { in: string; name: string; schema?: { type?: string; enum?: unknown[] } }[];
  responses: Record<string, unknown>;
}

/** What makes a status possible for an operation; every status of the registry that a rule names gets a response. */
const rules: readonly [status: number, applies: (operation: Described, place: Place) => boolean][] = [
  [400, ({ requestBody, parameters }) => requestBody !== undefined || has(parameters, 'query')],
  [401, ({ security }, { path }) => (security ?? []).length > 0 || path.startsWith('/v1/')],
  [403, ({ security }, { path }) => (security ?? []).length > 0 || path.startsWith('/v1/')],
  [404, (_, { path, isWrite }) => path.includes('{') || (isWrite && path.startsWith('/v1/'))],
  [406, (_, { path }) => path.startsWith('/v1/')],
  [409, (_, { isWrite }) => isWrite],
  [410, (_, { path }) => path.startsWith('/v1/')],
  [412, ({ parameters }) => has(parameters, 'header', 'If-Match')],
  [413, ({ requestBody }) => requestBody !== undefined],
  [415, ({ requestBody }) => requestBody !== undefined],
  [422, (operation, { isWrite }) => isWrite || has(operation.parameters, 'query') || hasRules(operation)],
  [424, (_, { isWrite }) => isWrite],
  [429, (_, { path }) => path.startsWith('/v1/') || path.startsWith('/oauth/')],
  [502, (_, { isWrite }) => isWrite],
  [503, () => true],
  [504, (_, { isWrite }) => isWrite],
];

/** Whether a place in the path has a schema of its own; an id that is none is no such object. */
function hasRules({ parameters }: Described): boolean {
  return (parameters ?? []).some(
    (one) => one.in === 'path' && (one.schema?.type === 'integer' || one.schema?.enum !== undefined),
  );
}

interface Place {
  path: string;
  isWrite: boolean;
}

/**
 * Says for every operation which statuses it can refuse with, by rules, so that no route forgets one. What a status
 * can mean is written once, from the registry of faults, in `components.responses`.
 *
 * @param document  changed in place
 */
export function describeProblems(document: OpenAPIObject): void {
  const used = new Set<number>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods as Record<string, Described>)) {
      const place = { path, isWrite: method !== 'get' };
      for (const [status, applies] of rules) {
        if (String(status) in operation.responses || !applies(operation, place)) continue;
        used.add(status);
        operation.responses[status] = { $ref: `#/components/responses/${nameOf(status)}` };
      }
    }
  }
  const responses = Object.fromEntries(
    [...used].sort((a, b) => a - b).map((status) => [nameOf(status), responseOf(status)]),
  );
  document.components = {
    ...document.components,
    responses: { ...document.components?.responses, ...responses },
  };
}

const nameOf = (status: number): string => `Problem${status}`;

function responseOf(status: number) {
  const codes = faultCodes.filter((code) => faults[code].http === status);
  return {
    description: `One of ${codes.map((code) => `\`${code}\``).join(', ')}`,
    content: { [problemContentType]: { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

function has(parameters: Described['parameters'], where: string, name?: string): boolean {
  return (parameters ?? []).some(
    (parameter) => parameter.in === where && (name === undefined || parameter.name === name),
  );
}
