import type { TraceStep, TurnOutcome } from '#libs/model';
import { authorOf } from './author.js';

/** What is told of a turn beside its steps. */
export interface TracedTurn {
  readonly outcome: TurnOutcome;
  /** The version of the bot that ran; null when none is known. */
  readonly botVersion: number | null;
  readonly trace: readonly TraceStep[];
}

const decisions: Record<TraceStep['decision'], string> = {
  answered: 'answered',
  passed: 'passed on',
  silenced: 'kept silent',
  failed: 'failed',
  noted: 'noted',
};

const outcomes: Record<TurnOutcome, string> = {
  answered: 'The bot answered',
  silent: 'The bot said nothing',
  failed: 'The turn failed',
  superseded: 'Somebody else took the conversation over, so nothing was said',
};

/**
 * The trace of a turn for a person to read: who was asked in which order, what each decided and why, what it saw, and
 * what it cost. Holds what the trace holds, and so no text of messages.
 *
 * @returns lines without a break at the end; the last one names who answered, if anybody did
 */
export function traceText({ outcome, botVersion, trace }: TracedTurn): string {
  const took = trace.reduce((sum, step) => sum + (step.decision === 'noted' ? 0 : step.took_ms), 0);
  const version = botVersion === null ? '' : ` Version ${botVersion}.`;
  return [
    `${outcomes[outcome]}.${version} ${steps(trace.length)} in ${msOf(took)}${spentOf(trace)}.`,
    ...trace.map(lineOf),
    ...conclusionOf(outcome, trace),
  ].join('\n');
}

function lineOf(step: TraceStep, index: number): string {
  const facts = Object.entries(step.detail).map(([name, value]) => `${name.replaceAll('_', ' ')}: ${value}`);
  const shown = facts.length > 0 ? ` [${facts.join(', ')}]` : '';
  const number = String(index + 1).padStart(2);
  return `${number}. ${step.responder} ${decisions[step.decision]}: ${step.reason}${shown} (${msOf(step.took_ms)})`;
}

function conclusionOf(outcome: TurnOutcome, trace: readonly TraceStep[]): string[] {
  if (outcome !== 'answered') return [];
  const author = authorOf(trace);
  return author ? [`=> ${author.responder}: ${author.reason}`] : [];
}

/** Costs are booked with whoever caused them; notes repeat them and do not count. */
function spentOf(trace: readonly TraceStep[]): string {
  const sum = (name: string): number =>
    trace
      .filter(({ decision }) => decision !== 'noted')
      .reduce((total, { detail }) => total + (typeof detail[name] === 'number' ? detail[name] : 0), 0);
  const [calls, tokens, money] = [sum('steps'), sum('tokens'), sum('money_micros')];
  const parts = [
    ...(calls > 0 ? [`${calls} calls of models and tools`] : []),
    ...(tokens > 0 ? [`${tokens} tokens`] : []),
    ...(money > 0 ? [`${(money / 1_000_000).toFixed(6)} money`] : []),
  ];
  return parts.length > 0 ? `, spent: ${parts.join(', ')}` : '';
}

function steps(count: number): string {
  return count === 1 ? '1 step' : `${count} steps`;
}

function msOf(ms: number): string {
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Number(ms.toFixed(ms < 1 ? 2 : 1))} ms`;
}
