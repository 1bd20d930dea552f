import type { TraceStep } from '#libs/model';

/** What a turn took and cost. */
export interface Spent {
  /** Milliseconds of all responders together. */
  ms: number;
  /** Tokens in and out; 0 where no model was asked. */
  tokens: number;
  /** Millionths of the currency of the workspace. */
  moneyMicros: number;
  /** Tools that were called. */
  calls: number;
}

/** Adds up what the steps of a trace say that they took. */
export function spentOn(steps: readonly TraceStep[]): Spent {
  const sum = (name: string) =>
    steps.reduce((total, { detail }) => total + (typeof detail[name] === 'number' ? detail[name] : 0), 0);
  return {
    ms: steps.reduce((total, { decision, took_ms: ms }) => (decision === 'noted' ? total : total + ms), 0),
    tokens: sum('input_tokens') + sum('output_tokens'),
    moneyMicros: sum('money_micros'),
    calls: steps.filter(({ detail }) => 'tool' in detail).length,
  };
}
