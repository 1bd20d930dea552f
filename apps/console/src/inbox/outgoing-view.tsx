import { Button, Group } from '@mantine/core';
import { IconAlertTriangle, IconClock } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Markdown } from '../parts/markdown.js';
import { giveBack } from './drafts.js';
import classes from './inbox.module.css';
import { again, drop, type Outgoing } from './outbox.js';

/** Something that the server has not taken yet: on its way, waiting for the connection, or refused with a reason. */
export function OutgoingView({ one }: { one: Outgoing }) {
  const { t } = useTranslation('inbox');
  const client = useQueryClient();
  const isRefused = one.failure !== null && !one.isWaiting;
  const edit = () => {
    giveBack(one);
    drop(one.key);
  };
  return (
    <li
      className={one.kind === 'note' ? classes['noteLine'] : classes['message']}
      data-out
      data-author="operator"
      data-pending
    >
      <div className={one.kind === 'note' ? classes['note'] : classes['bubble']} dir="auto">
        <Markdown text={one.text} />
        {one.parts.map((part, at) => (
          <p key={at}>{'file_name' in part ? part.file_name : part.type}</p>
        ))}
      </div>
      <div className={classes['meta']} role={isRefused ? 'alert' : undefined}>
        {isRefused ? <IconAlertTriangle size={14} aria-hidden /> : <IconClock size={14} aria-hidden />}{' '}
        {isRefused
          ? `${t('outgoing.failed')}: ${one.failure}`
          : t(one.isWaiting ? 'outgoing.waits' : 'outgoing.sending')}
      </div>
      {one.failure !== null && (
        <Group gap={4}>
          <Button size="compact-xs" variant="light" onClick={() => again(client, one)}>
            {t('outgoing.again')}
          </Button>
          <Button size="compact-xs" variant="subtle" onClick={edit}>
            {t('outgoing.edit')}
          </Button>
          <Button size="compact-xs" variant="subtle" color="red" onClick={() => drop(one.key)}>
            {t('outgoing.drop')}
          </Button>
        </Group>
      )}
    </li>
  );
}
