/** As much of a JSON schema as a form is made of. */
export interface JsonSchema {
  type?: string;
  enum?: readonly string[];
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  anyOf?: readonly JsonSchema[];
  $ref?: string;
  $defs?: Readonly<Record<string, JsonSchema>>;
  default?: unknown;
  description?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  maxLength?: number;
  /** What a text stands for, where that has a control of its own. */
  'x-stands-for'?: 'secret';
}

/** The control that fits a value. */
export type Control =
  | 'choice'
  | 'choices'
  | 'secret'
  | 'line'
  | 'text'
  | 'number'
  | 'switch'
  | 'words'
  | 'groups'
  | 'said'
  | 'list'
  | 'object'
  | 'headers'
  | 'pairs'
  | 'json';

const LINE_MAX = 300;

/** The schema itself where one stands for another; what is said where it is used stays. */
export function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const name = schema.$ref?.split('/').at(-1);
  const found = name === undefined ? undefined : root.$defs?.[name];
  if (!found) return schema;
  const { $ref: _, ...said } = schema;
  return { ...resolved(found, root), ...said };
}

/** The control for a schema that was resolved. */
export function controlOf(schema: JsonSchema, root: JsonSchema): Control {
  if (schema['x-stands-for'] === 'secret') return 'secret';
  if (schema.enum) return 'choice';
  switch (schema.type) {
    case 'boolean':
      return 'switch';
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
      return (schema.maxLength ?? 0) > LINE_MAX ? 'text' : 'line';
    case 'array':
      return controlOfList(schema.items ?? {}, root);
    case 'object':
      return controlOfObject(schema);
    default:
      return 'json';
  }
}

function controlOfList(items: JsonSchema, root: JsonSchema): Control {
  if (items.$ref?.endsWith('/Content')) return 'said';
  const each = resolved(items, root);
  if (each.type === 'string') return each.enum ? 'choices' : 'words';
  if (each.type === 'array') return 'groups';
  return each.type === 'object' ? 'list' : 'json';
}

function controlOfObject({ properties, additionalProperties }: JsonSchema): Control {
  if (properties) return 'object';
  if (typeof additionalProperties !== 'object') return 'json';
  if (additionalProperties.anyOf?.some((one) => one.properties?.['secret'])) return 'headers';
  return additionalProperties.type === undefined ? 'json' : 'pairs';
}

/** As little as a schema asks for, to begin with. */
export function emptyOf(schema: JsonSchema, root: JsonSchema): unknown {
  const known = resolved(schema, root);
  if (known.default !== undefined) return known.default;
  if (known.enum) return known.enum[0];
  switch (known.type) {
    case 'object': {
      const required = (known.required ?? []).map((name) => [
        name,
        emptyOf(known.properties?.[name] ?? {}, root),
      ]);
      return Object.fromEntries(required) as unknown;
    }
    case 'array':
      return (known.minItems ?? 0) > 0 ? firstOf(known.items ?? {}, root) : [];
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return known.minimum ?? 0;
    default:
      return '';
  }
}

/** The one that must be there. Of words none: whoever writes the first sees that one is missing. */
function firstOf(items: JsonSchema, root: JsonSchema): unknown[] {
  if (items.$ref?.endsWith('/Content')) return [{ type: 'text', text: '…' }];
  return resolved(items, root).type === 'object' ? [emptyOf(items, root)] : [];
}

const names = ['title', 'name', 'label', 'id', 'tool', 'provider', 'text'];

/** What one of a list is called: the first of its texts that says who it is. */
export function titleOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : '';
  const fields = value as Record<string, unknown>;
  const { days, from = '', to = '' } = fields as { days?: readonly string[]; from?: string; to?: string };
  if (days) return `${days.join(', ')} ${from}–${to}`;
  const found = names.map((name) => fields[name]).find((one) => typeof one === 'string' && one !== '');
  return typeof found === 'string' ? found : '';
}
