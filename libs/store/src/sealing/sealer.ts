import { fault } from '#libs/faults';
import { idOf, uuidOf, type WorkspaceId } from '#libs/model';
import { Database } from '../database.js';
import { TimedCache } from '../repositories/timed-cache.js';
import { type DataKey, Keyring } from './keyring.js';
import { openBytes, sealBytes, type SealedPlace, versionsOf } from './sealed-text.js';

/** Where a value lives within its workspace. */
export type Place = Omit<SealedPlace, 'workspace'>;

/** How long this process keeps data keys in memory, and how many. */
export interface SealerOptions {
  /** Milliseconds; also the longest time until a new version of a data key seals everywhere. */
  readonly ttlMs: number;
  readonly max: number;
}
const defaults: SealerOptions = { ttlMs: 30_000, max: 1_000 };

/**
 * Seals secrets of workspaces: each workspace has its own data keys, and the installation's key wraps those.
 *
 * Call it before or after a transaction, never inside of one: it may need a connection of its own.
 */
export class Sealer {
  /** By workspace and version: such a key never changes. */
  readonly #keys: TimedCache<DataKey>;
  /** By workspace: the newest version. */
  readonly #newest: TimedCache<DataKey>;

  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
    options: SealerOptions = defaults,
  ) {
    this.#keys = new TimedCache({ ...options, missTtlMs: 0 });
    this.#newest = new TimedCache({ ...options, missTtlMs: 0 });
  }

  /** The wrapped first data key of a workspace that is being created. */
  firstKey(workspaceId: WorkspaceId): { version: number; wrappedKey: string } {
    return { version: 1, wrappedKey: this.keyring.newDataKey(uuidOf(workspaceId), 1).wrapped };
  }

  /**
   * Seals a text for one place with the newest data key of its workspace.
   *
   * @throws Fault `state/not-found` when there is no such workspace
   */
  async seal(workspaceId: WorkspaceId, place: Place, text: string): Promise<string> {
    const dataKey = await this.#newestKey(workspaceId);
    const versions = { kek: this.keyring.current, dek: dataKey.version };
    return sealBytes(dataKey.key, versions, { workspace: uuidOf(workspaceId), ...place }, Buffer.from(text));
  }

  /**
   * Opens what was sealed for this place.
   *
   * @throws Fault `store/sealed` when it was altered or moved, or its key is not there
   */
  async open(workspaceId: WorkspaceId, place: Place, sealed: string): Promise<string> {
    const { key } = await this.#keyOf(workspaceId, versionsOf(sealed).dek);
    return openBytes(key, { workspace: uuidOf(workspaceId), ...place }, sealed).toString();
  }

  /**
   * Makes a new data key for a workspace: new seals use it, old ones open as before.
   *
   * @returns its version
   */
  async rotate(workspaceId: WorkspaceId): Promise<number> {
    const workspace = uuidOf(workspaceId);
    const version = await this.database.withWorkspace(workspaceId, async (tx) => {
      await tx.$executeRaw`select 1 from workspace where id = ${workspace}::uuid for update`;
      const { _max } = await tx.workspaceKey.aggregate({
        where: { workspaceId: workspace },
        _max: { version: true },
      });
      const next = (_max.version ?? 0) + 1;
      const { wrapped } = this.keyring.newDataKey(workspace, next);
      await tx.workspaceKey.create({ data: { workspaceId: workspace, version: next, wrappedKey: wrapped } });
      return next;
    });
    this.#newest.forget(workspace);
    return version;
  }

  /**
   * Wraps every data key of the installation with the current key. Nothing that is sealed is touched; it may run while
   * others seal and open, and again after it was stopped half-way.
   *
   * @returns how many data keys were wrapped anew; 0 when none was left
   */
  async rewrapAll(): Promise<number> {
    const rows = await this.database.run<{ id: string }>('workspace-ids', 'select workspace_ids() as id', []);
    let count = 0;
    for (const { id } of rows) count += await this.#rewrap(idOf('workspace', id));
    return count;
  }

  async #rewrap(workspaceId: WorkspaceId): Promise<number> {
    const workspace = uuidOf(workspaceId);
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const rows = await tx.workspaceKey.findMany({ where: { workspaceId: workspace } });
      const old = rows.filter((row) => !this.keyring.isCurrent(row.wrappedKey));
      for (const { version, wrappedKey } of old) {
        const wrapped = this.keyring.wrap(workspace, this.keyring.unwrap(workspace, version, wrappedKey));
        await tx.workspaceKey.updateMany({
          where: { workspaceId: workspace, version, wrappedKey },
          data: { wrappedKey: wrapped },
        });
      }
      return old.length;
    });
  }

  async #newestKey(workspaceId: WorkspaceId): Promise<DataKey> {
    const workspace = uuidOf(workspaceId);
    const found = await this.#newest.get(workspace, () => this.#load(workspaceId, null));
    if (!found) throw fault('state/not-found', { facts: { workspaceId } });
    return found;
  }

  async #keyOf(workspaceId: WorkspaceId, version: number): Promise<DataKey> {
    const found = await this.#keys.get(`${uuidOf(workspaceId)}.${version}`, () =>
      this.#load(workspaceId, version),
    );
    if (!found) throw fault('store/sealed', { facts: { workspaceId, dataKey: version } });
    return found;
  }

  async #load(workspaceId: WorkspaceId, version: number | null): Promise<DataKey | null> {
    const workspace = uuidOf(workspaceId);
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.workspaceKey.findFirst({
        where: { workspaceId: workspace, ...(version !== null && { version }) },
        orderBy: { version: 'desc' },
      }),
    );
    return row && this.keyring.unwrap(workspace, row.version, row.wrappedKey);
  }
}
