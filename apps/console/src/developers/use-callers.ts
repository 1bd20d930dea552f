import { useQuery } from '@tanstack/react-query';
import type { ApiKey, OauthClient } from '#libs/model';
import { allQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';

interface Known {
  id: string;
  name: string;
}

/** Those who can ask: keys, clients and members, by how the logs name them. */
export function useCallers(): { all: { value: string; label: string }[]; nameOf: (actor: string) => string } {
  const maySeeKeys = useMay('keys:read');
  const keys = useQuery({ ...allQuery<ApiKey>('/v1/api-keys'), enabled: maySeeKeys });
  const clients = useQuery({ ...allQuery<OauthClient>('/v1/oauth-clients'), enabled: maySeeKeys });
  const members = useQuery({ ...allQuery<Known>('/v1/members'), enabled: useMay('members:read') });
  const as = (kind: string, known: readonly Known[] = []) =>
    known.map(({ id, name }) => ({ value: `${kind}:${id}`, label: name }));
  const all = [
    ...as('api_key', keys.data),
    ...as('oauth_client', clients.data),
    ...as('member', members.data),
  ];
  const names = new Map(all.map(({ value, label }) => [value, label]));
  return { all, nameOf: (actor) => names.get(actor) ?? actor };
}
