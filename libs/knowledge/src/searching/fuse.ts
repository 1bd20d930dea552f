/** Damps how much the first places of one list count. @see Cormack, Clarke, Büttcher, SIGIR 2009: k = 60 */
const K = 60;

/**
 * Reciprocal rank fusion: what stands high in several lists stands highest.
 *
 * @param lists  each best first
 * @returns all that stand in any of them, best first, with the sum of 1 / (60 + rank)
 */
export function fuse<Id extends string>(lists: readonly (readonly Id[])[]): Map<Id, number> {
  const sums = new Map<Id, number>();
  for (const list of lists) {
    for (const [at, id] of list.entries()) sums.set(id, (sums.get(id) ?? 0) + 1 / (K + at + 1));
  }
  return new Map([...sums].sort((a, b) => b[1] - a[1]));
}
