/** Who the visitor is, on the word of the page's own server. */
export type Identity = { token: string } | { external_id: string; hash: string };

/** A visitor for whom the page vouches: `person` tells one from another in this browser, the server checks the rest. */
export interface Vouched {
  person: string;
  identity: Identity;
}

/**
 * Reads what `parley('identify', …)` was given: a JWT, or an id with its HMAC.
 *
 * @returns null for anything else
 */
export function readIdentity(who: unknown): Vouched | null {
  const { token, hash, external_id: externalId, id = externalId } = (who ?? {}) as Record<string, unknown>;
  if (typeof token === 'string') {
    const person = subjectOf(token);
    return person === null ? null : { person, identity: { token } };
  }
  if (typeof id !== 'string' || id === '' || typeof hash !== 'string') return null;
  return { person: id, identity: { external_id: id, hash } };
}

/** `sub` of a JWT, unchecked. */
function subjectOf(token: string): string | null {
  try {
    const payload = atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/'));
    const bytes = Uint8Array.from(payload, (sign) => sign.charCodeAt(0));
    const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown };
    return typeof sub === 'string' && sub !== '' ? sub : null;
  } catch {
    return null;
  }
}
