import { setImmediate } from 'node:timers/promises';
import { wrapLanguageModel } from 'ai';
import type { ResolvedModel } from '../ports.js';

type Wrapped = Parameters<typeof wrapLanguageModel>[0]['model'];

/** Pieces of one answer; what is beyond is not read. A thousand tokens are about as many pieces. */
const piecesMax = 100_000;
/** So many pieces are taken before others get their turn. */
const atOnce = 64;

/**
 * A model whose answers end: with the signal, whatever the provider makes of it, and after so many pieces.
 *
 * The library reads as fast as a provider writes, and keeps what nobody has read yet. Over a network that is slow and
 * bounded; a provider that runs within the process would fill the memory, and let nothing else happen.
 */
export function boundedModel(model: ResolvedModel['model'], signal: AbortSignal): Wrapped {
  return wrapLanguageModel({
    model: model as Wrapped,
    middleware: {
      specificationVersion: 'v3',
      wrapStream: async ({ doStream }) => {
        const { stream, ...rest } = await doStream();
        return { ...rest, stream: bounded(stream, signal) };
      },
    },
  });
}

function bounded<T>(stream: ReadableStream<T>, signal: AbortSignal): ReadableStream<T> {
  const reader = stream.getReader();
  let pieces = 0;
  return new ReadableStream<T>(
    {
      pull: async (controller) => {
        if (++pieces % atOnce === 0) await setImmediate();
        const isOver = signal.aborted || pieces > piecesMax;
        const next = isOver ? undefined : await reader.read();
        if (next && !next.done) return controller.enqueue(next.value);
        controller.close();
        if (isOver) void reader.cancel().catch(() => undefined);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
