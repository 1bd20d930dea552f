import { invalidInput } from '#libs/faults';
import type { Connector } from './connector.js';

/**
 * Parses the settings of one channel with its connector's schema; defaults are filled in.
 *
 * @param raw  what the caller sent, secret fields included
 * @throws Fault `input/invalid` whose `errors` point at the fields under `/settings`; values never appear in it
 */
export function parseSettings<Settings>(connector: Connector<Settings>, raw: unknown): Settings {
  const parsed = connector.manifest.settings.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw invalidInput(parsed.error.issues.map((issue) => ({ ...issue, path: ['settings', ...issue.path] })));
}

/**
 * Fills in the secrets that a connector makes itself and that the caller left out. For channels being created; an
 * existing channel keeps what it has.
 */
export function withGenerated<Settings>(
  connector: Connector<Settings>,
  raw: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const makers = Object.entries<(() => string) | undefined>(connector.manifest.generated ?? {});
  const made = makers.flatMap(([field, make]) => (make && raw[field] === undefined ? [[field, make()]] : []));
  return { ...raw, ...Object.fromEntries(made) };
}

/** Settings in two halves: what may be stored and shown in clear, and what is sealed. */
export interface SplitSettings {
  plain: Record<string, unknown>;
  /** By field; only those that are set. */
  secrets: Record<string, unknown>;
}

/** Takes the secret fields out of parsed settings. `{ ...plain, ...secrets }` is the whole again. */
export function splitSecrets<Settings>(connector: Connector<Settings>, settings: Settings): SplitSettings {
  const isSecret = new Set<string>(connector.manifest.secrets);
  const entries = Object.entries(settings as Record<string, unknown>).filter(
    ([, value]) => value !== undefined,
  );
  return {
    plain: Object.fromEntries(entries.filter(([field]) => !isSecret.has(field))),
    secrets: Object.fromEntries(entries.filter(([field]) => isSecret.has(field))),
  };
}
