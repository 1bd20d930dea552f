import { fault } from '#libs/faults';

/**
 * Settings from `field=value`, with dots for fields within fields. A value is JSON where it is that, else text.
 *
 * @throws Fault `input/invalid` when there is no `=`
 */
export function settingsFrom(pairs: readonly string[]): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw fault('input/invalid', { detail: `"${pair}" is not field=value.` });
    put(settings, pair.slice(0, at).split('.'), valueOf(pair.slice(at + 1)));
  }
  return settings;
}

function put(into: Record<string, unknown>, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0)
    return void Object.defineProperty(into, name, { value, enumerable: true, configurable: true });
  if (!Object.hasOwn(into, name)) put(into, [name], {});
  put(into[name] as Record<string, unknown>, rest, value);
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
