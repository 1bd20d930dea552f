import { Group, Select, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { BotVersion } from '#libs/model';
import { pageQuery } from '../../api/lists.js';
import type { Stage } from './use-rehearsal.js';

/** What is rehearsed, as whom, and what may be real in it. */
export function StageForm(props: { botId: string; stage: Stage; onChange: (stage: Stage) => void }) {
  const { botId, stage, onChange } = props;
  const { t } = useTranslation('authoring');
  const versions = useQuery(
    pageQuery<BotVersion>(`/v1/bots/${botId}/versions`, { limit: 50, order: 'desc' }),
  );
  const data = [
    { value: 'draft', label: t('versions.draftName') },
    { value: 'published', label: t('versions.published') },
    ...(versions.data?.data ?? []).map(({ version }) => ({
      value: String(version),
      label: t('versions.name', { version }),
    })),
  ];
  return (
    <>
      <Group grow align="flex-start">
        <Select
          label={t('try.version')}
          data={data}
          value={stage.version}
          allowDeselect={false}
          onChange={(version) => version && onChange({ ...stage, version })}
        />
        <TextInput
          label={t('try.contact')}
          maxLength={200}
          value={stage.contactName}
          onChange={(event) => onChange({ ...stage, contactName: event.currentTarget.value })}
        />
      </Group>
      <Group gap="lg">
        <Switch
          label={t('try.model')}
          checked={stage.usesModel}
          onChange={(event) => onChange({ ...stage, usesModel: event.currentTarget.checked })}
        />
        <Switch
          label={t('try.tools')}
          checked={stage.usesTools}
          onChange={(event) => onChange({ ...stage, usesTools: event.currentTarget.checked })}
        />
      </Group>
    </>
  );
}
