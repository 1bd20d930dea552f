import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** Leads to what happened to a message. */
export function MessageLink({ messageId, label }: { messageId: string; label?: string }) {
  const { t } = useTranslation('channels');
  return (
    <Anchor component={Link} to={`/operations/messages/${messageId}`} size="sm">
      {label ?? t('activity.timeline')}
    </Anchor>
  );
}
