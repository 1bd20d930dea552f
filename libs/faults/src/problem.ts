import { z } from 'zod';
import type { Fault } from './fault.js';
import { faultCodes, faults, type FaultCode } from './registry.js';

/**
 * The error body of the API: a problem document with our own members.
 *
 * @see RFC 9457 §3.1 (read 2026-11-21)
 */
export const Problem = z
  .strictObject({
    type: z.string().describe('Address of the page about this code; says cause, fix and whether to retry.'),
    title: z.string().describe('What is so, the same for every occurrence of the code.'),
    status: z.int().min(400).max(599).describe('The HTTP status, repeated.'),
    detail: z.string().describe('One sentence about this occurrence.'),
    instance: z.string().describe('Names this occurrence.'),
    code: z.enum(faultCodes as [FaultCode, ...FaultCode[]]).describe('The code to program against.'),
    request_id: z.string().describe('The id to quote when asking for help; also in the Request-Id header.'),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().describe('JSON pointer (RFC 6901) to the field; empty for the whole body.'),
          code: z.string().describe('The rule that is broken.'),
          detail: z.string().describe('The rule in words.'),
        }),
      )
      .optional()
      .describe('The fields that break a rule, in the order of the schema; only with `input/invalid`.'),
    retry_after_ms: z.int().nonnegative().optional().describe('Milliseconds until a new try makes sense.'),
    provider: z
      .strictObject({
        name: z.string().describe('The connector.'),
        code: z.string().describe("The provider's own code; may be empty."),
        message: z.string().describe("The provider's own words."),
      })
      .optional()
      .describe('What the provider of the channel said.'),
  })
  .meta({ id: 'Problem', description: 'An error, as a problem document (RFC 9457).' });

/** A problem document; see {@link Problem}. */
export type ProblemDetails = z.infer<typeof Problem>;

/** The media type of a problem document. */
export const problemContentType = 'application/problem+json';

/** Where the occurrence was met. */
export interface ProblemPlace {
  /** Address of this server without a slash at the end; without it `type` is a path. */
  readonly publicUrl?: string | undefined;
  /** Names the occurrence, for example the path of the request. Default: a URN of the request id. */
  readonly instance?: string | undefined;
}

/** Areas whose details speak about our machinery: callers get the row's sentence, the log gets the rest. */
const PRIVATE_AREAS = new Set(['store', 'queue', 'config', 'internal']);

/**
 * Makes the answer a caller gets for a fault. Facts, causes and stacks stay behind.
 *
 * @param requestId  the id that the log lines of this request carry
 */
export function toProblem(fault: Fault, requestId: string, place: ProblemPlace = {}): ProblemDetails {
  return {
    type: `${place.publicUrl ?? ''}/errors/${fault.code}`,
    title: fault.title,
    status: fault.http,
    detail: publicDetail(fault),
    instance: place.instance ?? `urn:parley:request:${requestId}`,
    code: fault.code,
    request_id: requestId,
    ...(fault.errors && { errors: fault.errors.map((error) => ({ ...error })) }),
    ...(fault.retryAfterMs !== undefined && { retry_after_ms: Math.max(0, Math.ceil(fault.retryAfterMs)) }),
    ...(fault.provider && { provider: { ...fault.provider } }),
  };
}

/** Seconds for the `retry-after` header: at least 1, rounded up; `undefined` when nobody said when. */
export function retryAfterSeconds(fault: Fault): number | undefined {
  return fault.retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(fault.retryAfterMs / 1000));
}

function publicDetail(fault: Fault): string {
  const area = fault.code.slice(0, fault.code.indexOf('/'));
  return PRIVATE_AREAS.has(area) ? faults[fault.code].cause : fault.detail;
}
