import { Fault, fault, toFault, type FaultCode } from '#libs/faults';

/** What the framework may say by a status alone. */
const codeOfStatus: Readonly<Record<number, FaultCode>> = {
  400: 'input/malformed-json',
  401: 'access/missing-credentials',
  403: 'access/insufficient-scope',
  404: 'state/not-found',
  405: 'input/method-not-allowed',
  406: 'input/not-acceptable',
  408: 'state/unavailable',
  413: 'input/too-large',
  414: 'input/too-large',
  415: 'input/unsupported-media-type',
  431: 'input/too-large',
};

/**
 * Gives everything that a request can end in its code: faults stay, errors of Nest and Fastify are told by their
 * status, and the rest is a mistake of ours.
 */
export function toHttpFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  if (!(thrown instanceof Error)) return toFault(thrown);
  // Nest wraps what a body parser throws and keeps it as the cause.
  if (thrown.cause instanceof Fault) return thrown.cause;
  const { statusCode, getStatus } = thrown as { statusCode?: unknown; getStatus?: () => number };
  const status = typeof getStatus === 'function' ? getStatus.call(thrown) : statusCode;
  const code = typeof status === 'number' ? codeOfStatus[status] : undefined;
  return code ? fault(code, { cause: thrown }) : toFault(thrown);
}
