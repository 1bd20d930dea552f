import { readFileSync } from 'node:fs';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type {
  DiagnoseMigrationHistoryOutput,
  MigrationList,
  SchemaEngine,
} from '@prisma/schema-engine-wasm/schema_engine_bg';
import { fault } from '#libs/faults';
import { loadEngine } from './migrations/engine.js';
import { migrationFault } from './migrations/migration-fault.js';
import { MigrationAdapter } from './migrations/migration-adapter.js';
import { readMigrations, writeMigration } from './migrations/migration-folder.js';

export { checkDatabase } from './migrations/check-database.js';
export { lookAtDatabase, type DatabaseLook, type Waiting } from './migrations/look-at-database.js';

/** All tables are ours to migrate: none is left to other tools. */
const filters = { externalTables: [], externalEnums: [] };

/** What a migrator works on. */
export interface MigratorOptions {
  /** Connection URL of the database. */
  readonly url: string;
  /** Path of `schema.prisma`. */
  readonly schema: string;
  /** Path of the migrations folder. */
  readonly migrations: string;
  /** Receives the engine's log, one JSON object a line. */
  readonly log?: ((line: string) => void) | undefined;
}

/** What `dev` has done. */
export interface DevelopedMigration {
  /** Names of the migrations that were applied, in order; may be empty. */
  readonly applied: readonly string[];
  /** Name of the migration that was written; null when schema and migrations agree. */
  readonly created: string | null;
  /** What the new migration may lose or cannot do with the rows that are there; sentences, may be empty. */
  readonly warnings: readonly string[];
}

/** One file of the Prisma schema. */
interface SchemaFile {
  readonly path: string;
  readonly content: string;
}

/** Does what `prisma migrate` does, in this process and without a download; the table of applied migrations is the same. */
export class Migrator {
  readonly #options: MigratorOptions;

  constructor(options: MigratorOptions) {
    this.#options = options;
  }

  /**
   * Applies what is not applied yet, like `prisma migrate deploy`. Any number of processes may do so at once.
   *
   * @returns names of the migrations that this call applied, in order; may be empty
   * @throws Fault `store/migration-failed` with the migration's name and the database's words; each migration is applied
   *   as a whole or not at all
   */
  deploy(): Promise<string[]> {
    return this.#withEngine((engine) => this.#apply(engine));
  }

  /** Compares folder and database without changing either. */
  status(): Promise<DiagnoseMigrationHistoryOutput> {
    return this.#withEngine((engine) =>
      engine.diagnoseMigrationHistory({
        migrationsList: this.#list(),
        optInToShadowDatabase: false,
        filters,
      }),
    );
  }

  /**
   * Compares what the migrations make with `schema.prisma`, or with the live database; needs CREATEDB.
   *
   * Functions, triggers, policies, partial and expression indexes are not compared.
   *
   * @returns the SQL that would close the gap; null when there is none
   */
  drift(to: 'schema' | 'database'): Promise<string | null> {
    return this.#withEngine(async (engine, files) => {
      const target =
        to === 'schema'
          ? { tag: 'schemaDatamodel' as const, files }
          : { tag: 'schemaDatasource' as const, files, configDir: process.cwd() };
      const from = { tag: 'migrations' as const, ...this.#list() };
      const diff = await engine.diff({ from, to: target, script: true, exitCode: true, filters });
      return diff.exitCode === 2 ? diff.stdout : null;
    });
  }

  /**
   * Writes the migration from the last state to `schema.prisma` and applies it, like `prisma migrate dev`; needs CREATEDB.
   *
   * @param name  a few words; becomes part of the folder's name
   * @param options.createOnly  write it, to be edited before it is applied
   * @throws Fault `store/schema-drift` when the database has something that no migration made
   */
  dev(name: string, { createOnly = false } = {}): Promise<DevelopedMigration> {
    return this.#withEngine(async (engine, files) => {
      const { action } = await engine.devDiagnostic({ migrationsList: this.#list(), filters });
      if (action.tag === 'reset') throw fault('store/schema-drift', { detail: action.reason });
      const before = createOnly ? [] : await this.#apply(engine);
      const warnings = await this.#warnings(engine, files);
      const created = await this.#create(engine, files, name, createOnly);
      const after = createOnly || created === null ? [] : await this.#apply(engine);
      return { applied: [...before, ...after], created, warnings };
    });
  }

  /** Empties the database: every table and everything in them is gone. */
  async reset(): Promise<void> {
    await this.#withEngine((engine) => engine.reset({ filter: filters }));
  }

  /**
   * Settles a migration that failed: as rolled back, it is tried again by the next `deploy`; as applied, it never is.
   */
  async resolve(name: string, as: 'applied' | 'rolled-back'): Promise<void> {
    await this.#withEngine(async (engine) => {
      if (as === 'rolled-back') await engine.markMigrationRolledBack({ migrationName: name });
      else await engine.markMigrationApplied({ migrationName: name, migrationsList: this.#list() });
    });
  }

  async #apply(engine: SchemaEngine): Promise<string[]> {
    const done = await engine.applyMigrations({ migrationsList: this.#list(), filters });
    return done.appliedMigrationNames;
  }

  async #warnings(engine: SchemaEngine, files: SchemaFile[]): Promise<string[]> {
    const input = { migrationsList: this.#list(), schema: { files }, filters };
    const loss = await engine.evaluateDataLoss(input);
    return [...loss.warnings, ...loss.unexecutableSteps].map((step) => step.message);
  }

  async #create(
    engine: SchemaEngine,
    files: SchemaFile[],
    migrationName: string,
    draft: boolean,
  ): Promise<string | null> {
    const input = { draft, migrationName, migrationsList: this.#list(), schema: { files }, filters };
    const made = await engine.createMigration(input);
    if (!made.migrationScript) return null;
    const { generatedMigrationName: name, connectorType } = made;
    writeMigration(this.#options.migrations, name, made.migrationScript, connectorType);
    return name;
  }

  #list(): MigrationList {
    return readMigrations(this.#options.migrations);
  }

  async #withEngine<T>(work: (engine: SchemaEngine, files: SchemaFile[]) => Promise<T>): Promise<T> {
    const { url, schema, log } = this.#options;
    const content = readFileSync(schema, 'utf8');
    const adapter = new MigrationAdapter(url);
    const bound = bindMigrationAwareSqlAdapterFactory(adapter.factory);
    const module = await loadEngine();
    const options = { datamodels: [[schema, content]] as [string, string][] };
    try {
      const engine = await module.SchemaEngine.new(options, (line: string) => log?.(line), bound);
      try {
        return await work(engine, [{ path: schema, content }]);
      } finally {
        engine.free();
      }
    } catch (error) {
      throw migrationFault(error, adapter.refused);
    } finally {
      await adapter.close();
    }
  }
}
