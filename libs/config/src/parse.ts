import { fault } from '#libs/faults';
import type { z } from 'zod';

/** Environment as a process gets it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The same shape, with nothing in it that can be changed. */
export type Frozen<T> = T extends (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends Record<string, unknown>
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/**
 * Reads an environment with a schema whose keys are variable names. An empty variable counts as not set.
 *
 * @throws Fault `config/invalid` with every problem by name, sorted as in the schema, and without any value
 */
export function parseEnvironment<S extends z.ZodType>(schema: S, env: Environment): z.infer<S> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    pointer: `/${String(issue.path[0] ?? '')}`,
    code: issue.code,
    detail: isMissing(issue, given) ? 'must be set' : issue.message,
  }));
  const lines = errors.map((error) => `  ${error.pointer.slice(1)} ${error.detail}`);
  throw fault('config/invalid', {
    detail: `The configuration is not valid:\n${[...new Set(lines)].join('\n')}`,
    errors,
  });
}

/** Freezes plain objects and arrays all the way down; keys and other class instances stay as they are. */
export function deepFreeze<T>(value: T): Frozen<T> {
  if (isPlain(value)) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value as Frozen<T>;
}

function isMissing(issue: z.core.$ZodIssue, given: Record<string, unknown>): boolean {
  return issue.code !== 'custom' && !Object.hasOwn(given, String(issue.path[0]));
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype;
}
