import { Button, Card, Group, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../parts/page.js';

/** From the id of a message, as it stands in logs and webhooks, to what happened to it. */
export function FindMessageScreen() {
  const { t } = useTranslation('operations');
  const navigate = useNavigate();
  const [id, setId] = useState('');
  return (
    <Page title={t('timeline.searchTitle')} text={t('timeline.searchText')}>
      <Card
        component="form"
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ to: '/operations/messages/$messageId', params: { messageId: id.trim() } });
        }}
      >
        <Group align="flex-end">
          <TextInput
            label={t('timeline.find')}
            description={t('timeline.findHint')}
            required
            pattern="\s*msg_\w+\s*"
            value={id}
            onChange={(event) => setId(event.currentTarget.value)}
            style={{ flex: '1 1 18rem' }}
          />
          <Button type="submit">{t('timeline.findGo')}</Button>
        </Group>
      </Card>
    </Page>
  );
}
