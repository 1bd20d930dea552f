import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import type { Json } from '#libs/model';

/** What expressions and templates can see; each a plain object. */
export const scopeNames = ['contact', 'conversation', 'message', 'time', 'channel', 'fields'] as const;

/** The values behind {@link scopeNames}. */
export type Scope = Readonly<Record<(typeof scopeNames)[number], Readonly<Record<string, Json>>>>;

/** What an expression comes to. */
export type Evaluated = { readonly ok: true; readonly value: Json } | { readonly ok: false };

const limits = {
  maxAstNodes: 400,
  maxDepth: 40,
  maxListElements: 100,
  maxMapEntries: 100,
  maxCallArguments: 8,
};

/**
 * What CEL could be abused with: `matches` is the backtracking engine of JavaScript here, `bind` doubles a text at each
 * level, and a loop within a loop takes the product of both lists.
 */
const refused = new Set(['matches', 'bind', 'bytes', 'json', 'hex', 'base64']);
const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const textMax = 10_000;

const environment = makeEnvironment();
const known = new Map<string, ((scope: Record<string, unknown>) => unknown) | string>();

/**
 * Says what is wrong with an expression, before it is ever run.
 *
 * @param wanted  `bool` for a condition; `any` for a value
 * @returns null when nothing is
 */
export function expressionProblem(text: string, wanted: 'bool' | 'any' = 'any'): string | null {
  const compiled = compile(text);
  if (typeof compiled === 'string') return compiled;
  const { valid, type, error } = environment.check(text);
  if (!valid) return firstLine(error);
  return wanted === 'bool' && type !== 'bool' && type !== 'dyn'
    ? `is ${type}, where true or false is wanted`
    : null;
}

/**
 * Runs an expression. Never throws: one that cannot be evaluated, for example because a field is missing, is not ok.
 *
 * Whole numbers are CEL's `int`, others `double`; the four operations may mix them. Bounded in time by the limits on
 * what can be written, and by the size of the scope.
 */
export function evaluate(text: string, scope: Scope): Evaluated {
  const compiled = compile(text);
  if (typeof compiled === 'string') return { ok: false };
  try {
    const value = toJson(compiled(toCel(scope) as Record<string, unknown>));
    return value === undefined ? { ok: false } : { ok: true, value };
  } catch {
    return { ok: false };
  }
}

/** Whether a condition is true; one that cannot be evaluated is not. */
export function holds(text: string, scope: Scope): boolean {
  const result = evaluate(text, scope);
  return result.ok && result.value === true;
}

function makeEnvironment(): Environment {
  const made = new Environment({ limits, homogeneousAggregateLiterals: false });
  for (const name of scopeNames) made.registerVariable(name, 'map');
  const operations = {
    '+': (a: number, b: number) => a + b,
    '-': (a: number, b: number) => a - b,
    '*': (a: number, b: number) => a * b,
    '/': (a: number, b: number) => a / b,
  };
  for (const [sign, run] of Object.entries(operations)) {
    made.registerOperator(`double ${sign} int`, (a: number, b: bigint) => run(a, Number(b)));
    made.registerOperator(`int ${sign} double`, (a: bigint, b: number) => run(Number(a), b));
  }
  return made;
}

function compile(text: string): ((scope: Record<string, unknown>) => unknown) | string {
  const before = known.get(text);
  if (before !== undefined) return before;
  const made = parse(text);
  if (known.size > 5_000) known.clear();
  known.set(text, made);
  return made;
}

function parse(text: string): ((scope: Record<string, unknown>) => unknown) | string {
  try {
    const parsed = environment.parse(text);
    return unsafeIn(parsed.ast, 0) ?? parsed;
  } catch (thrown) {
    return firstLine(thrown);
  }
}

/** Walks the tree of an expression. @returns what may not stand in it */
function unsafeIn(node: ASTNode | readonly unknown[], loopDepth: number): string | null {
  const isCall =
    !Array.isArray(node) && ((node as ASTNode).op === 'rcall' || (node as ASTNode).op === 'call');
  const called = isCall ? String(((node as ASTNode).args as readonly unknown[])[0]) : '';
  if (refused.has(called)) return `${called} cannot be used`;
  const depth = loopDepth + (loops.has(called) ? 1 : 0);
  if (depth > 1) return 'a loop cannot stand within a loop';
  const args: unknown = Array.isArray(node) ? node : (node as ASTNode).args;
  if (!Array.isArray(args)) return null;
  for (const each of args) {
    if (typeof each !== 'object' || each === null) continue;
    const problem = unsafeIn(each as ASTNode, depth);
    if (problem) return problem;
  }
  return null;
}

function toCel(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toCel(each)]));
}

/** A value of CEL as JSON; undefined for what JSON has no word for. */
function toJson(value: unknown): Json | undefined {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string') return value.slice(0, textMax);
  if (typeof value === 'boolean' || value === null) return value;
  if (Array.isArray(value)) return value.slice(0, 1_000).map((each) => toJson(each) ?? null);
  if (typeof value !== 'object') return undefined;
  const isPlain = Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null;
  if (!isPlain && !(value instanceof Map)) return undefined;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, each]) => [String(key), toJson(each) ?? null]));
}

function firstLine(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : 'cannot be read';
  return message.split('\n')[0]!.slice(0, 200);
}
