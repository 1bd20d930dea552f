import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ChannelGlance } from '#libs/model';
import { follow } from '../api/stream.js';
import { useMay } from '../api/session.js';

/** How a channel is, followed live; null until the first word of the stream, or where the member may not follow it. */
export function useGlance(channelId: string): ChannelGlance | null {
  const client = useQueryClient();
  const may = useMay('channels:write');
  const [glance, setGlance] = useState<ChannelGlance | null>(null);
  useEffect(() => {
    if (!may) return undefined;
    const stop = new AbortController();
    void follow(`/v1/channels/${channelId}/stream`, {
      signal: stop.signal,
      onEvent: ({ type, data }) => {
        if (type !== 'channel') return;
        const seen = data as ChannelGlance;
        setGlance(seen);
        client.setQueryData([`/v1/channels/${channelId}`], seen.channel);
        void client.invalidateQueries({ queryKey: [`/v1/channels/${channelId}/activity`] });
      },
    });
    return () => stop.abort();
  }, [channelId, client, may]);
  return glance;
}
