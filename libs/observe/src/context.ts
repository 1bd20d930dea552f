import { AsyncLocalStorage } from 'node:async_hooks';
import { newId } from '#libs/model';

/** What every log line of one piece of work carries: a request, a job, a sweep. */
export interface WorkContext {
  /** The correlation id: made at the edge, handed through jobs, shown to callers as Request-Id. */
  readonly requestId: string;
  /** The caller's own trace, when it named one (W3C trace context). */
  readonly traceId?: string | undefined;
  readonly workspaceId?: string | undefined;
  readonly channelId?: string | undefined;
  readonly conversationId?: string | undefined;
  /** Name of the job, when it is one. */
  readonly job?: string | undefined;
}

const storage = new AsyncLocalStorage<WorkContext>();

/** Runs work inside a context; everything it awaits sees it, nothing beside it does. */
export function withContext<T>(context: WorkContext, work: () => T): T {
  return storage.run(context, work);
}

/** Runs work with more said about it, for example once the workspace of a key is known. */
export function withMoreContext<T>(more: Partial<WorkContext>, work: () => T): T {
  const present = storage.getStore();
  return storage.run({ requestId: newRequestId(), ...present, ...more }, work);
}

/** The context of the work that is running; `undefined` outside of any. */
export function currentContext(): WorkContext | undefined {
  return storage.getStore();
}

/** The correlation id of the work that is running, or a new one outside of any. */
export function currentRequestId(): string {
  return storage.getStore()?.requestId ?? newRequestId();
}

/** Makes a correlation id: a TypeID, `req_` and 26 characters. */
export function newRequestId(): string {
  return newId('request');
}

/** Takes a caller's id when it is harmless (1–64 of letters, digits, `_`, `-`, `.`), else makes one. */
export function requestIdFrom(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && /^[\w.-]{1,64}$/.test(header) ? header : newRequestId();
}
