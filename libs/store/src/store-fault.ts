import { Fault, fault } from '#libs/faults';

/** SQLSTATE classes and codes under which nothing is wrong with the statement, but the server cannot serve it now. */
const AWAY = /^(08|57P0[1-5]|53|57014|55P03|25P0[34]|58)/;
const CONFLICT = new Set(['40001', '40P01']);
/** Text that PostgreSQL cannot hold: NUL, or half a character. */
const UNTRANSLATABLE = new Set(['22021', '22P05']);
/** Numbers and times beyond what a column holds. */
const OUT_OF_RANGE = new Set(['22003', '22007', '22008']);
const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
const PRISMA_AWAY = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);
const AWAY_WORDS =
  // `timeout expired` is what a client says that is in no pool, and could not connect in time.
  /timeout exceeded when trying to connect|timeout expired|connection terminated|connection ended|query read timeout|server closed the connection|not queryable/i;

/** The SQLSTATE or system code of an error, wherever pg or Prisma put it. */
function codesOf(error: unknown): { codes: string[]; text: string } {
  const codes: string[] = [];
  let text = '';
  let at: unknown = error;
  for (let depth = 0; at instanceof Object && depth < 6; depth++) {
    const seen = at as {
      code?: unknown;
      originalCode?: unknown;
      message?: unknown;
      cause?: unknown;
      meta?: { driverAdapterError?: unknown };
    };
    for (const code of [seen.code, seen.originalCode]) if (typeof code === 'string') codes.push(code);
    if (typeof seen.message === 'string') text += ` ${seen.message}`;
    at = seen.cause ?? seen.meta?.driverAdapterError;
  }
  return { codes, text };
}

/**
 * Says what an error of pg or Prisma means for the caller.
 *
 * @returns a Fault `store/unavailable` or `store/conflict`, `state/already-exists` or `input/invalid`; any other error as it came
 */
export function storeFault(error: unknown): unknown {
  if (error instanceof Fault) return error;
  const { codes, text } = codesOf(error);
  const facts = { sqlstate: codes[0] ?? 'none' };
  if (codes.some((code) => CONFLICT.has(code) || code === 'P2034'))
    return fault('store/conflict', { cause: error, facts });
  if (codes.some((code) => code === '23505' || code === 'P2002')) {
    return fault('state/already-exists', { cause: error, facts });
  }
  if (codes.some((code) => UNTRANSLATABLE.has(code))) {
    return fault('input/invalid', { detail: 'Text must not hold the character NUL.', cause: error, facts });
  }
  if (codes.some((code) => OUT_OF_RANGE.has(code))) {
    const detail = 'A number or a time is beyond what can be kept.';
    return fault('input/invalid', { detail, cause: error, facts });
  }
  const isAway = codes.some((code) => AWAY.test(code) || SOCKET.has(code) || PRISMA_AWAY.has(code));
  if (isAway || AWAY_WORDS.test(text))
    return fault('store/unavailable', { cause: error, facts, retryAfterMs: 5_000 });
  return error;
}
