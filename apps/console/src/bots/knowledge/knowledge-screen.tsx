import { IconBook2 } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { KnowledgeBase } from '#libs/model';
import { call } from '../../api/call.js';
import { allQuery } from '../../api/lists.js';
import { useMay } from '../../api/session.js';
import { useFormats } from '../../i18n/format.js';
import { ThingList } from '../../parts/thing-list.js';

/** All knowledge bases. */
export function KnowledgeScreen() {
  const { t } = useTranslation('knowledge');
  const { number } = useFormats();
  const found = useQuery(allQuery<KnowledgeBase>('/v1/knowledge-bases'));
  const mayWrite = useMay('knowledge:write');
  const client = useQueryClient();
  const navigate = useNavigate();
  const work = async (name: string) => {
    const { id } = await call<KnowledgeBase>('POST', '/v1/knowledge-bases', { body: { name } });
    await client.invalidateQueries({ queryKey: ['/v1/knowledge-bases'] });
    await navigate({ to: '/knowledge/$baseId', params: { baseId: id } });
  };
  return (
    <ThingList
      title={t('title')}
      text={t('text')}
      icon={IconBook2}
      empty={{ title: t('empty'), text: t('emptyText') }}
      found={found}
      nameOf={({ name }) => name}
      factsOf={({ sources }) => `${t('sources')}: ${number(sources)}`}
      linkOf={({ id }, className, children) => (
        <Link to="/knowledge/$baseId" params={{ baseId: id }} className={className}>
          {children}
        </Link>
      )}
      make={mayWrite ? { label: t('add'), name: t('name'), go: t('make'), work } : null}
    />
  );
}
