import { isFault, toFault, type FaultLevel } from '#libs/faults';
import { redact } from './redact.js';

/** What the log gets of something thrown: code, facts, and for our own mistakes the stack. */
export interface FaultLine {
  readonly level: FaultLevel;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/**
 * Makes the log line of something thrown.
 *
 * Of a fault its code, facts and the provider's code are kept, its detail only as the message; causes and stacks are
 * kept where the fault is logged as an error, because somebody of us has to find the place.
 */
export function faultLine(thrown: unknown): FaultLine {
  const fault = toFault(thrown);
  const isOurs = fault.level === 'error' || !isFault(thrown);
  return {
    level: fault.level,
    message: fault.title,
    fields: {
      code: fault.code,
      retry: fault.retry,
      ...(Object.keys(fault.facts).length > 0 && { facts: redact(fault.facts) }),
      ...(fault.retryAfterMs !== undefined && { retryAfterMs: fault.retryAfterMs }),
      ...(fault.provider && { provider: fault.provider.name, providerCode: fault.provider.code }),
      ...(fault.errors && { pointers: fault.errors.map((error) => error.pointer) }),
      ...(isOurs && { error: redact(isFault(thrown) ? fault : fault.cause) }),
    },
  };
}
