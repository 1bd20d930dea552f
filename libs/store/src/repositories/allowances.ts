import { Injectable } from '@nestjs/common';
import { Database } from '../database.js';

/** How much of something may be done: `burst` at once after a rest, and one more every `refillMs`. */
export interface Allowance {
  /** Whose it is: the same key is one allowance, for every process. */
  key: string;
  /** Milliseconds in which one comes back. */
  refillMs: number;
  /** Whole number of at least 1. */
  burst: number;
}

/** What is left of an allowance. */
export interface AllowanceState {
  key: string;
  /** Whether this one had enough. */
  isAllowed: boolean;
  remaining: number;
  /** Milliseconds until it is whole again. */
  resetMs: number;
  /** Milliseconds until it has enough; 0 when it has. */
  retryAfterMs: number;
}

/** What was taken, and what may be used besides without asking again. */
export interface Lease {
  states: AllowanceState[];
  /** How many more may be used of every one of them; 0 when one had too little. */
  extra: number;
  /** Milliseconds, from before the question was asked, after which none of the rest may be used. */
  holdMs: number;
}

interface TakenRow extends Record<string, unknown> {
  key: string;
  is_allowed: boolean;
  remaining: number;
  reset_ms: string;
  retry_ms: string;
}

interface LeasedRow extends TakenRow {
  extra: number;
  hold_ms: number;
}

/** What may be done how often, counted once for all processes of the installation. */
@Injectable()
export class Allowances {
  constructor(private readonly database: Database) {}

  /**
   * Takes from several allowances at once: from each, or, when one has too little, from none.
   *
   * @param asked  with different keys
   * @returns the state of each, in the order asked
   */
  async take(asked: readonly Allowance[], cost = 1): Promise<AllowanceState[]> {
    if (asked.length === 0) return [];
    const rows = await this.database.run<TakenRow>(
      'allowance-take',
      'select * from allowance_take($1, $2, $3, $4)',
      [...columnsOf(asked), cost],
    );
    return statesOf(asked, rows);
  }

  /**
   * Takes as `take` does, and some more ahead, to be used here without asking: only while there is plenty, and never so that
   * together with what others use it could be more than the allowance.
   *
   * @param cost  at least 1
   * @param ahead.extra  how many more are wanted; 0 for none
   * @param ahead.holdMs  for how long
   */
  async lease(
    asked: readonly Allowance[],
    cost: number,
    ahead: { extra: number; holdMs: number },
  ): Promise<Lease> {
    const rows = await this.database.run<LeasedRow>(
      'allowance-lease',
      'select * from allowance_lease($1, $2, $3, $4, $5, $6)',
      [...columnsOf(asked), cost, ahead.extra, Math.round(ahead.holdMs * 1_000)],
    );
    const { extra = 0, hold_ms: holdMs = 0 } = rows[0] ?? {};
    return { states: statesOf(asked, rows), extra, holdMs };
  }

  /** Gives back what was taken: it was no misuse after all. */
  async giveBack(asked: readonly Allowance[], cost = 1): Promise<void> {
    await this.take(asked, -cost);
  }
}

function columnsOf(asked: readonly Allowance[]): unknown[] {
  return [
    asked.map(({ key }) => key),
    asked.map(({ refillMs }) => Math.max(1, Math.round(refillMs * 1_000))),
    asked.map(({ burst }) => burst),
  ];
}

function statesOf(asked: readonly Allowance[], rows: readonly TakenRow[]): AllowanceState[] {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return asked.flatMap(({ key }) => {
    const row = byKey.get(key);
    if (!row) return [];
    const { is_allowed: isAllowed, remaining } = row;
    return { key, isAllowed, remaining, resetMs: Number(row.reset_ms), retryAfterMs: Number(row.retry_ms) };
  });
}
