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

interface TakenRow extends Record<string, unknown> {
  key: string;
  is_allowed: boolean;
  remaining: number;
  reset_ms: string;
  retry_ms: string;
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
      [
        asked.map(({ key }) => key),
        asked.map(({ refillMs }) => Math.max(1, Math.round(refillMs * 1_000))),
        asked.map(({ burst }) => burst),
        cost,
      ],
    );
    const byKey = new Map(rows.map((row) => [row.key, row]));
    return asked.flatMap(({ key }) => {
      const row = byKey.get(key);
      if (!row) return [];
      const { is_allowed: isAllowed, remaining } = row;
      return { key, isAllowed, remaining, resetMs: Number(row.reset_ms), retryAfterMs: Number(row.retry_ms) };
    });
  }

  /** Gives back what was taken: it was no misuse after all. */
  async giveBack(asked: readonly Allowance[], cost = 1): Promise<void> {
    await this.take(asked, -cost);
  }
}
