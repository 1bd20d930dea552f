export { describeFault, describeFaults, faultAreas, type FaultDescription } from './describe.js';
export {
  Fault,
  fault,
  isFault,
  toFault,
  type Facts,
  type FaultOptions,
  type FieldError,
  type ProviderWords,
} from './fault.js';
export { invalidInput, toFieldErrors, type SchemaIssue } from './field-errors.js';
export {
  Problem,
  problemContentType,
  retryAfterSeconds,
  toProblem,
  type ProblemDetails,
  type ProblemPlace,
} from './problem.js';
export { faultCodes, faults, isFaultCode, type FaultCode } from './registry.js';
export type { FaultLevel, FaultRow, Retry } from './row.js';
export { timeLimit, type TimeLimit } from './time-limit.js';
