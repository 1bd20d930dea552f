import { z } from 'zod';
import { Problem } from '#libs/faults';
import type { ApiAnswer } from './boot.js';

// oxlint-disable-next-line typescript/no-explicit-any -- an OpenAPI document, whose schemas are JSON Schema
export type Schema = Record<string, any>;

/** One operation of the description. */
export interface DescribedOperation {
  id: string;
  method: string;
  path: string;
  body: 'json' | 'bytes' | null;
  bodySchema: Schema | null;
  query: { name: string; required: boolean; schema: Schema }[];
  /** Bodies that the description shows. */
  examples: unknown[];
  /** Needs no credentials. */
  isOpen: boolean;
  /** Takes the token of a visitor. */
  isVisitors: boolean;
  responses: Record<string, Schema>;
}

/** Says whether answers are what a description of the API promises. */
export interface DocumentChecker {
  document: Schema;
  operations: DescribedOperation[];
  /** What an answer has that is not described; empty when all is well. */
  problemsOf(operation: DescribedOperation, answer: ApiAnswer): string[];
}

/** Reads a description. */
export function documentChecker(document: Schema): DocumentChecker {
  const operations = Object.entries(document['paths'] as Schema).flatMap(([path, methods]) =>
    Object.entries(methods as Schema).map(([method, operation]) =>
      operationOf(path, method, operation as Schema),
    ),
  );
  const shapes = new Map<string, z.ZodType>();
  const shapeOf = (schema: Schema): z.ZodType => {
    const text = JSON.stringify({ ...schema, $defs: document['components'].schemas });
    const key = JSON.stringify(schema);
    const known =
      shapes.get(key) ?? z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
    shapes.set(key, known);
    return known;
  };
  const resolved = (response: Schema): Schema =>
    '$ref' in response
      ? document['components'].responses[String(response['$ref']).split('/').pop()!]
      : response;
  const problemsOf = (operation: DescribedOperation, answer: ApiAnswer): string[] => {
    const response = operation.responses[answer.status];
    if (!response) return [`${answer.status} is not described`];
    const content = (resolved(response)['content'] ?? {}) as Record<string, { schema: Schema }>;
    // Errors of OAuth have a form of their own (RFC 6749 §5.2).
    const hasOwnErrors = operation.path.startsWith('/oauth/');
    if (answer.status >= 400) return hasOwnErrors ? [] : issuesOf(Problem, answer.body);
    const json = content['application/json'];
    return json ? issuesOf(shapeOf(json.schema), answer.body) : [];
  };
  return { document, operations, problemsOf };
}

function issuesOf(shape: z.ZodType, value: unknown): string[] {
  const { error } = shape.safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function operationOf(path: string, method: string, operation: Schema): DescribedOperation {
  const content = (operation['requestBody']?.content ?? {}) as Schema;
  const json = content['application/json'] as Schema | undefined;
  const parameters = (operation['parameters'] ?? []) as Schema[];
  return {
    id: operation['operationId'],
    method: method.toUpperCase(),
    path,
    body: json ? 'json' : Object.keys(content).length > 0 ? 'bytes' : null,
    bodySchema: json?.['schema'] ?? null,
    query: parameters
      .filter((parameter) => parameter['in'] === 'query')
      .map(({ name, required, schema }) => ({ name, required: required === true, schema })),
    examples: Object.values((json?.['examples'] ?? {}) as Schema).map(({ value }) => value),
    isOpen: (operation['security'] ?? []).length === 0,
    isVisitors: path.startsWith('/v1/widget/') && path !== '/v1/widget/sessions',
    responses: operation['responses'],
  };
}
