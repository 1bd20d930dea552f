import type { OpenAPIObject } from '@nestjs/swagger';

interface Defining {
  $defs?: Record<string, unknown>;
}

/**
 * Moves named schemas that stand where they are used (bodies that a controller describes itself) to the components,
 * where references can find them.
 *
 * @returns a document without `$defs`
 */
export function hoistDefinitions(document: OpenAPIObject): OpenAPIObject {
  const found: Record<string, unknown> = {};
  const collected = JSON.stringify(document, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$defs' in value)) return value;
    const { $defs, ...rest } = value as Defining;
    Object.assign(found, $defs);
    return rest;
  });
  const whole = { schemas: { ...document.components?.schemas, ...found } };
  const text = JSON.stringify({
    ...(JSON.parse(collected) as object),
    components: { ...document.components, ...whole },
  });
  return JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')) as OpenAPIObject;
}
