import { createHash } from 'node:crypto';
import { detectLanguage } from '#libs/bot';
import type { EgressFetch } from '#libs/connectors';
import { fault, isFault, toFault } from '#libs/faults';
import type { MediaFiles } from '#libs/media';
import type { KnowledgeSourceId } from '#libs/model';
import { Logger, newRequestId, withContext } from '#libs/observe';
import { type Held, LeaseKeeper, Pump } from '#libs/queue';
import type { KnowledgeReadings, OpenReading, ReadingOutcome } from '#libs/store';
import { CUTTER, makePassages } from './cutting/make-passages.js';
import type { Embedder } from './embedding/embedder.js';
import type { Readable, ReadDocument } from './reading/document.js';
import { fetchPage } from './reading/fetch-page.js';
import { embedSource } from './embedding/embed-source.js';
import { refreshMs, waitAfter } from './judge-reading.js';
import { readMarkdown } from './reading/read-document.js';
import type { DocumentReader } from './reading/reading-room.js';

/** What readings may use of the process: bound by the worker. */
export interface ReaderMeans {
  fetch: EgressFetch;
  files: MediaFiles;
  documents: DocumentReader;
  /** Without it passages are found by their words alone. */
  embedder?: Embedder | undefined;
}

export interface ReaderOptions {
  /** Name of this incarnation of the worker; no two processes ever share one. */
  worker: string;
  leaseMs: number;
  sweepEveryMs: number;
  /** Readings at the same time: each has a thread of its own. */
  readings?: number;
}

interface HeldReading extends Held {
  reading: OpenReading;
}

/** What was read, or null when it is as it was. */
type Found = (Readable & { etag: string | null; modified: string | null }) | null;

/**
 * Reads sources: claims what is due, reads and cuts it, keeps its passages, and says at the source what became of it.
 * What was known before stays known while a reading fails.
 */
export class KnowledgeReader {
  readonly #pump: Pump;
  readonly #leases: LeaseKeeper<KnowledgeSourceId, HeldReading>;
  readonly #active = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #isRequeued = false;

  constructor(
    private readonly readings: KnowledgeReadings,
    private readonly means: ReaderMeans,
    private readonly options: ReaderOptions,
    private readonly logger: Logger,
  ) {
    this.#pump = new Pump(() => this.#pass(), {
      sweepEveryMs: options.sweepEveryMs,
      onError: (error) => this.logger.fault(error, { loop: 'knowledge' }),
    });
    this.#leases = new LeaseKeeper(options.leaseMs, (held) =>
      this.readings.renew(
        options.worker,
        options.leaseMs,
        held.map(({ reading }) => reading),
      ),
    );
  }

  start(): void {
    this.#pump.start();
  }

  /** Looks for sources to read. @returns when a look that began after this call has ended */
  poke(): Promise<void> {
    return this.#pump.poke();
  }

  /** Claims nothing more, and gives up what is under way: another worker reads it. */
  async stop(): Promise<void> {
    await this.#pump.stop();
    this.#stopping.abort();
    await Promise.allSettled(this.#active);
    this.#leases.stop();
  }

  async #pass(): Promise<void> {
    const free = (this.options.readings ?? 2) - this.#active.size;
    if (free <= 0) return;
    await this.#requeueOnce();
    const since = performance.now();
    const claimed = await this.readings.open(this.options.worker, free, this.options.leaseMs);
    for (const reading of claimed) this.#begin(reading, since);
  }

  /** Embeddings may have been switched on, or got another model, since the last worker ran. */
  async #requeueOnce(): Promise<void> {
    const { embedder } = this.means;
    if (!embedder || this.#isRequeued) return;
    await this.readings.requeue(embedder.model);
    this.#isRequeued = true;
  }

  #begin(reading: OpenReading, since: number): void {
    const held: HeldReading = { reading, lost: new AbortController() };
    this.#leases.hold(reading.sourceId, held, since);
    const { workspaceId, sourceId } = reading;
    const work = withContext({ requestId: newRequestId(), workspaceId }, () => this.#handle(held))
      .catch((error: unknown) => this.logger.fault(error, { sourceId }))
      .finally(() => {
        this.#leases.release(sourceId, held);
        this.#active.delete(work);
        void this.poke();
      });
    this.#active.add(work);
  }

  async #handle({ reading, lost }: HeldReading): Promise<void> {
    const signal = AbortSignal.any([lost.signal, this.#stopping.signal]);
    const { worker } = this.options;
    const outcome = await this.#outcomeOf(reading, signal);
    if (signal.aborted) return; // what is given up here is claimed by another one when the lease ends
    const hasMore = outcome.state === 'ready' && this.means.embedder !== undefined;
    const isOurs = await this.readings.record(worker, reading, { ...outcome, isDone: !hasMore });
    if (!isOurs || !hasMore) return;
    const lack = await embedSource(reading, this.readings, this.means.embedder!, this.logger, signal);
    if (signal.aborted) return;
    await this.readings.record(worker, reading, { ...withoutContent(outcome), ...lack, isDone: true });
  }

  async #outcomeOf(reading: OpenReading, signal: AbortSignal): Promise<Omit<ReadingOutcome, 'isDone'>> {
    const waitMs = refreshMs(reading);
    try {
      const content = await this.#read(reading, signal);
      return { state: 'ready', code: null, reason: null, waitMs, ...(content && { content }) };
    } catch (thrown) {
      if (!isFault(thrown)) this.logger.fault(thrown, { sourceId: reading.sourceId });
      const { code, detail, facts } = toFault(thrown);
      const reason =
        facts['reason'] === 'answer-too-large' ? 'The page is larger than what is read.' : detail;
      return { state: 'failed', code, reason, waitMs: waitAfter(thrown, reading) };
    }
  }

  async #read(reading: OpenReading, signal: AbortSignal): Promise<ReadingOutcome['content'] | null> {
    if (reading.kind === 'rows') return null;
    const found = await this.#find(reading, signal);
    if (found === null) return null;
    const { etag, modified, bytes } = found;
    const hash = createHash('sha256')
      .update(JSON.stringify([CUTTER, reading.url, reading.language]))
      .update(bytes)
      .digest('hex');
    if (hash === reading.contentHash) return null;
    const document = await this.#document(reading, found, signal);
    const { url, sourceId } = reading;
    const title = reading.title === url ? (document.title ?? url).slice(0, 300) : reading.title;
    const language = reading.language ?? (await detectLanguage(sampleOf(document)));
    return {
      hash,
      etag,
      modified,
      title,
      passages: makePassages(document, { sourceId, title, url, language }),
    };
  }

  async #find(reading: OpenReading, signal: AbortSignal): Promise<Found> {
    const { kind, url, text, fileSha256, fileType, fileName, workspaceId } = reading;
    const plain = { etag: null, modified: null, url };
    if (kind === 'page') return fetchPage(url ?? '', reading, this.means.fetch, signal);
    if (kind === 'text') {
      return { ...plain, bytes: Buffer.from(text ?? ''), mimeType: 'text/markdown', fileName: null };
    }
    if (fileSha256 === null) throw fault('state/gone', { detail: 'The file is not kept any more.' });
    const bytes = await this.means.files.read(workspaceId, fileSha256);
    return { ...plain, bytes, mimeType: fileType, fileName };
  }

  async #document(reading: OpenReading, found: Readable, signal: AbortSignal): Promise<ReadDocument> {
    // What was written as a text is one, whatever its first letters look like.
    if (reading.kind === 'text') return readMarkdown(reading.text ?? '');
    return this.means.documents.read(found, signal);
  }
}

function withoutContent({
  content: _,
  ...rest
}: Omit<ReadingOutcome, 'isDone'>): Omit<ReadingOutcome, 'isDone'> {
  return rest;
}

function sampleOf(document: ReadDocument): string {
  if (document.kind === 'prose') return document.markdown.slice(0, 1_000);
  return document.rows
    .slice(0, 20)
    .map(({ questions, text }) => `${questions[0] ?? ''} ${text}`)
    .join('\n');
}
