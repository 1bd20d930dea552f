import type { OpenAPIObject } from '@nestjs/swagger';
import { summaries } from './summaries.gen.js';

interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  security?: unknown[];
}

/**
 * Says of every operation what it does, in the words of its controller, and that it is open where it is.
 *
 * @param document  changed in place
 */
export function describeOperations(document: OpenAPIObject): void {
  for (const methods of Object.values(document.paths)) {
    for (const operation of Object.values(methods as Record<string, Operation>)) {
      Object.assign(operation, { ...summaries[operation.operationId], ...asStated(operation) });
      operation.security ??= [];
    }
  }
}

/** What a decorator has said already. */
function asStated({ summary, description }: Operation): object {
  return { ...(summary && { summary }), ...(description && { description }) };
}
