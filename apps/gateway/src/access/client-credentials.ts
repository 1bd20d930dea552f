/** Who a client says it is. */
export interface ClientCredentials {
  id: string;
  secret: string;
}

/**
 * Reads the credentials of a client from the authorization header, or from the form; not from both.
 *
 * @returns null when there are none, or in both places
 * @see RFC 6749 §2.3.1: in the header, both halves are form-encoded (read 2026-11-21)
 */
export function credentialsOf(
  authorization: string | undefined,
  form: Readonly<Record<string, string>>,
): ClientCredentials | null {
  const { client_id: id, client_secret: secret } = form;
  if (authorization === undefined) return id !== undefined && secret !== undefined ? { id, secret } : null;
  if (secret !== undefined) return null;
  const [, encoded = ''] = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization.trim()) ?? [];
  const text = Buffer.from(encoded, 'base64').toString();
  const at = text.indexOf(':');
  if (at < 1) return null;
  const named = decoded(text.slice(0, at));
  return id === undefined || id === named ? { id: named, secret: decoded(text.slice(at + 1)) } : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return '';
  }
}
