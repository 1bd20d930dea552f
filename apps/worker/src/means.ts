import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Connection, Egress, EgressFetch, FetchedMedia } from '#libs/connectors';
import { fault } from '#libs/faults';
import type { ChannelId } from '#libs/model';
import { SendingMeans } from '#libs/outbound';
import type { LoadedChannel } from '#libs/store';
import type { ConnectionKeeper } from './connections/connection-keeper.js';
import type { ConnectionMeans } from './connections/connection-io.js';

/** What sends and connections of this worker may use of the world. */
export class WorkerMeans extends SendingMeans implements ConnectionMeans {
  readonly fetch: EgressFetch;
  keeper: ConnectionKeeper | undefined;
  onOpened: () => void = () => undefined;

  constructor(
    egress: Egress,
    private readonly dataFolder: string,
  ) {
    super();
    this.fetch = egress.fetch;
  }

  connectionOf(channelId: ChannelId): Connection | undefined {
    return this.keeper?.connectionOf(channelId);
  }

  heldConnections(): readonly ChannelId[] {
    return this.keeper?.heldConnections() ?? [];
  }

  opened(): void {
    this.onOpened();
  }

  async folderOf(channelId: ChannelId): Promise<string> {
    const folder = path.join(this.dataFolder, 'channels', channelId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  linkTo(_channel: LoadedChannel, mediaUrl: string): Promise<string> {
    if (!mediaUrl.startsWith('media:')) return Promise.resolve(mediaUrl);
    return Promise.reject(fault('channel/rejected', { detail: 'The file is not stored here.' }));
  }

  async readMedia(_channel: LoadedChannel, mediaUrl: string, maxBytes: number): Promise<FetchedMedia> {
    if (mediaUrl.startsWith('media:')) {
      throw fault('channel/rejected', { detail: 'The file is not stored here.' });
    }
    const answer = await this.fetch(mediaUrl, { maxBytes });
    if (answer.status !== 200) {
      throw fault('channel/rejected', { detail: `The file cannot be fetched (HTTP ${answer.status}).` });
    }
    const mimeType = answer.headers['content-type']?.split(';', 1)[0];
    const fileName = decodeURIComponent(path.posix.basename(new URL(mediaUrl).pathname));
    return { bytes: answer.body, ...(mimeType && { mimeType }), ...(fileName && { fileName }) };
  }
}
