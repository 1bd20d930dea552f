/** Where a stream begins. */
export interface Resumption {
  afterSeq: number;
  /** The position that was asked for is not in the log: the reader must fetch the list again. */
  isReset: boolean;
}

/**
 * Finds the place where a stream goes on.
 *
 * @param asked  `Last-Event-ID` or `?after=`; undefined begins now
 * @param lastSeq  position of the newest event
 * @returns a position that is not in the log (no number, or behind the newest) begins now, as a reset
 */
export function resumeAt(asked: string | undefined, lastSeq: number): Resumption {
  if (asked === undefined || asked === '') return { afterSeq: lastSeq, isReset: false };
  const seq = /^\d{1,15}$/.test(asked) ? Number(asked) : Number.NaN;
  return seq <= lastSeq ? { afterSeq: seq, isReset: false } : { afterSeq: lastSeq, isReset: true };
}
