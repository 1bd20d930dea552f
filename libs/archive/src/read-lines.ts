import { fault } from '#libs/faults';

/** How lines are read. */
export interface ReadLinesOptions {
  /** The longest line, in UTF-16 code units. */
  lineMax: number;
  /** Lines that are handed on together hold about so much, in UTF-16 code units. */
  batchMax: number;
  /** Called with every piece as it is. */
  onPiece?: (piece: Uint8Array) => void;
}

/**
 * Reads lines of UTF-8, whole, whatever the pieces are that they come in. Empty ones are passed over.
 *
 * @returns batches that are as large as was asked for, or hold one line; never empty
 * @throws Fault `input/too-large` when a line is too long; `input/invalid` when it is no UTF-8
 */
export async function* readLines(
  pieces: AsyncIterable<Uint8Array>,
  { lineMax, batchMax, onPiece }: ReadLinesOptions,
): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  let batch: string[] = [];
  let held = 0;
  for await (const piece of pieces) {
    onPiece?.(piece);
    const found = (rest + decoded(decoder, piece)).split('\n');
    rest = found.pop() ?? '';
    if (rest.length > lineMax) {
      throw fault('input/too-large', { detail: 'A line of the archive is too long.' });
    }
    for (const line of found) {
      if (line === '') continue;
      batch.push(line);
      held += line.length;
      if (held < batchMax) continue;
      yield batch;
      batch = [];
      held = 0;
    }
  }
  if (rest !== '') batch.push(rest);
  if (batch.length > 0) yield batch;
}

function decoded(decoder: InstanceType<typeof TextDecoder>, piece: Uint8Array): string {
  try {
    return decoder.decode(piece, { stream: true });
  } catch (cause) {
    throw fault('input/invalid', { detail: 'A line of the archive is no UTF-8.', cause });
  }
}
