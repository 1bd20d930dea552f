import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fault } from '#libs/faults';

/** What a list is asked for. */
export interface PageRequest {
  /** Most rows, 1–100. */
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** `next_cursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** One page of a list, in the shape of the API's lists. */
export interface PageOf<Item> {
  data: Item[];
  has_more: boolean;
  /** Null on the last page. */
  next_cursor: string | null;
}

const Cursor = z.tuple([z.string(), z.enum(['asc', 'desc']), z.string().max(64)]);

/**
 * Writes where a page ended. Opaque to callers, and good for the same list in the same order only.
 *
 * @param list  names the list and its filters
 * @param at  sort key of the last row
 */
export function encodeCursor(list: string, order: 'asc' | 'desc', at: string): string {
  return Buffer.from(JSON.stringify([list, order, at])).toString('base64url');
}

/**
 * Reads where the page before ended.
 *
 * @returns the sort key of its last row; null at the start of a list
 * @throws Fault `input/invalid-cursor` when it is not a cursor, or one of another list or order
 */
export function decodeCursor(list: string, page: PageRequest): string | null {
  if (page.cursor === undefined) return null;
  const parsed = Cursor.safeParse(parseJson(Buffer.from(page.cursor, 'base64url').toString()));
  if (!parsed.success || parsed.data[0] !== list || parsed.data[1] !== page.order) {
    throw fault('input/invalid-cursor');
  }
  return parsed.data[2];
}

/**
 * Makes a page of rows that were read with `limit + 1`.
 *
 * @param keyOf  sort key of a row
 */
export function pageOf<Row, Item>(
  list: string,
  page: PageRequest,
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  toItem: (row: Row) => Item,
): PageOf<Item> {
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  const hasMore = rows.length > page.limit && last !== undefined;
  return {
    data: shown.map(toItem),
    has_more: hasMore,
    next_cursor: hasMore ? encodeCursor(list, page.order, keyOf(last)) : null,
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The condition of Prisma for "after the cursor", for lists that are sorted by `id`.
 *
 * @throws Fault `input/invalid-cursor`
 */
export function afterId(list: string, page: PageRequest): { id?: { gt: string } | { lt: string } } {
  const at = decodeCursor(list, page);
  if (at === null) return {};
  if (!UUID.test(at)) throw fault('input/invalid-cursor');
  return { id: page.order === 'asc' ? { gt: at } : { lt: at } };
}

/**
 * The sort key of a list that is sorted by a sequence number.
 *
 * @throws Fault `input/invalid-cursor`
 */
export function afterSeq(list: string, page: PageRequest): number | null {
  const at = decodeCursor(list, page);
  if (at === null) return null;
  if (!/^\d{1,9}$/.test(at)) throw fault('input/invalid-cursor');
  return Number(at);
}

/** Filters as a short text for the name of a list: a cursor stays short whatever was searched for. */
export function fingerprint(filters: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(filters)).digest('base64url').slice(0, 16);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
