import { fault } from '#libs/faults';
import type { HookRequest } from '../connector.js';
import { readForm } from '../shared/form.js';
import { parseJson } from '../shared/parse-json.js';

/**
 * The fields of a request, wherever the account has Vonage put them: query, form, or JSON. Of a name that stands twice the last
 * value counts. Signature and decoding read the same.
 *
 * @throws Fault `input/invalid` for a body that is none of it
 */
export function requestFields({ method, query, headers, body }: HookRequest): Record<string, string> {
  if (method === 'GET') return { ...query };
  const type = headers['content-type']?.split(';')[0]!.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(readForm(body));
  if (type !== 'application/json')
    throw fault('input/invalid', { detail: 'The body is neither a form nor JSON.' });
  const fields = parseJson(body);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw fault('input/invalid', { detail: 'The body is no JSON object.' });
  }
  const entries = Object.entries(fields as Record<string, unknown>);
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (isPlain(value) ? [[name, String(value)]] : [])),
  );
}

const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);
