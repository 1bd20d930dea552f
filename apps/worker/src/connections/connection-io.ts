import type { ConnectionIo, ConnectionState, EgressFetch, FetchedMedia } from '#libs/connectors';
import { fault } from '#libs/faults';
import type { InboundDoor } from '#libs/inbound';
import type { ChannelId } from '#libs/model';
import type { Connections, LoadedChannel } from '#libs/store';

/** What connections may use of this process. */
export interface ConnectionMeans {
  fetch: EgressFetch;
  hookUrl(channel: LoadedChannel): string | undefined;
  linkTo(channel: LoadedChannel, mediaUrl: string): Promise<string>;
  readMedia(channel: LoadedChannel, mediaUrl: string, maxBytes: number): Promise<FetchedMedia>;
  /** A folder of the channel alone, on the installation's volume; made when asked for. */
  folderOf(channelId: ChannelId): Promise<string>;
  /** A connection is open: what waited for it may go out. */
  opened(channelId: ChannelId): void;
}

/** Bytes of a value that `remember` keeps, as JSON. */
const REMEMBERED_MAX = 64 * 1_024;

/** The world as one channel's connection may see it. */
export function connectionIo(
  channel: LoadedChannel,
  signal: AbortSignal,
  show: (state: ConnectionState) => void,
  { means, connections, door }: { means: ConnectionMeans; connections: Connections; door: InboundDoor },
): ConnectionIo<unknown> {
  const { workspaceId, channelId, settings } = channel;
  return {
    settings,
    channelId,
    signal,
    show,
    now: Date.now,
    fetch: means.fetch,
    hookUrl: means.hookUrl(channel),
    linkTo: (mediaUrl) => means.linkTo(channel, mediaUrl),
    readMedia: (mediaUrl, maxBytes) => means.readMedia(channel, mediaUrl, maxBytes),
    folder: () => means.folderOf(channelId),
    recall: (name) => connections.recall(workspaceId, channelId, name),
    async remember(name, value) {
      if (JSON.stringify(value).length > REMEMBERED_MAX) {
        throw fault('internal/bug', { facts: { why: 'a connector remembers too much', name } });
      }
      await connections.remember(workspaceId, channelId, name, value);
    },
    async accept(events) {
      await door.accept(channel, events);
    },
  };
}
