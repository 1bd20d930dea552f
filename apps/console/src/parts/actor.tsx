import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { allQuery } from '../api/lists.js';
import { useMay, useSession } from '../api/session.js';

interface Known {
  id: string;
  name: string;
  email: string;
}

/** What those who did something are called: members by their names, programs as such. */
export function useActorNames(): (actor: string | null) => string {
  const { t } = useTranslation('parts');
  const { member } = useSession();
  const { data: members = [] } = useQuery({
    ...allQuery<Known>('/v1/members'),
    enabled: useMay('members:read'),
    staleTime: 60_000,
  });
  return (actor) => {
    const [kind = '', id = ''] = (actor ?? '').split(':');
    if (kind === 'member') {
      if (id === member.id) return t('actor.you');
      const known = members.find((one) => one.id === id);
      return known ? known.name || known.email : t('actor.member');
    }
    return kind === 'api_key' || kind === 'oauth_client' ? t('actor.program') : t('actor.system');
  };
}
