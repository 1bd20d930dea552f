import type { TraceStep } from '#libs/model';

/** The line of whoever answered: not that of a review, nor of a reply that was refused later. */
export function authorOf(trace: readonly TraceStep[]): TraceStep | undefined {
  return trace.findLast(({ decision, detail }) => decision === 'answered' && detail['review'] === undefined);
}
