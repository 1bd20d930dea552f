import type { JsonObject, TurnResult } from '#libs/model';

/**
 * What reports need to know of a turn, for the event log: who answered, what it cost, and where a flow waits.
 *
 * @returns `answered_by` (a responder; absent for silence), `tokens` and `money_micros` (absent when nothing was spent),
 *   `flow` and `node` (absent where no flow waits)
 */
export function turnFacts({ trace, waitsAt }: Pick<TurnResult, 'trace' | 'waitsAt'>): JsonObject {
  // Notes are parts of what their responder's own line sums up.
  const lines = trace.filter(({ decision }) => decision !== 'noted');
  const tokens = sumOf(lines, 'tokens');
  const micros = sumOf(lines, 'money_micros');
  const answered = lines.find(({ decision }) => decision === 'answered');
  return {
    ...(answered && { answered_by: answered.responder }),
    ...(tokens > 0 && { tokens }),
    ...(micros > 0 && { money_micros: micros }),
    ...(waitsAt && { flow: waitsAt.flow, node: waitsAt.node }),
  };
}

function sumOf(lines: TurnResult['trace'], name: string): number {
  return lines.reduce((sum, { detail }) => sum + Number(detail[name] ?? 0), 0);
}
