import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { type IdKind, idOf, type IdOf, type Json, newId, uuidOf, type WorkspaceId } from '#libs/model';
import { Database } from '../database.js';

/** Whose key it is: keys of different principals never meet. */
export interface IdempotencyScope {
  workspaceId: WorkspaceId;
  /** An API key or a session, by id. */
  principal: string;
  /** The `Idempotency-Key`. */
  key: string;
}

/** What to do with a write that carries a key. */
export type IdempotencyState =
  | { state: 'new'; operationId: OperationId }
  | { state: 'done'; status: number; response: Json }
  | { state: 'busy' };

/** A UUID, the same for every run of the same write: what the write makes gets its ids from it. */
export type OperationId = string & { readonly brand: 'OperationId' };

/** A write that shows no end for so long is taken over by whoever repeats it. */
const LOCK_MS = 30_000;

interface BeginRow extends Record<string, unknown> {
  state: 'new' | 'done' | 'busy' | 'reused';
  operation: string | null;
  answer_status: number | null;
  /** JSON as text: jsonb would change the order of keys, and refuses some of what JSON can say. */
  answer: string | null;
}

/** Makes a write happen once, however often it is sent. */
@Injectable()
export class Idempotency {
  constructor(private readonly database: Database) {}

  /**
   * Asks for the right to do a write.
   *
   * - `new`: do it, then `finish` or `abandon`. After 30 s without either, the next repetition gets the right under the
   *   same operation: what is made with `idOfOperation` is then found instead of made twice.
   * - `done`: give this answer. Answers are kept for 24 hours.
   * - `busy`: the same write is running.
   *
   * @param requestHash  of method, path and body
   * @throws Fault `input/idempotency-key-reused` when the key came with another request
   */
  async begin(
    workspaceId: WorkspaceId,
    principal: string,
    key: string,
    requestHash: string,
  ): Promise<IdempotencyState> {
    const [row] = await this.database.run<BeginRow>(
      'idempotency-begin',
      'select * from idempotency_begin($1, $2, $3, $4, $5, $6)',
      [uuidOf(workspaceId), principal, key, requestHash, uuidOf(newId('request')), LOCK_MS],
    );
    switch (row?.state) {
      case 'new':
        return { state: 'new', operationId: row.operation as OperationId };
      case 'done':
        return {
          state: 'done',
          status: row.answer_status ?? 500,
          response: JSON.parse(row.answer ?? 'null'),
        };
      case 'reused':
        throw fault('input/idempotency-key-reused');
      case 'busy':
      case undefined:
        return { state: 'busy' };
    }
  }

  /**
   * Keeps the answer of a write for its repetitions.
   *
   * @param response  survives JSON; null for an empty body
   * @returns false when another run of the same write was faster: its answer stands
   */
  finish(
    scope: IdempotencyScope,
    operationId: OperationId,
    status: number,
    response: Json,
  ): Promise<boolean> {
    return this.#end(scope, operationId, status, response);
  }

  /**
   * Gives the key back after a failure. The next write with the key may be another one, and begins at once; it runs under
   * the same operation, so that it finds what the failed one may have made after all.
   */
  async abandon(scope: IdempotencyScope, operationId: OperationId): Promise<void> {
    await this.#end(scope, operationId, null, null);
  }

  /**
   * Forgets answers that are older than 24 hours, of all workspaces.
   *
   * @returns how many
   */
  async purge(): Promise<number> {
    const [row] = await this.database.run<{ n: string }>(
      'purge-idempotency',
      'select purge_idempotency() as n',
      [],
    );
    return Number(row?.n ?? 0);
  }

  async #end(
    scope: IdempotencyScope,
    operation: string,
    status: number | null,
    response: Json,
  ): Promise<boolean> {
    const [row] = await this.database.run<{ ended: boolean }>(
      'idempotency-end',
      'select idempotency_end($1, $2, $3, $4, $5, $6) as ended',
      [
        uuidOf(scope.workspaceId),
        scope.principal,
        scope.key,
        operation,
        status,
        JSON.stringify(JSON.stringify(response)),
      ],
    );
    return row?.ended ?? false;
  }
}

/**
 * The id of something that a write makes: the same for every run of the write.
 *
 * @param name  tells several things of one kind apart
 */
export function idOfOperation<Kind extends IdKind>(
  kind: Kind,
  operationId: OperationId,
  name = '',
): IdOf[Kind] {
  const hash = createHash('sha256').update(`${operationId}|${kind}|${name}`).digest('hex');
  // Time and version of the operation's own id stay in front, so that ids still sort by creation.
  return idOf(
    kind,
    `${operationId.slice(0, 15)}${hash.slice(0, 3)}-${operationId[19]}${hash.slice(3, 6)}-${hash.slice(6, 18)}`,
  );
}
