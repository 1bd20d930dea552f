import { Injectable } from '@nestjs/common';
import { type LoggedRequest, newId, uuidOf, type WorkspaceId } from '#libs/model';
import { Database } from '../database.js';
import type { Actor } from './audit-log.js';
import { afterId, fingerprint, type PageOf, pageOf, type PageRequest } from './cursor.js';

/** A request as whoever answered it notes it. */
export interface NotedRequest {
  workspaceId: WorkspaceId;
  at: Date;
  actor: Actor;
  method: string;
  path: string;
  status: number;
  ms: number;
  code: string | null;
  requestId: string;
}

/** Who asked what, for two weeks at most. */
@Injectable()
export class RequestLog {
  constructor(private readonly database: Database) {}

  /**
   * Writes requests of any workspaces with one statement; of workspaces that are gone nothing is written.
   *
   * @throws Fault `store/unavailable`
   */
  async write(requests: readonly NotedRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const rows = requests.map(({ workspaceId, at, requestId, ...rest }) => ({
      ...rest,
      workspace_id: uuidOf(workspaceId),
      id: uuidOf(newId('request')),
      at: at.toISOString(),
      request_id: requestId,
    }));
    await this.database.run('request-log-write', 'select request_log_write($1)', [JSON.stringify(rows)]);
  }

  /**
   * Requests of a workspace, by time.
   *
   * @param filter.minStatus  only answers with this status or a higher one
   * @throws Fault `input/invalid-cursor`
   */
  async list(
    workspaceId: WorkspaceId,
    page: PageRequest,
    filter: {
      actor?: string | undefined;
      requestId?: string | undefined;
      minStatus?: number | undefined;
    } = {},
  ): Promise<PageOf<LoggedRequest>> {
    const { actor, requestId, minStatus } = filter;
    const list = `requests:${fingerprint([actor ?? '', requestId ?? '', String(minStatus ?? '')])}`;
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.requestLog.findMany({
        where: {
          workspaceId: uuidOf(workspaceId),
          ...(actor !== undefined && { actor }),
          ...(requestId !== undefined && { requestId }),
          ...(minStatus !== undefined && { status: { gte: minStatus } }),
          ...afterId(list, page),
        },
        orderBy: { id: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf(
      list,
      page,
      rows,
      ({ id }) => id,
      ({ at, requestId: id, workspaceId: _, ...row }) => ({ ...row, at: at.toISOString(), request_id: id }),
    );
  }

  /** Forgets what is older, and of each workspace what is not among its newest. @returns how many went */
  async forget(before: Date, keep: number): Promise<number> {
    const [row] = await this.database.run<{ count: number }>(
      'request-log-forget',
      'select request_log_forget($1, $2) as count',
      [before, keep],
    );
    return row?.count ?? 0;
  }
}
