import { ActionIcon, Menu, TextInput, Tooltip } from '@mantine/core';
import { IconCheck, IconTag } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, Label, LabelColour } from '#libs/model';
import { call } from '../api/call.js';
import { allQuery } from '../api/lists.js';
import { toldProblem } from '../parts/told.js';
import classes from './inbox.module.css';
import type { ConversationActions } from './use-actions.js';

const colours: readonly LabelColour[] = [
  'teal',
  'blue',
  'violet',
  'pink',
  'red',
  'orange',
  'yellow',
  'green',
  'gray',
];

/** Puts labels on a conversation, takes them away, and makes new ones. */
export function LabelMenu({
  conversation,
  actions,
}: {
  conversation: Conversation;
  actions: ConversationActions;
}) {
  const { t } = useTranslation('inbox');
  const client = useQueryClient();
  const { data: labels = [] } = useQuery(allQuery<Label>('/v1/labels'));
  const [name, setName] = useState('');
  const make = async (): Promise<void> => {
    const colour = colours[labels.length % colours.length];
    const made = await call<Label>('POST', '/v1/labels', { body: { name: name.trim(), colour } });
    setName('');
    await client.invalidateQueries({ queryKey: ['/v1/labels'] });
    await actions.label([made.id], []);
  };
  return (
    <Menu position="bottom-end" width={230} closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('do.labels')}>
          <Tooltip label={t('do.labels')}>
            <IconTag size={19} aria-hidden />
          </Tooltip>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown className={classes['menu']}>
        {labels.length === 0 && <Menu.Label>{t('do.noLabels')}</Menu.Label>}
        {labels.map(({ id, name: label, colour }) => {
          const isOn = conversation.label_ids.includes(id);
          return (
            <Menu.Item
              key={id}
              role="menuitemcheckbox"
              aria-checked={isOn}
              rightSection={isOn ? <IconCheck size={16} aria-hidden /> : null}
              onClick={() => void actions.label(isOn ? [] : [id], isOn ? [id] : [])}
            >
              <span className={classes['label']} data-colour={colour}>
                {label}
              </span>
            </Menu.Item>
          );
        })}
        <form
          className={classes['newLabel']}
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') void make().catch(toldProblem);
          }}
        >
          <TextInput
            size="xs"
            value={name}
            maxLength={50}
            onChange={(event) => setName(event.currentTarget.value)}
            placeholder={t('do.newLabel')}
            aria-label={t('do.newLabel')}
          />
        </form>
      </Menu.Dropdown>
    </Menu>
  );
}
