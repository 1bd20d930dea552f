import { ActionIcon, Button, Group, Menu, Text, Title, Tooltip } from '@mantine/core';
import {
  IconArrowLeft,
  IconCheck,
  IconDots,
  IconHandStop,
  IconInfoCircle,
  IconMail,
  IconMoonStars,
  IconRobot,
  IconRotateClockwise,
  IconUserCheck,
  IconUserMinus,
  IconUsers,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '#libs/model';
import { useMay, useSession } from '../api/session.js';
import { useFormats } from '../i18n/format.js';
import { OwnerMark } from './conversation-row.js';
import { operatorsQuery } from './inbox-data.js';
import classes from './inbox.module.css';
import { LabelMenu } from './label-menu.js';
import { Portrait } from './portrait.js';
import { snoozeTimes } from './snooze-times.js';
import type { ConversationActions } from './use-actions.js';
import { useOthers } from './use-presence.js';

/** Over a conversation: who it is, who answers, and what can be done. */
export function ThreadHead(props: {
  conversation: Conversation;
  name: string;
  actions: ConversationActions;
  onBack: () => void;
  onDetails: () => void;
}) {
  const { conversation, name, actions, onBack, onDetails } = props;
  const { t } = useTranslation('inbox');
  const { ago } = useFormats();
  const mayWrite = useMay('messages:write');
  const { snoozed_until: until } = conversation;
  return (
    <header className={classes['threadHead']}>
      <Group gap="sm" wrap="nowrap" className={classes['who']}>
        <ActionIcon
          variant="subtle"
          color="gray"
          className={classes['onlyPhone']}
          onClick={onBack}
          aria-label={t('do.back')}
        >
          <IconArrowLeft size={20} aria-hidden className="flip" />
        </ActionIcon>
        <Portrait name={name} of={conversation.contact.id} isSmall />
        <div className={classes['whoText']}>
          <Title order={2} size="h4" className={classes['oneLine']}>
            <bdi>{name}</bdi>
          </Title>
          <Text size="xs" c="dimmed" component="div" className={classes['oneLine']}>
            <OwnerMark item={conversation} />
            {until !== null && ` · ${t('snoozeFor.until', { when: ago(until) })}`}
          </Text>
        </div>
      </Group>
      <Group gap={6}>
        {mayWrite && <Main conversation={conversation} actions={actions} />}
        {mayWrite && <More conversation={conversation} actions={actions} />}
        <Tooltip label={t('do.details')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            className={classes['notWide']}
            onClick={onDetails}
            aria-label={t('do.details')}
          >
            <IconInfoCircle size={19} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      <Others id={conversation.id} />
    </header>
  );
}

/** The one thing that is most likely to be done next, and closing. */
function Main({ conversation, actions }: { conversation: Conversation; actions: ConversationActions }) {
  const { t } = useTranslation('inbox');
  const { member } = useSession();
  const { owner, state, assignee_id } = conversation;
  const isMine = owner === 'operator' && assignee_id === member.id;
  return (
    <>
      {state !== 'closed' && !isMine && (
        <Button
          size="compact-sm"
          onClick={() => void actions.take()}
          leftSection={<IconHandStop size={16} aria-hidden />}
        >
          {t('do.take')}
        </Button>
      )}
      {state !== 'closed' && isMine && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => void actions.release()}
          leftSection={<IconRobot size={16} aria-hidden />}
        >
          {t('do.release')}
        </Button>
      )}
      {state === 'closed' ? (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => void actions.reopen()}
          leftSection={<IconRotateClockwise size={16} aria-hidden />}
        >
          {t('do.reopen')}
        </Button>
      ) : (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => void actions.close()}
          leftSection={<IconCheck size={16} aria-hidden />}
        >
          {t('do.close')}
        </Button>
      )}
    </>
  );
}

function More({ conversation, actions }: { conversation: Conversation; actions: ConversationActions }) {
  const { t } = useTranslation('inbox');
  const { moment } = useFormats();
  const { member } = useSession();
  const { data: operators } = useQuery(operatorsQuery);
  return (
    <>
      <LabelMenu conversation={conversation} actions={actions} />
      <Menu position="bottom-end" width={250}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('do.more')}>
            <IconDots size={19} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown className={classes['menu']}>
          <Menu.Item leftSection={<IconUsers size={16} aria-hidden />} onClick={() => void actions.pass()}>
            {t('do.pass')}
          </Menu.Item>
          <Menu.Item leftSection={<IconRobot size={16} aria-hidden />} onClick={() => void actions.release()}>
            {t('do.release')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconMail size={16} aria-hidden />}
            onClick={() => void actions.markUnread()}
          >
            {t('do.unread')}
          </Menu.Item>
          <Menu.Label>{t('do.assign')}</Menu.Label>
          {(operators ?? []).slice(0, 30).map(({ id, name, is_online }) => (
            <Menu.Item
              key={id}
              leftSection={<IconUserCheck size={16} aria-hidden />}
              rightSection={is_online ? <span className={classes['online']}>{t('do.online')}</span> : null}
              onClick={() => void actions.assign(id)}
              aria-current={id === conversation.assignee_id || undefined}
            >
              {id === member.id ? t('do.assignMe') : <bdi>{name}</bdi>}
            </Menu.Item>
          ))}
          <Menu.Item
            leftSection={<IconUserMinus size={16} aria-hidden />}
            onClick={() => void actions.assign(null)}
          >
            {t('do.nobody')}
          </Menu.Item>
          <Menu.Label>{t('do.snooze')}</Menu.Label>
          {snoozeTimes(new Date()).map(({ name, until }) => (
            <Menu.Item
              key={name}
              leftSection={<IconMoonStars size={16} aria-hidden />}
              onClick={() => void actions.snooze(until)}
              title={moment(until.getTime())}
            >
              {t(`snoozeFor.${name}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

/** Who else is here: nobody answers into somebody else’s answer unawares. */
function Others({ id }: { id: string }) {
  const { t } = useTranslation('inbox');
  const others = useOthers(id);
  const nameOf = (list: typeof others) => list.map(({ name }) => name ?? t('others.someone')).join(', ');
  const replying = others.filter(({ is_replying }) => is_replying);
  return (
    <div role="status" className={classes['others']} data-replying={replying.length > 0 || undefined}>
      {replying.length > 0
        ? t('others.replies', { names: nameOf(replying) })
        : others.length > 0
          ? t('others.looks', { names: nameOf(others) })
          : ''}
    </div>
  );
}
