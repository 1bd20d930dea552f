/** An answer of Redis: text, nothing, an error, or a list of text. */
export type RespAnswer = string | null | { readonly error: string } | readonly (string | null)[];

/** Writes one command as RESP wants it: an array of bulk strings. */
export function encodeCommand(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/**
 * Parses the answers that have arrived whole.
 *
 * @param text  what Redis has sent, decoded as latin1, so that its byte counts hold
 * @returns the answers in order; a last one that is cut off is left out
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/ (RESP2, read 2026-11-21)
 */
export function decodeAnswers(text: string): RespAnswer[] {
  const answers: RespAnswer[] = [];
  for (let at = 0; at < text.length;) {
    const next = decodeAt(text, at);
    if (!next) break;
    answers.push(next.answer);
    at = next.end;
  }
  return answers;
}

interface Decoded {
  readonly answer: RespAnswer;
  readonly end: number;
}

function decodeAt(text: string, at: number): Decoded | null {
  const lineEnd = text.indexOf('\r\n', at);
  if (lineEnd < 0) return null;
  const line = text.slice(at + 1, lineEnd);
  const end = lineEnd + 2;
  const kind = text[at];
  if (kind === '-') return { answer: { error: line }, end };
  if (kind === '$') return decodeBulk(text, end, Number(line));
  if (kind === '*') return decodeList(text, end, Number(line));
  return { answer: line, end };
}

function decodeBulk(text: string, start: number, length: number): Decoded | null {
  if (length < 0) return { answer: null, end: start };
  const end = start + length + 2;
  return end > text.length ? null : { answer: text.slice(start, start + length), end };
}

function decodeList(text: string, start: number, length: number): Decoded | null {
  const items: (string | null)[] = [];
  let at = start;
  for (let index = 0; index < length; index++) {
    const item = decodeAt(text, at);
    if (!item) return null;
    items.push(typeof item.answer === 'string' ? item.answer : null);
    at = item.end;
  }
  return { answer: items, end: at };
}
