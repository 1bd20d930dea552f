import { useQuery } from '@tanstack/react-query';
import type { ApiKey, Channel, DeadLetter, Readiness, WebhookEndpoint } from '#libs/model';
import { call } from '../api/call.js';
import { allQuery, pageQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import type { Seen } from './attention.js';

const LOOK_EVERY_MS = 15_000;
/** More than this many dead letters are counted as “more”. */
const COUNTED_MAX = 100;

/** What the first screen looks at, looked at again and again. */
export function useSeen(): Seen & { isLoading: boolean; error: unknown } {
  const every = { refetchInterval: LOOK_EVERY_MS };
  const channels = useQuery({
    ...allQuery<Channel>('/v1/channels'),
    ...every,
    enabled: useMay('channels:read'),
  });
  const endpoints = useQuery({
    ...allQuery<WebhookEndpoint>('/v1/webhook-endpoints'),
    ...every,
    enabled: useMay('webhooks:read'),
  });
  const keys = useQuery({ ...allQuery<ApiKey>('/v1/api-keys'), ...every, enabled: useMay('keys:read') });
  const maySeeDead = useMay('trace:read');
  const sent = useQuery({ ...deadQuery('delivery'), ...every, enabled: maySeeDead });
  const received = useQuery({ ...deadQuery('inbox_event'), ...every, enabled: maySeeDead });
  const readiness = useQuery({
    queryKey: ['/readyz'],
    queryFn: lookAtServer,
    ...every,
  });
  return {
    channels: channels.data,
    endpoints: endpoints.data,
    dead:
      sent.data && received.data
        ? {
            items: [...sent.data.data, ...received.data.data].sort((a, b) => b.at.localeCompare(a.at)),
            hasMore: sent.data.has_more || received.data.has_more,
          }
        : undefined,
    readiness: readiness.data && ('awaySince' in readiness.data ? 'unavailable' : readiness.data),
    awaySince: readiness.data && 'awaySince' in readiness.data ? readiness.data.awaySince : undefined,
    keys: keys.data,
    isLoading: channels.isLoading || readiness.isLoading,
    error: channels.error,
  };
}

let awaySince: string | null = null;

/** How the server is; when it cannot work, since when that is known here. */
async function lookAtServer(): Promise<Readiness | { awaySince: string }> {
  try {
    const readiness = await call<Readiness>('GET', '/readyz');
    awaySince = null;
    return readiness;
  } catch {
    awaySince ??= new Date().toISOString();
    return { awaySince };
  }
}

function deadQuery(kind: 'delivery' | 'inbox_event') {
  return pageQuery<DeadLetter>('/v1/dead-letters', { kind, limit: COUNTED_MAX });
}
