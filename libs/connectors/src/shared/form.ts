/**
 * Reads `application/x-www-form-urlencoded` as a provider posted it, every value of every name in order.
 *
 * Bytes that are no UTF-8 become U+FFFD, as everywhere on the web; never throws.
 */
export function readForm(body: Uint8Array | string): [name: string, value: string][] {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  return [...new URLSearchParams(text)];
}

/** Names with their last values, without NUL, which PostgreSQL does not keep. */
export function fieldsOf(form: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(form.map(([name, value]) => [name, value.replaceAll('\0', '')]));
}

/** Writes a form; names may repeat, and what is undefined is left out. */
export function writeForm(fields: Readonly<Record<string, string | readonly string[] | undefined>>): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of value === undefined ? [] : [value].flat()) form.append(name, one);
  }
  return form.toString();
}
