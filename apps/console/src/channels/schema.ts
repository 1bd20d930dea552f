/** One setting of a kind of channel, as a form shows it. */
export interface Field {
  name: string;
  label: string;
  description: string;
  kind: 'text' | 'secret' | 'choice' | 'switch' | 'number' | 'list' | 'json';
  options: readonly string[];
  isRequired: boolean;
  /** A secret that is made when it is left out. */
  isGenerated: boolean;
  /** Stands among those that are shown at once. */
  isEssential: boolean;
  preset: unknown;
  pattern: string | null;
  min: number | null;
  max: number | null;
}

interface Property {
  type?: string;
  enum?: string[];
  default?: unknown;
  description?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  items?: { type?: string };
}

/** What is known of a kind of channel that makes its form. */
export interface KindOfChannel {
  settings_schema: Record<string, unknown>;
  secret_fields: readonly string[];
  generated_fields: readonly string[];
}

/** The fields of a form, in the order in which the connector's folder declares them. */
export function fieldsOf(kind: KindOfChannel): Field[] {
  const properties = (kind.settings_schema['properties'] ?? {}) as Record<string, Property>;
  const required = (kind.settings_schema['required'] ?? []) as string[];
  return Object.entries(properties).map(([name, property]) => {
    const isGenerated = kind.generated_fields.includes(name);
    const isRequired = required.includes(name) && !isGenerated;
    const shape = kindOf(property, kind.secret_fields.includes(name));
    return {
      name,
      label: labelOf(name),
      description: property.description ?? '',
      kind: shape,
      options: property.enum ?? [],
      isRequired,
      isGenerated,
      isEssential: isRequired || shape === 'choice' || (!isGenerated && property.default === undefined),
      preset: property.default,
      pattern: property.pattern ?? null,
      min: property.minimum ?? null,
      max: property.maximum ?? null,
    };
  });
}

/** `phone_number_id` as people read it: `Phone number id`. */
export function labelOf(name: string): string {
  const words = name
    .replaceAll('_', ' ')
    .replace(/\b(url|id|sid|smtp|imap|dkim|tls|api|sns|mms|ip)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a form holds at first. */
export function presetsOf(fields: readonly Field[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.map(({ name, kind, preset }) => [
      name,
      kind === 'json' ? jsonText(preset) : (preset ?? emptyOf(kind)),
    ]),
  );
}

/** What a form says, without what was left empty or as it is anyway. */
export function settingsIn(
  fields: readonly Field[],
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const said = fields.flatMap(({ name, kind, preset }) => {
    const raw = values[name];
    if (raw === '' || raw === undefined || raw === null) return [];
    if (Array.isArray(raw) && raw.length === 0 && preset === undefined) return [];
    return [[name, kind === 'json' ? JSON.parse(raw as string) : raw] as const];
  });
  return Object.fromEntries(said);
}

function kindOf(property: Property, isSecret: boolean): Field['kind'] {
  if (isSecret) return 'secret';
  if (property.enum) return 'choice';
  if (property.type === 'boolean') return 'switch';
  if (property.type === 'number' || property.type === 'integer') return 'number';
  if (property.type === 'array' && property.items?.type === 'string') return 'list';
  return property.type === 'string' ? 'text' : 'json';
}

function emptyOf(kind: Field['kind']): unknown {
  if (kind === 'switch') return false;
  return kind === 'list' ? [] : '';
}

function jsonText(preset: unknown): string {
  return preset === undefined || preset === null ? '' : JSON.stringify(preset, null, 2);
}
