import { isFault, toFault } from '#libs/faults';
import type { Logger } from '#libs/observe';
import type { KnowledgeReadings, OpenReading, ReadingOutcome } from '#libs/store';
import { backoffMs } from '../judge-reading.js';
import type { Embedder } from './embedder.js';

const AT_ONCE = 64;
/** A provider that is away is asked again after a few minutes. */
const RETRY_AS_AFTER = 3;

/**
 * Gives the passages of a source that have none the embeddings of a model.
 *
 * @returns what the source says beside being ready, when the meaning of its passages is not known yet; else null
 * @throws Fault `store/unavailable`
 */
export async function embedSource(
  reading: OpenReading,
  readings: Pick<KnowledgeReadings, 'unembedded' | 'embed'>,
  embedder: Embedder,
  logger: Logger,
  signal: AbortSignal,
): Promise<Pick<ReadingOutcome, 'code' | 'reason' | 'waitMs'> | null> {
  for (;;) {
    const passages = await readings.unembedded(reading, embedder.model, AT_ONCE);
    if (passages.length === 0 || signal.aborted) return null;
    const texts = passages.map(({ label, body }) => `${label}\n${body}`);
    const vectors = await embedder.embed(texts, signal).catch((thrown: unknown) => {
      if (!isFault(thrown)) logger.fault(thrown, { sourceId: reading.sourceId });
      return toFault(thrown);
    });
    if (!Array.isArray(vectors)) {
      const { code, detail } = vectors;
      return { code, reason: `It is found by its words only: ${detail}`, waitMs: backoffMs(RETRY_AS_AFTER) };
    }
    const embeddings = passages.map(({ passageId }, at) => ({ passageId, vector: vectors[at]! }));
    await readings.embed(reading.workspaceId, embedder.model, embeddings);
    if (passages.length < AT_ONCE) return null;
  }
}
