/**
 * The fields of an address as the bytes that they are: Kannel escapes a message in its own charset, UTF-16 too, which a reader of
 * UTF-8 would destroy.
 *
 * @returns the last value of every name
 */
export function rawQuery(url: string): ReadonlyMap<string, Buffer> {
  const query = url.split('#')[0]!.split('?').slice(1).join('?');
  const fields = query.split('&').filter((field) => field !== '');
  return new Map(
    fields.map((field) => {
      const [name, ...value] = field.split('=');
      return [unescapeBytes(name!).toString('latin1'), unescapeBytes(value.join('='))];
    }),
  );
}

/** Undoes percent signs and pluses, byte by byte; what is no escape stays. */
function unescapeBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('+', ' '), 'utf8').toString('latin1');
  const plain = bytes.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}
