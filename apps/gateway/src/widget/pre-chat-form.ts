import { readField } from '#libs/bot';
import { invalidInput, type SchemaIssue } from '#libs/faults';
import type { PreChat, SaidOfVisitor, UpdateContact } from '#libs/model';

/**
 * What the answers of a visitor say about their contact: the field `name` is the name, every other one an attribute. An
 * address that a visitor claims is an attribute too and no identity, else a stranger's mails would come to them.
 *
 * @throws Fault `input/invalid` with a pointer for each field that is missing, wrong or unknown
 */
export function contactFrom(form: PreChat, fields: Readonly<Record<string, string>>): UpdateContact {
  const issues: SchemaIssue[] = Object.keys(fields)
    .filter((name) => !form.fields.some(({ id }) => id === name))
    .map((name) => ({ path: ['fields', name], message: 'is not asked for', code: 'unrecognized_keys' }));
  const attributes: Record<string, string> = {};
  for (const field of form.fields) {
    const read = readField(field, fields[field.id] ?? '');
    if (!read.ok) issues.push({ path: ['fields', field.id], message: read.problem, code: 'custom' });
    else if (typeof read.value === 'string') attributes[field.id] = read.value;
    else if (typeof read.value === 'number') attributes[field.id] = String(read.value);
  }
  if (issues.length > 0) throw invalidInput(issues);
  const { name, ...rest } = attributes;
  return { ...(name !== undefined && { name: name.slice(0, 200) }), attributes: rest };
}

/**
 * What a page says of its visitor, as attributes that say so by their name: it never takes the place of what the customer's
 * server has vouched for, and an address in it is no identity.
 *
 * @returns attributes `said_…`; null takes one away
 */
export function saidOf(said: SaidOfVisitor): Record<string, string | null> {
  return Object.fromEntries(Object.entries(said).map(([name, value]) => [`said_${name}`, value]));
}
