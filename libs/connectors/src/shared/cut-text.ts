/** Length of a text in a provider's unit; must never shrink when the text grows. */
export type Measure = (text: string) => number;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const codeUnits: Measure = (text) => text.length;

/**
 * Cuts text so that every piece fits, at the latest paragraph, line or word border, and inside a word only when
 * there is no border. White space at a cut is dropped; nothing else is.
 *
 * @param text     any Unicode text; comes back unchanged when it fits
 * @param max      the most that `measure` may say of a piece; at least what the widest single character measures
 * @param measure  default: UTF-16 code units
 * @returns pieces in order, none empty; no grapheme is split unless it alone does not fit. Empty for an empty text
 */
export function cutText(text: string, max: number, measure: Measure = codeUnits): string[] {
  if (text === '') return [];
  if (measure(text) <= max) return [text];
  const segments = graphemes.segment(text);
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    const to = cutAt(segments, text, from, lastFitting(text, from, max, measure));
    const ink = inkEnd(segments, text, from, to);
    if (ink > from) pieces.push(text.slice(from, ink));
    from = to < text.length ? inkStart(segments, text, to) : to;
  }
  return pieces;
}

/** Offset after the longest run of code units from `from` that fits; at least one. */
function lastFitting(text: string, from: number, max: number, measure: Measure): number {
  const fits = (end: number): boolean => measure(text.slice(from, end)) <= max;
  let known = from + 1;
  let step = 64;
  while (known < text.length && fits(Math.min(known + step, text.length))) {
    known = Math.min(known + step, text.length);
    step *= 2;
  }
  let tooFar = Math.min(known + step, text.length + 1);
  while (tooFar - known > 1) {
    const middle = (known + tooFar) >> 1;
    if (fits(middle)) known = middle;
    else tooFar = middle;
  }
  return known;
}

/** Where to cut between `from` and `end`, beyond which nothing fits. */
function cutAt(segments: Intl.Segments, text: string, from: number, end: number): number {
  if (end >= text.length) return text.length;
  const whole = segments.containing(end)!.index;
  if (whole <= from) return wholeCharacter(text, from, end);
  return borderBefore(segments, text, from, whole) ?? whole;
}

/** Inside a grapheme that does not fit: never between the halves of a surrogate pair. */
function wholeCharacter(text: string, from: number, end: number): number {
  const splitsPair = text.codePointAt(end - 1)! > 0xffff;
  if (!splitsPair) return end;
  return end - 1 > from ? end - 1 : end + 1;
}

/** The best border up to `end`: a paragraph or a line unless the piece would be short, else a word; null for none. */
function borderBefore(segments: Intl.Segments, text: string, from: number, end: number): number | null {
  const longEnough = from + (end - from) / 3;
  let line: number | null = null;
  let word: number | null = null;
  for (let at = end; at > from; at--) {
    if (!isSpaceAt(segments, text, at)) continue;
    word ??= at;
    if (at < longEnough) break;
    if (text[at] !== '\n') continue;
    line ??= at;
    if (/\n\r?$/.test(text.slice(Math.max(at - 2, 0), at))) return at;
  }
  return line ?? word;
}

/** Whether the whole grapheme at an offset is white space: a space under an accent is not. */
function isSpaceAt(segments: Intl.Segments, text: string, at: number): boolean {
  return /\s/.test(text[at]!) && /^\s+$/.test(segments.containing(at)!.segment);
}

function inkEnd(segments: Intl.Segments, text: string, from: number, to: number): number {
  let end = to;
  while (end > from && isSpaceAt(segments, text, end - 1)) end--;
  return end;
}

function inkStart(segments: Intl.Segments, text: string, from: number): number {
  let start = from;
  while (start < text.length && isSpaceAt(segments, text, start)) start++;
  return start;
}
