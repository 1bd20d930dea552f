import type { Shape } from './api-types.js';
import { errorCodes } from './contract.gen.js';

/** A problem document (RFC 9457), as the API answers it. */
export type ProblemDetails = Shape<'Problem'>;

/** Every code of the API. A newer Parley may have more. */
export type ErrorCode = keyof typeof errorCodes;

/** Whatever went wrong in a call. */
export class ParleyError extends Error {
  override readonly name: string = 'ParleyError';
}

/** The API said no. */
export class ApiError extends ParleyError {
  override readonly name: string = 'ApiError';
  /** The HTTP status. */
  readonly status: number;
  /** The code to program against; null when the answer came from something before Parley. */
  readonly code: ErrorCode | null;
  /** To quote when asking for help. */
  readonly requestId: string | null;
  /** How long to wait before a new try, in milliseconds; null when nobody said. */
  readonly retryAfterMs: number | null;
  /** The whole problem document; null when the answer was none. */
  readonly problem: ProblemDetails | null;

  constructor(answer: ApiAnswer) {
    super(answer.problem?.detail ?? `The server answered ${answer.status}.`);
    this.status = answer.status;
    this.problem = answer.problem;
    this.code = answer.problem?.code ?? null;
    this.requestId = answer.problem?.request_id ?? answer.headers.get('request-id');
    this.retryAfterMs = answer.problem?.retry_after_ms ?? retryAfterMs(answer.headers);
  }

  /** The fields that break a rule; empty unless the code is `input/invalid`. */
  get fields(): NonNullable<ProblemDetails['errors']> {
    return this.problem?.errors ?? [];
  }
}

/** 401: who calls is not known. */
export class AuthenticationError extends ApiError {
  override readonly name = 'AuthenticationError';
}
/** 403: who calls may not do this. */
export class PermissionError extends ApiError {
  override readonly name = 'PermissionError';
}
/** 404: there is no such thing in this workspace. */
export class NotFoundError extends ApiError {
  override readonly name = 'NotFoundError';
}
/** 409 and 412: it is not as the caller thinks. */
export class ConflictError extends ApiError {
  override readonly name = 'ConflictError';
}
/** 410: it was, and is erased or over. */
export class GoneError extends ApiError {
  override readonly name = 'GoneError';
}
/** 400, 413, 415 and 422: the request cannot be taken; `fields` says what of it. */
export class InvalidRequestError extends ApiError {
  override readonly name = 'InvalidRequestError';
}
/** 429: too many; `retryAfterMs` says when again. */
export class RateLimitError extends ApiError {
  override readonly name = 'RateLimitError';
}
/** 424 and 502: the provider of the channel; `problem.provider` holds its words. */
export class ProviderError extends ApiError {
  override readonly name = 'ProviderError';
}
/** 500, 503, 504: Parley itself. */
export class ServerError extends ApiError {
  override readonly name = 'ServerError';
}
/** No answer came: the address, the network, or a server that closed the line. `cause` says more. */
export class ConnectionError extends ParleyError {
  override readonly name = 'ConnectionError';
}
/** No answer came in time. */
export class TimeoutError extends ParleyError {
  override readonly name = 'TimeoutError';
}
/** A webhook that is not from Parley, was altered, or is too old. */
export class SignatureError extends ParleyError {
  override readonly name = 'SignatureError';
}

/** What an error is made from. */
export interface ApiAnswer {
  status: number;
  headers: Headers;
  problem: ProblemDetails | null;
}

const classes: Readonly<Record<number, new (answer: ApiAnswer) => ApiError>> = {
  400: InvalidRequestError,
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  409: ConflictError,
  410: GoneError,
  412: ConflictError,
  413: InvalidRequestError,
  415: InvalidRequestError,
  422: InvalidRequestError,
  424: ProviderError,
  429: RateLimitError,
  500: ServerError,
  502: ProviderError,
  503: ServerError,
  504: ServerError,
};

/** The error of an answer, of the class of its status. */
export function apiErrorOf(answer: ApiAnswer): ApiError {
  return new (classes[answer.status] ?? ApiError)(answer);
}

/** Reads an answer that is not 2xx. */
export async function readError(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  return apiErrorOf({ status: response.status, headers: response.headers, problem: problemIn(text) });
}

/**
 * Whether the same request may succeed a little later.
 *
 * Parley says so for each of its codes; for whatever stands before it, the status does.
 */
export function isWorthRetrying({ status, code }: ApiError): boolean {
  const row = code === null ? undefined : errorCodes[code];
  if (row) return row.retry === 'later' || row.retry === 'when-told';
  return [408, 429, 502, 503, 504].includes(status);
}

function problemIn(text: string): ProblemDetails | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'code' in value ? (value as ProblemDetails) : null;
  } catch {
    return null;
  }
}

/** Milliseconds that a `retry-after` header asks for: it holds seconds or a date. */
function retryAfterMs(headers: Headers): number | null {
  const text = headers.get('retry-after');
  if (text === null) return null;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** Whether something thrown is an error of this client; anything else is a mistake of the program. */
export function isParleyError(thrown: unknown): thrown is ParleyError {
  return thrown instanceof ParleyError;
}
