import {
  type Connection,
  connectorOf,
  type EgressFetch,
  type FetchedMedia,
  type MediaIo,
} from '#libs/connectors';
import { fault, isFault, timeLimit } from '#libs/faults';
import type { ChannelId, ConversationId, MediaId } from '#libs/model';
import { Logger } from '#libs/observe';
import { type Claimed, ClaimLoop } from '#libs/queue';
import { ChannelCache, type LoadedChannel, type MediaFetches, type OpenFetch } from '#libs/store';
import { fetchFile } from './fetch-file.js';
import { judgeFetch } from './judge-fetch.js';
import type { MediaDesk } from './media-desk.js';

/** What fetches may use of the process: bound by the worker. */
export interface FetchMeans {
  fetch: EgressFetch;
  /** The connection that this process holds for a channel, if it does. */
  connectionOf(channelId: ChannelId): Connection | undefined;
  heldConnections(): readonly ChannelId[];
}

export interface FetcherOptions {
  /** Name of this incarnation of the worker; no two processes ever share one. */
  worker: string;
  leaseMs: number;
  sweepEveryMs: number;
  /** Fetches at the same time: each may hold a whole file in memory. */
  fetches?: number;
  /** Longest time one fetch may take, from its claim to its last byte. */
  timeoutMs?: number;
}

/**
 * Fetches the files that messages name: claims what is due, fetches it once, keeps its bytes, and says in the
 * conversation what became of it. No turn waits for a file.
 */
export class MediaFetcher {
  readonly #loop: ClaimLoop<MediaId, OpenFetch>;
  readonly #timeoutMs: number;

  constructor(
    private readonly fetches: MediaFetches,
    private readonly channels: ChannelCache,
    private readonly desk: MediaDesk,
    private readonly means: FetchMeans,
    private readonly changed: (conversationId: ConversationId) => void,
    private readonly options: FetcherOptions,
    private readonly logger: Logger,
  ) {
    this.#timeoutMs = options.timeoutMs ?? 90_000;
    const { worker, leaseMs, sweepEveryMs, fetches: atOnce = 4 } = options;
    this.#loop = new ClaimLoop(
      {
        name: 'media',
        leaseMs,
        sweepEveryMs,
        atOnce,
        idOf: ({ mediaId }) => mediaId,
        contextOf: ({ workspaceId, channelId }) => ({ workspaceId, channelId }),
        claim: (free) => this.fetches.open(worker, free, leaseMs, this.means.heldConnections()),
        renew: (items) => this.fetches.renew(worker, leaseMs, items),
        work: (claimed) => this.#handle(claimed),
      },
      logger,
    );
  }

  start(): void {
    this.#loop.start();
  }

  /** Looks for files to fetch. @returns when a look that began after this call has ended */
  poke(): Promise<void> {
    return this.#loop.poke();
  }

  /** Claims nothing more, and gives up what is under way: another worker fetches it. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #handle({ item: fetch, lost }: Claimed<OpenFetch>): Promise<void> {
    const signal = timeLimit(this.#timeoutMs, lost.signal, this.#loop.stopping).signal;
    const outcome = await this.#outcomeOf(fetch, signal);
    if (lost.signal.aborted) return;
    const isRecorded = await this.fetches.record(this.options.worker, fetch, outcome);
    if (isRecorded && outcome.status !== 'pending' && fetch.conversationId)
      this.changed(fetch.conversationId);
  }

  async #outcomeOf(fetch: OpenFetch, signal: AbortSignal) {
    try {
      const file = await aborted(this.#fetch(fetch, signal), signal);
      const declared = file.mimeType ?? fetch.declaredType;
      const kept = await this.desk.keep(fetch.workspaceId, file.bytes, declared, fetch.contactId);
      return { status: 'stored' as const, ...kept, fileName: file.fileName?.slice(0, 255) ?? null };
    } catch (thrown) {
      if (!isFault(thrown)) this.logger.fault(thrown, { mediaId: fetch.mediaId });
      // What a stopping worker gives up is nobody's failure.
      if (this.#loop.stopping.aborted)
        return { status: 'pending' as const, waitMs: 0, reason: 'The worker stopped.' };
      return judgeFetch(thrown, fetch, Math.random());
    }
  }

  async #fetch(fetch: OpenFetch, signal: AbortSignal): Promise<FetchedMedia> {
    if (!fetch.source.startsWith('media:')) {
      return fetchFile(fetch.source, this.means.fetch, { maxBytes: this.desk.bytesMax, signal });
    }
    const ref = fetch.source.slice('media:'.length);
    const channel = await this.channels.load(fetch.channelId);
    if (!channel) throw fault('channel/rejected', { detail: 'The channel is gone.' });
    if (fetch.isOverConnection) {
      const connection = this.means.connectionOf(fetch.channelId);
      if (!connection?.fetchMedia) throw fault('channel/not-connected');
      return connection.fetchMedia(ref, signal);
    }
    const port = connectorOf(channel.connector).media;
    if (!port)
      throw fault('channel/rejected', { detail: 'Channels of this kind have no files of their own.' });
    return port.fetch(ref, this.#io(fetch, channel, signal));
  }

  #io(fetch: OpenFetch, channel: LoadedChannel, signal: AbortSignal): MediaIo<unknown> {
    const { workspaceId, inboxEventId } = fetch;
    const { bytesMax } = this.desk;
    return {
      settings: channel.settings,
      fetch: async (url, request = {}) => {
        const wanted = Math.min(request.maxBytes ?? bytesMax, bytesMax);
        return this.means.fetch(url, { signal, ...request, maxBytes: wanted });
      },
      signal,
      now: Date.now,
      linkTo: (mediaUrl) => this.desk.linkTo(workspaceId, mediaUrl),
      readMedia: (mediaUrl, maxBytes) => this.desk.read(workspaceId, mediaUrl, maxBytes, this.means.fetch),
      raw: async () => {
        const raw = inboxEventId && (await this.fetches.rawOf(workspaceId, inboxEventId));
        if (!raw) throw fault('channel/rejected', { detail: 'What came in is not kept any more.' });
        return raw;
      },
    };
  }
}

/** A connector that does not hear the signal holds nothing up. */
function aborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const late = (): void =>
        reject(fault('channel/outcome-unknown', { detail: 'The fetch took too long.' }));
      if (signal.aborted) late();
      else signal.addEventListener('abort', late, { once: true });
    }),
  ]);
}
