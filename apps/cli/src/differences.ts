/** One place where two documents differ. */
export interface Difference {
  /** From the root, with dots. */
  at: string;
  before?: unknown;
  after?: unknown;
}

/** Where two documents of JSON differ. Lists are compared as a whole, and what is not said is as its default was. */
export function differences(before: unknown, after: unknown, at = ''): Difference[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) =>
      differences(before[name], after[name], at === '' ? name : `${at}.${name}`),
    );
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ at, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
