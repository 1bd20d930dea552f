import type { OpenAPIObject } from '@nestjs/swagger';
import { requestExamples } from './request-examples.js';

interface Operation {
  operationId: string;
  requestBody?: { content: Record<string, { examples?: object }> };
}

/**
 * Puts the examples of request bodies into the document; test/e2e/api-examples.test.ts runs each of them.
 *
 * @param document  changed in place
 */
export function addExamples(document: OpenAPIObject): void {
  for (const operation of operationsOf(document)) {
    const content = operation.requestBody?.content['application/json'];
    const examples = requestExamples[operation.operationId];
    if (!content || !examples) continue;
    content.examples = Object.fromEntries(
      examples.map(({ summary, value }) => [nameOf(summary), { summary, value }]),
    );
  }
}

function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.values(document.paths).flatMap((methods) =>
    Object.values(methods as Record<string, Operation>),
  );
}

function nameOf(summary: string): string {
  return summary
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
