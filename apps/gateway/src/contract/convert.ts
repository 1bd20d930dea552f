import { z } from 'zod';

/** A schema, and the named ones that it refers to. */
interface Converted {
  schema: object;
  components: Record<string, object>;
}

/**
 * A schema as OpenAPI has it, and the named ones that it refers to. One that asks for less than it gives (a field with
 * a default) has two shapes: what is taken is called `…Input` then.
 */
export function converted(schema: z.ZodType, io: 'input' | 'output'): Converted {
  const given = jsonSchemaOf(schema, 'output');
  if (io === 'output') return given;
  const taken = jsonSchemaOf(schema, 'input');
  const names = differing(taken.components, given.components);
  names.delete(schema.meta()?.id ?? '');
  const refs = new Set([...names].map((name) => `#/$defs/${name}`));
  const renamed = (_: string, value: unknown): unknown =>
    typeof value === 'string' && refs.has(value) ? `${value}Input` : value;
  const { schema: body, components } = JSON.parse(JSON.stringify(taken, renamed)) as Converted;
  const entries = Object.entries(components).map(
    ([name, shape]) => [names.has(name) ? `${name}Input` : name, shape] as const,
  );
  return { schema: body, components: Object.fromEntries(entries) };
}

/** The names whose shapes differ, in themselves or in what they refer to. */
function differing(taken: Record<string, object>, given: Record<string, object>): Set<string> {
  const texts = Object.entries(taken).map(([name, shape]) => [name, JSON.stringify(shape)] as const);
  const found = new Set(
    texts.filter(([name, text]) => text !== JSON.stringify(given[name])).map(([name]) => name),
  );
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const [name, text] of texts) {
      if ([...found].some((other) => text.includes(`"#/$defs/${other}"`))) found.add(name);
    }
  }
  return found;
}

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Converted {
  const options = { io, target: 'draft-2020-12', unrepresentable: 'any' } as const;
  const { $defs, $schema: _, ...rest } = z.toJSONSchema(schema, options);
  return { schema: rest, components: $defs ?? {} };
}
