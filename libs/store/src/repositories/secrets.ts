import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { uuidOf, type WorkspaceId } from '#libs/model';
import { Database } from '../database.js';
import { type Place, Sealer } from '../sealing/sealer.js';
import { type Actor, appendAudit } from './audit-log.js';
import { decodeCursor, type PageOf, pageOf, type PageRequest } from './cursor.js';
import { TimedCache } from './timed-cache.js';

/** A sealed value as it may be shown. */
export interface ShownSecret {
  name: string;
  createdAt: Date;
  updatedAt: Date;
}

/** How long this process believes a value to be as it was. */
const TTL_MS = 5_000;

/** Values that definitions of bots name and never hold: keys of models and tools. They go in, and only workers read them. */
@Injectable()
export class Secrets {
  readonly #values = new TimedCache<string>({ ttlMs: TTL_MS, missTtlMs: 1_000, max: 2_000 });

  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Sets a value; one that was there is replaced. @returns whether it is new */
  async set(
    workspaceId: WorkspaceId,
    name: string,
    { value, actor }: { value: string; actor: Actor },
  ): Promise<boolean> {
    const sealed = await this.sealer.seal(workspaceId, placeOf(name), value);
    const isNew = await this.database.withWorkspace(workspaceId, async (tx) => {
      const key = { workspaceId: uuidOf(workspaceId), name };
      const before = await tx.secret.count({ where: key });
      await tx.secret.upsert({
        where: { workspaceId_name: key },
        create: { ...key, sealed },
        update: { sealed },
      });
      await appendAudit(tx, workspaceId, { actor, action: 'secret.set', target: name });
      return before === 0;
    });
    this.#values.forget(`${workspaceId}.${name}`);
    return isNew;
  }

  /**
   * Names in their order; never a value.
   *
   * @throws Fault `input/invalid-cursor`
   */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<ShownSecret>> {
    const after = decodeCursor('secrets', page);
    const behind = page.order === 'asc' ? 'gt' : 'lt';
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.secret.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...(after !== null && { name: { [behind]: after } }) },
        orderBy: { name: page.order },
        take: page.limit + 1,
        select: { name: true, createdAt: true, updatedAt: true },
      }),
    );
    return pageOf(
      'secrets',
      page,
      rows,
      ({ name }) => name,
      (row) => row,
    );
  }

  /** @throws Fault `state/not-found` */
  async delete(workspaceId: WorkspaceId, name: string, actor: Actor): Promise<void> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.secret.deleteMany({ where: { workspaceId: uuidOf(workspaceId), name } });
      if (count === 0) throw fault('state/not-found', { facts: { secret: name } });
      await appendAudit(tx, workspaceId, { actor, action: 'secret.delete', target: name });
    });
    this.#values.forget(`${workspaceId}.${name}`);
  }

  /**
   * The value itself, at most five seconds old.
   *
   * @returns null when there is none of this name
   * @throws Fault `store/sealed`, `store/unavailable`
   */
  open(workspaceId: WorkspaceId, name: string): Promise<string | null> {
    return this.#values.get(`${workspaceId}.${name}`, async () => {
      const row = await this.database.withWorkspace(workspaceId, (tx) =>
        tx.secret.findUnique({ where: { workspaceId_name: { workspaceId: uuidOf(workspaceId), name } } }),
      );
      return row && this.sealer.open(workspaceId, placeOf(name), row.sealed);
    });
  }
}

function placeOf(name: string): Place {
  return { table: 'secret', column: 'sealed', row: name };
}
