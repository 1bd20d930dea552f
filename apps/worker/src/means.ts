import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  hookUrlOf,
  type Connection,
  type Egress,
  type EgressFetch,
  type FetchedMedia,
} from '#libs/connectors';
import type { MediaDesk } from '#libs/media';
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
    private readonly desk: MediaDesk,
    private readonly dataFolder: string,
    private readonly publicUrl: string,
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

  hookUrl({ channelId, connector }: LoadedChannel): string | undefined {
    return hookUrlOf(this.publicUrl, { id: channelId, connector });
  }

  linkTo({ workspaceId }: LoadedChannel, mediaUrl: string): Promise<string> {
    return this.desk.linkTo(workspaceId, mediaUrl);
  }

  readMedia({ workspaceId }: LoadedChannel, mediaUrl: string, maxBytes: number): Promise<FetchedMedia> {
    return this.desk.read(workspaceId, mediaUrl, maxBytes, this.fetch);
  }
}
