import { isSpaceless } from '../fold.js';

/**
 * How many slips a label of so many letters forgives: none up to 3, one up to 7, two up to 15, then three. A label in
 * a script without spaces forgives none, because there one letter can be the whole difference.
 */
export function forgiven(label: string): number {
  const length = Array.from(label).length;
  if (length <= 3 || isSpaceless(label)) return 0;
  if (length <= 7) return 1;
  return length <= 15 ? 2 : 3;
}

/**
 * How many slips lie between two texts: letters left out, added, changed, or swapped with their neighbour (optimal
 * string alignment, in code points).
 *
 * Looks only at the band that `max` allows, so its time is the length times `max`.
 *
 * @returns the distance, or `max + 1` when it is larger than `max`
 * @see Boytsov, "Indexing methods for approximate dictionary searching", 2011, §2.1 (restricted Damerau distance)
 */
export function slips(left: string, right: string, max: number): number {
  const a = Array.from(left);
  const b = Array.from(right);
  const far = max + 1;
  if (Math.abs(a.length - b.length) > max) return far;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => Math.min(j, far));
  for (let i = 1; i <= a.length; i++) {
    const row = Array.from({ length: b.length + 1 }, () => far);
    row[0] = Math.min(i, far);
    for (let j = Math.max(1, i - max); j <= Math.min(b.length, i + max); j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        far,
        above[j - 1]! + (same ? 0 : 1),
        above[j]! + 1,
        row[j - 1]! + 1,
        swapped ? before[j - 2]! + 1 : far,
      );
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
