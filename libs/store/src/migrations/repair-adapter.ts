import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import type { RefusedScript } from './migration-fault.js';

/** PostgreSQL's catalogue type `"char"`: one byte; not SQL's `char(n)`. */
const OID_CHAR = 18;
const OID_TEXT = 25;

interface RawResult {
  readonly fields?: { dataTypeID: number }[];
}
interface ResultSet {
  readonly columnTypes: number[];
}

/** What is repaired of a connection or transaction of `@prisma/adapter-pg` 7.10; some of it is not in its types. */
interface Queryable {
  performIO(query: unknown): Promise<RawResult>;
  queryRaw(query: unknown): Promise<ResultSet>;
}

/** What is repaired of a connection of `@prisma/adapter-pg` 7.10. */
export interface PgAdapter extends Queryable {
  executeScript(script: string): Promise<void>;
  startTransaction(level: unknown): Promise<Queryable>;
  underlyingDriver(): { query(sql: string): Promise<unknown> };
  onError(error: unknown): never;
  dispose(): Promise<void>;
}

/**
 * Makes a connection of `@prisma/adapter-pg` fit for the schema engine.
 *
 * Its own `executeScript` cuts a script at each semicolon, through function bodies and strings; and it refuses the
 * catalogue's type `"char"`, without which no database can be described.
 *
 * @param onRefused  is told of each script that PostgreSQL refuses
 * @returns the same connection
 * @see @prisma/adapter-pg 7.10.0, dist/index.mjs (read 2026-11-21)
 */
export function repairAdapter(adapter: PgAdapter, onRefused: (refused: RefusedScript) => void): PgAdapter {
  adapter.executeScript = async (sql) => {
    try {
      await adapter.underlyingDriver().query(sql);
    } catch (error) {
      onRefused({ sql, error });
      adapter.onError(error);
    }
  };
  const startTransaction = adapter.startTransaction.bind(adapter);
  adapter.startTransaction = async (level) => knowChars(await startTransaction(level));
  knowChars(adapter);
  return adapter;
}

/** Reads `"char"` columns as text and labels them as characters. */
function knowChars(queryable: Queryable): Queryable {
  const performIO = queryable.performIO.bind(queryable);
  const queryRaw = queryable.queryRaw.bind(queryable);
  let chars: number[] = [];
  queryable.performIO = async (query) => {
    const result = await performIO(query);
    chars = relabelChars(result);
    return result;
  };
  queryable.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of chars) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  return queryable;
}

/** @returns the columns that were of the type `"char"` */
function relabelChars({ fields = [] }: RawResult): number[] {
  const chars: number[] = [];
  for (const [index, field] of fields.entries()) {
    if (field.dataTypeID !== OID_CHAR) continue;
    field.dataTypeID = OID_TEXT;
    chars.push(index);
  }
  return chars;
}
