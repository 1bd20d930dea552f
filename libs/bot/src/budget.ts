/** What a turn can cost, beside time. */
export interface Spending {
  /** Calls to a model or a tool. */
  steps: number;
  tokens: number;
  /** Millionths of the workspace's currency. */
  moneyMicros: number;
}

/** What one turn may still cost, shared by the whole row. */
export interface Budget {
  /** Of the whole turn until now. */
  readonly spent: Readonly<Spending>;
  /** May be `Infinity`; negative when more was spent than allowed. */
  readonly left: Readonly<Spending>;
  /** Books a cost, which the trace shows with the responder. @returns whether the turn is still within its limits */
  spend(cost: Partial<Spending>): boolean;
}

const kinds = ['steps', 'tokens', 'moneyMicros'] as const satisfies readonly (keyof Spending)[];

/** Nothing spent. */
export const nothingSpent = (): Spending => ({ steps: 0, tokens: 0, moneyMicros: 0 });

/** Adds a cost in place. */
export function addCost(to: Spending, cost: Partial<Spending>): void {
  for (const kind of kinds) to[kind] += cost[kind] ?? 0;
}

/** What of the limits a turn has not spent; a kind without a limit is `Infinity`. */
export function leftOf(limits: Partial<Spending>, spent: Spending): Spending {
  const left = nothingSpent();
  for (const kind of kinds) left[kind] = (limits[kind] ?? Number.POSITIVE_INFINITY) - spent[kind];
  return left;
}

/** A cost as the trace shows it; empty when nothing was spent. */
export function spendingDetail(spent: Spending): Record<string, number> {
  return {
    ...(spent.steps > 0 && { steps: spent.steps }),
    ...(spent.tokens > 0 && { tokens: spent.tokens }),
    ...(spent.moneyMicros > 0 && { money_micros: spent.moneyMicros }),
  };
}
