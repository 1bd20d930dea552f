import type { FaultRow } from '../row.js';

/** Faults of who is asking. None of them says whether the thing asked for exists. */
export const accessFaults = {
  'access/missing-credentials': {
    http: 401,
    retry: 'never',
    log: 'info',
    title: 'Credentials are missing',
    cause: 'The route needs an API key or a token, and the request has none.',
    fix: 'Send `authorization: Bearer <key>`.',
  },
  'access/invalid-api-key': {
    http: 401,
    retry: 'never',
    log: 'info',
    title: 'The API key is not valid',
    cause: 'The key is malformed, unknown, expired or revoked; the answer does not say which.',
    fix: 'Check that the whole key was copied, or create a new one.',
  },
  'access/token-expired': {
    http: 401,
    retry: 'never',
    log: 'info',
    title: 'The token has expired',
    cause: 'Visitor and session tokens live for a short time, and this one is over.',
    fix: 'Ask for a new token and repeat the request with it.',
  },
  'access/invalid-signature': {
    http: 401,
    retry: 'never',
    log: 'warn',
    title: 'The signature does not match',
    cause:
      'The body was altered on the way, the secret differs on both sides, or the signed time is too old.',
    fix: 'Sign the exact bytes that are sent, with the secret of this channel, and check the clock of the sender.',
  },
  'access/insufficient-scope': {
    http: 403,
    retry: 'never',
    log: 'info',
    title: 'The key may not do this',
    cause: 'The key or token is good, but lacks the scope named in `detail`.',
    fix: 'Use a key that has the scope.',
  },
  'access/ip-not-allowed': {
    http: 403,
    retry: 'never',
    log: 'warn',
    title: 'The key does not hold from there',
    cause: 'The key is good, but the request comes from a network that is not in its `allowed_ips`.',
    fix: 'Send it from an allowed network, or add yours to the key. Behind a proxy, set PARLEY_TRUST_PROXY.',
  },
  'access/origin-not-allowed': {
    http: 403,
    retry: 'never',
    log: 'info',
    title: 'The origin is not allowed',
    cause: 'The page that sent the request is not on the list of allowed origins of this channel.',
    fix: 'Add the origin, scheme and port included, to the settings of the channel.',
  },
} as const satisfies Record<string, FaultRow>;
