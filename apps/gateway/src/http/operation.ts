import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { callerOf } from '#libs/access';
import type { WorkspaceId } from '#libs/model';
import type { OperationId } from '#libs/store';

const OPERATION = Symbol('parley:operation');
const WRITER = Symbol('parley:writer');

interface WritingRequest {
  [OPERATION]?: OperationId;
  [WRITER]?: Writer;
}

/** Whose idempotency keys a request uses: keys of different writers never meet. */
export interface Writer {
  workspaceId: WorkspaceId;
  /** An API key, a session, or the public door of a channel. */
  principal: string;
  /** Fewest characters of a key: a door that everybody shares asks for keys that nobody can guess. */
  keyMin: number;
}

/** Names the writer of a request that carries no API key. */
export function setWriter(request: object, writer: Writer): void {
  (request as WritingRequest)[WRITER] = writer;
}

/** The writer of a request; null when nobody has said who it is. */
export function writerOf(request: object): Writer | null {
  const named = (request as WritingRequest)[WRITER];
  if (named) return named;
  const caller = callerOf(request);
  const principal = caller && (caller.memberId ?? caller.oauthClientId ?? caller.apiKeyId);
  return principal ? { workspaceId: caller.workspaceId, principal, keyMin: 1 } : null;
}

/** Remembers under which operation a write runs. */
export function setOperation(request: object, operationId: OperationId): void {
  (request as WritingRequest)[OPERATION] = operationId;
}

/** The operation of a write that carries an `Idempotency-Key`, as a parameter; undefined without the header. */
export const Operation = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<WritingRequest>()[OPERATION];
});

export const REPEATABLE = 'parley:repeatable';

/**
 * A write that gives the same answer when it runs again under the same operation. Its answer is not stored, because it
 * holds a token or is a stream: a repetition runs it again.
 */
export const Repeatable = () => SetMetadata(REPEATABLE, true);
