const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const isSpace = (text: string): boolean => /^\s+$/.test(text);

/**
 * Cuts text so that every piece fits, at the latest paragraph, line or word border, and inside a word only when
 * there is no border. White space at a cut is dropped; nothing else is.
 *
 * @param text     any Unicode text; comes back unchanged when it fits
 * @param max      the most that `measure` may say of a piece; at least what the widest single character measures
 * @param measure  length in the provider's unit; must grow with the text. Default: UTF-16 code units
 * @returns pieces in order, none empty; no grapheme is split unless it alone does not fit. Empty for an empty text
 */
export function cutText(
  text: string,
  max: number,
  measure: (text: string) => number = (piece) => piece.length,
): string[] {
  if (text === '') return [];
  if (measure(text) <= max) return [text];
  const units = unitsOf(text, max, measure);
  const pieces: string[] = [];
  for (let from = 0; from < units.length;) {
    const to = cutAfter(units, from, max, measure);
    const piece = joined(units, from, lastInk(units, from, to));
    if (piece !== '') pieces.push(piece);
    from = to < units.length ? firstInk(units, to) : to;
  }
  return pieces;
}

/** Graphemes; those that do not fit by themselves in their code points. */
function unitsOf(text: string, max: number, measure: (text: string) => number): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment).flatMap((grapheme) =>
    measure(grapheme) <= max ? [grapheme] : Array.from(grapheme),
  );
}

const joined = (units: readonly string[], from: number, to: number): string => units.slice(from, to).join('');

/** Index after the last unit of the piece that begins at `from`. */
function cutAfter(
  units: readonly string[],
  from: number,
  max: number,
  measure: (text: string) => number,
): number {
  const end = lastFitting(units, from, max, measure);
  if (end === units.length || isSpace(units[end]!)) return end;
  const half = from + (end - from) / 2;
  let line = 0;
  let word = 0;
  for (let at = end - 1; at > from; at--) {
    const unit = units[at]!;
    if (!isSpace(unit)) continue;
    word ||= at;
    if (at < half) break;
    if (!unit.includes('\n')) continue;
    line ||= at;
    if (units[at - 1]!.includes('\n')) return at;
  }
  return line || word || end;
}

/** Index after the longest run from `from` that fits; at least one unit. */
function lastFitting(
  units: readonly string[],
  from: number,
  max: number,
  measure: (text: string) => number,
): number {
  let fits = from + 1;
  let tooFar = units.length + 1;
  let step = 64;
  while (fits + step < tooFar && measure(joined(units, from, fits + step)) <= max) {
    fits += step;
    step *= 2;
  }
  tooFar = Math.min(tooFar, fits + step);
  while (tooFar - fits > 1) {
    const middle = (fits + tooFar) >> 1;
    if (measure(joined(units, from, middle)) <= max) fits = middle;
    else tooFar = middle;
  }
  return fits;
}

function lastInk(units: readonly string[], from: number, to: number): number {
  let end = to;
  while (end > from && isSpace(units[end - 1]!)) end--;
  return end;
}

function firstInk(units: readonly string[], from: number): number {
  let start = from;
  while (start < units.length && isSpace(units[start]!)) start++;
  return start;
}
