import { Database, type WorkspaceTransaction } from '#libs/store';

type Arguments = Record<string, unknown> & { where?: Record<string, unknown> };
type Unit = (tx: WorkspaceTransaction) => Promise<unknown>;

/** Takes the workspace out of every condition that a repository writes. */
class Filters {
  /** Conditions taken out so far. */
  removed = 0;

  strip(tx: WorkspaceTransaction): WorkspaceTransaction {
    return new Proxy(tx, {
      get: (target, name: string) => {
        const member: unknown = Reflect.get(target, name);
        if (name === '$queryRaw' || name === '$executeRaw') {
          return (strings: TemplateStringsArray, ...values: unknown[]) =>
            (member as (...all: unknown[]) => unknown).call(target, this.#text(strings), ...values);
        }
        return typeof member === 'object' && member !== null ? this.#model(member) : member;
      },
    });
  }

  #model(model: object): object {
    return new Proxy(model, {
      get: (target, name: string) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function' || !/^(find|count|aggregate|updateMany|deleteMany)/.test(name))
          return method;
        // A unique key without the workspace is no unique key of Prisma's any more.
        const loose: unknown = name === 'findUnique' ? Reflect.get(target, 'findFirst') : method;
        return (args: Arguments = {}) =>
          (loose as (args: Arguments) => unknown).call(target, this.#where(args));
      },
    });
  }

  #where(args: Arguments): Arguments {
    const where = Object.fromEntries(
      Object.entries(args.where ?? {}).flatMap(([field, value]) =>
        field.startsWith('workspaceId_') ? Object.entries(value as object) : [[field, value]],
      ),
    ) as Record<string, unknown>;
    if ('workspaceId' in where) this.removed++;
    delete where['workspaceId'];
    return { ...args, where };
  }

  /** `workspace_id = $1::uuid` becomes `(true or null = $1::uuid)`. */
  #text(strings: TemplateStringsArray): TemplateStringsArray {
    const pieces = [...strings];
    for (let i = 0; i < pieces.length - 1; i++) {
      const cut = (pieces[i] ?? '').replace(/(\w+\.)?workspace_id = $/, '(true or null = ');
      if (cut === pieces[i] || !pieces[i + 1]?.startsWith('::uuid')) continue;
      this.removed++;
      pieces[i] = cut;
      pieces[i + 1] = `::uuid)${pieces[i + 1]?.slice('::uuid'.length)}`;
    }
    return Object.assign(pieces, { raw: pieces });
  }
}

/** A database without the filters of its callers: what then still keeps workspaces apart is row-level security alone. */
export class FilterlessDatabase extends Database {
  readonly #filters = new Filters();

  /** Conditions taken out so far. */
  get removed(): number {
    return this.#filters.removed;
  }

  override withWorkspace<T>(
    workspaceId: Parameters<Database['withWorkspace']>[0],
    work: (tx: WorkspaceTransaction) => Promise<T>,
  ): Promise<T> {
    return super.withWorkspace(workspaceId, (tx) => work(this.#filters.strip(tx)));
  }
}

/** Takes the filters out of a database that is in use. @returns how many conditions were taken out so far */
export function stripFilters(database: Database): () => number {
  const filters = new Filters();
  const { withWorkspace, withLogin } = database;
  const stripped =
    (work: Unit): Unit =>
    (tx) =>
      work(filters.strip(tx));
  Object.assign(database, {
    withWorkspace: (workspaceId: Parameters<typeof withWorkspace>[0], work: Unit) =>
      withWorkspace.call(database, workspaceId, stripped(work)),
    withLogin: (...[memberId, workspaceIds, work]: Parameters<typeof withLogin>) =>
      withLogin.call(database, memberId, workspaceIds, stripped(work)),
  });
  return () => filters.removed;
}
