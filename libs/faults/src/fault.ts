import { faults, type FaultCode } from './registry.js';
import type { FaultLevel, FaultRow, Retry } from './row.js';

/** Plain values for the log: ids, counts, names. Never a body, a token or an address in clear. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>;

/** One field that breaks a rule. */
export interface FieldError {
  /** RFC 6901 JSON pointer into the body, for example `/parts/0/text`; empty for the whole body. */
  readonly pointer: string;
  /** The rule that is broken, for example `too_big`. */
  readonly code: string;
  /** The rule in words; never holds the value itself. */
  readonly detail: string;
}

/** The provider's own words about a fault of its channel. */
export interface ProviderWords {
  /** Id of the connector, for example `webhook`. */
  readonly name: string;
  /** The provider's code as text; empty when it gave none. */
  readonly code: string;
  /** The provider's message, without secrets or addresses. */
  readonly message: string;
}

/** What may be known about one occurrence; everything is optional, and `undefined` counts as left out. */
export interface FaultOptions {
  /** One sentence about this occurrence, fit for the caller's eyes. Default: the row's cause. */
  readonly detail?: string | undefined;
  /** For the log only; entries that are `undefined` are dropped. */
  readonly facts?: Readonly<Record<string, string | number | boolean | null | undefined>> | undefined;
  /** What was thrown first. */
  readonly cause?: unknown;
  /** Milliseconds from now until a new try makes sense. */
  readonly retryAfterMs?: number | undefined;
  readonly provider?: ProviderWords | undefined;
  readonly errors?: readonly FieldError[] | undefined;
}

/** The one error of the house: a code of the registry, and what is known about this occurrence. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  /** HTTP status of the row. */
  readonly http: number;
  readonly retry: Retry;
  readonly level: FaultLevel;
  /** The row's title: the same for every occurrence. */
  readonly title: string;
  /** One sentence about this occurrence. */
  readonly detail: string;
  readonly facts: Facts;
  /** Milliseconds from the throw until a new try makes sense; absent when nobody said. */
  readonly retryAfterMs?: number;
  readonly provider?: ProviderWords;
  readonly errors?: readonly FieldError[];

  constructor(code: FaultCode, options: FaultOptions = {}) {
    const row: FaultRow = faults[code];
    const detail = options.detail ?? row.cause;
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.http = row.http;
    this.retry = row.retry;
    this.level = row.log;
    this.title = row.title;
    this.detail = detail;
    this.facts = withoutUndefined(options.facts ?? {});
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options.provider) this.provider = options.provider;
    if (options.errors?.length) this.errors = options.errors;
  }
}

/**
 * Makes a fault, to be thrown: `throw fault('state/not-found', { facts: { channelId } })`.
 *
 * @param code  a code of the registry; the compiler knows them all
 */
export function fault(code: FaultCode, options?: FaultOptions): Fault {
  return new Fault(code, options);
}

/** Says whether something thrown is a Fault, and, when a code is given, that one. */
export function isFault(thrown: unknown, code?: FaultCode): thrown is Fault {
  return thrown instanceof Fault && (code === undefined || thrown.code === code);
}

/**
 * Gives every thrown thing a code: a Fault stays itself, anything else becomes `internal/bug`.
 *
 * The original is kept as `cause` for the log; nothing of it is in `detail`, which callers see.
 */
export function toFault(thrown: unknown): Fault {
  return thrown instanceof Fault ? thrown : new Fault('internal/bug', { cause: thrown });
}

function withoutUndefined(facts: NonNullable<FaultOptions['facts']>): Facts {
  const known = Object.entries(facts).filter(
    (entry): entry is [string, string | number | boolean | null] => entry[1] !== undefined,
  );
  return Object.fromEntries(known);
}
