import { Anchor, Button, Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, Contact, Conversation, ConversationContext } from '#libs/model';
import { allQuery, oneQuery, pageQuery } from '../api/lists.js';
import { apiWord } from '../i18n/api-word.js';
import { useFormats } from '../i18n/format.js';
import { contextQuery } from './inbox-data.js';
import classes from './inbox.module.css';
import { Portrait } from './portrait.js';

/** Beside a conversation: who the person is, where they came from, and what the bot knows. */
export function ContactPanel(props: {
  conversation: Conversation;
  name: string;
  onChoose: (id: string) => void;
}) {
  const { conversation, name, onChoose } = props;
  const { t } = useTranslation('inbox');
  const { data: contact } = useQuery(oneQuery<Contact>(`/v1/contacts/${conversation.contact.id}`));
  const { data: context } = useQuery(contextQuery(conversation.id));
  const { data: channels } = useQuery(allQuery<Channel>('/v1/channels'));
  const channel = channels?.find(({ id }) => id === conversation.channel_id);
  return (
    <div className={classes['panelIn']}>
      <div className={classes['person']}>
        <Portrait name={name} of={conversation.contact.id} />
        <div className={classes['whoText']}>
          <Title order={2} size="h4" className={classes['oneLine']}>
            <bdi>{name}</bdi>
          </Title>
          <Text size="sm" c="dimmed" className={classes['oneLine']}>
            {channel?.name ?? ''}
          </Text>
        </div>
      </div>
      <Button
        component={Link}
        to={`/contacts/${conversation.contact.id}`}
        variant="default"
        size="compact-sm"
        fullWidth
      >
        {t('panel.profile')}
      </Button>
      <FromBot context={context} />
      <Part title={t('panel.addresses')}>
        <Facts
          entries={conversation.contact.addresses.map(({ kind, value }) => [apiWord('address', kind), value])}
        />
      </Part>
      <Part title={t('panel.fields')}>
        {contact ? (
          <Facts entries={Object.entries(contact.attributes)} empty={t('panel.noFields')} />
        ) : (
          <Skeleton height={40} />
        )}
      </Part>
      {context && Object.keys(context.page).length > 0 && (
        <Part title={t('panel.page')}>
          <Facts
            entries={Object.entries(context.page).map(([name, value]) => [apiWord('origin', name), value])}
          />
        </Part>
      )}
      <Part title={t('panel.others')}>
        <OtherConversations conversation={conversation} onChoose={onChoose} />
      </Part>
    </div>
  );
}

function FromBot({ context }: { context: ConversationContext | undefined }) {
  const { t } = useTranslation('inbox');
  const { ago } = useFormats();
  if (!context || (context.handoff === null && Object.keys(context.fields).length === 0)) return null;
  const { handoff, fields } = context;
  return (
    <Part title={t('panel.summary')}>
      {handoff && (
        <>
          {handoff.summary !== null && <p dir="auto">{handoff.summary}</p>}
          {handoff.reason !== null && <p dir="auto">{handoff.reason}</p>}
          <Text size="xs" c="dimmed">
            {[handoff.department, t('panel.handedOver', { when: ago(handoff.at) })]
              .filter(Boolean)
              .join(' · ')}
          </Text>
        </>
      )}
      {Object.keys(fields).length > 0 && <Facts entries={Object.entries(fields)} />}
    </Part>
  );
}

function OtherConversations({
  conversation,
  onChoose,
}: {
  conversation: Conversation;
  onChoose: (id: string) => void;
}) {
  const { t } = useTranslation('inbox');
  const { ago } = useFormats();
  const { data } = useQuery(
    pageQuery<Conversation>('/v1/conversations', { contact_id: conversation.contact.id, limit: 20 }),
  );
  const others = data?.data.filter(({ id }) => id !== conversation.id) ?? [];
  if (others.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('panel.noOthers')}
      </Text>
    );
  return (
    <ul className={classes['plain']}>
      {others.map((one) => (
        <li key={one.id}>
          <Anchor component="button" size="sm" onClick={() => onChoose(one.id)}>
            {t(`state.${one.state}`)} · {ago(one.last_message_at ?? one.created_at)}
          </Anchor>
        </li>
      ))}
    </ul>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes['part']}>
      <Title order={3} size="sm">
        {title}
      </Title>
      {children}
    </section>
  );
}

/** Names and values that anybody may have written: as text, whatever they are. */
export function Facts({
  entries,
  empty,
}: {
  entries: readonly (readonly [string, unknown])[];
  empty?: string;
}) {
  if (entries.length === 0)
    return empty === undefined ? null : (
      <Text size="sm" c="dimmed">
        {empty}
      </Text>
    );
  return (
    <dl className={classes['facts']}>
      {entries.map(([name, value], at) => (
        <div key={`${name}-${at}`}>
          <dt>{name}</dt>
          <dd>
            <bdi>{typeof value === 'string' ? value : JSON.stringify(value)}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}
