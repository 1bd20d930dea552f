import { fault } from '#libs/faults';

/** `{{ a.b.0.c }}`, or with what stands for it when nothing came: `{{ a.b | words }}`. */
const PLACE = /\{\{\s*([\w-]+(?:\.[\w-]+)*)\s*(?:\|([^{}]*))?\}\}/g;

/**
 * Puts what came in into the places of a text. Plain lookup: nothing in the payload is run or looked at as a place.
 *
 * @throws Fault `input/invalid` that names a place for which nothing came, or no text or number
 */
export function fillIn(text: string, payload: unknown): string {
  return text.replace(PLACE, (_, path: string, otherwise: string | undefined) => {
    const value = valueAt(payload, path);
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (otherwise !== undefined) return otherwise.trim();
    const detail = `Nothing came for {{ ${path} }}.`;
    throw fault('input/invalid', {
      detail,
      errors: [{ pointer: `/${path.replaceAll('.', '/')}`, code: 'missing', detail }],
    });
  });
}

function valueAt(payload: unknown, path: string): unknown {
  let at = payload;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}
