import { fault, type Fault, type FieldError } from './fault.js';

/** What schema libraries say about a value they refuse: zod's issues and Standard Schema's both fit. */
export interface SchemaIssue {
  readonly message: string;
  readonly code?: string | undefined;
  /** Keys from the root to the value; Standard Schema may wrap each in an object. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * Translates a schema's issues into the fields of a problem document, in the order given.
 *
 * Values never appear: the messages of our schemas speak of rules only.
 */
export function toFieldErrors(issues: readonly SchemaIssue[]): FieldError[] {
  return issues.map((issue) => ({
    pointer: toPointer(issue.path ?? []),
    code: issue.code ?? 'invalid',
    detail: issue.message,
  }));
}

/** Makes the fault `input/invalid` from a schema's issues. */
export function invalidInput(issues: readonly SchemaIssue[]): Fault {
  const errors = toFieldErrors(issues);
  const first = errors[0];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const detail = first && `${first.pointer === '' ? 'The request' : first.pointer}: ${first.detail}${more}`;
  return fault('input/invalid', { errors, detail });
}

function toPointer(path: NonNullable<SchemaIssue['path']>): string {
  return path
    .map((step) => String(typeof step === 'object' ? step.key : step))
    .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
