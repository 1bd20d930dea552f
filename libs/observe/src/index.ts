export {
  currentContext,
  currentRequestId,
  newRequestId,
  requestIdFrom,
  withContext,
  withMoreContext,
  type WorkContext,
} from './context.js';
export { crashPoint, crashPoints, setCrashHook, type CrashHook, type CrashPoint } from './crash-point.js';
export { faultLine, type FaultLine } from './fault-line.js';
export { Logger, type LoggerOptions, type LogLevel } from './logger.js';
export { Metrics, type DeliveryOutcome } from './metrics.js';
export { REDACTED, isHiddenName, redact, redactText } from './redact.js';
export { traceIdFrom } from './trace-parent.js';
