import {
  ActionIcon,
  Button,
  CloseButton,
  Group,
  SegmentedControl,
  Text,
  Textarea,
  Tooltip,
} from '@mantine/core';
import { IconNote, IconPaperclip, IconSend, IconTemplate } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { CannedReply, Conversation } from '#libs/model';
import { call } from '../api/call.js';
import { ProblemNote } from '../parts/problem-note.js';
import { CannedList, useCanned } from './canned-list.js';
import { useDraftOf } from './drafts.js';
import classes from './inbox.module.css';
import { dispatch } from './outbox.js';
import { useTellTyping } from './use-tell-typing.js';
import { useUploads } from './use-uploads.js';

/** Where a reply or a note is written. What is typed is kept until it is sent and taken. */
export function Composer(props: {
  conversation: Conversation;
  field: RefObject<HTMLTextAreaElement | null>;
  onReplying: (isReplying: boolean) => void;
}) {
  const { conversation, field, onReplying } = props;
  const { id } = conversation;
  const { t } = useTranslation('inbox');
  const client = useQueryClient();
  const [draft, change] = useDraftOf(id);
  const { tab } = draft;
  const text = draft[tab];
  const [error, setError] = useState<unknown>(null);
  const uploads = useUploads(id);
  const tellTyping = useTellTyping(id);
  const canned = useCanned(tab === 'reply' ? text : '');
  const picker = useRef<HTMLInputElement>(null);
  const isClosed = conversation.state === 'closed' && tab === 'reply';
  const hasParts = tab === 'reply' && draft.parts.length > 0;
  const isReady = !isClosed && (text.trim() !== '' || hasParts) && uploads.names.length === 0;

  const send = (): void => {
    if (!isReady) return;
    dispatch(client, { conversationId: id, kind: tab, text, parts: tab === 'reply' ? draft.parts : [] });
    change(tab === 'reply' ? { reply: '', parts: [] } : { note: '' });
    onReplying(false);
    tellTyping(false);
    field.current?.focus();
  };
  const type = (value: string): void => {
    change({ [tab]: value });
    if (tab !== 'reply') return;
    onReplying(value !== '');
    tellTyping(value !== '' && !value.startsWith('/'));
  };
  const useReply = async (reply: CannedReply): Promise<void> => {
    try {
      const body = { conversation_id: id };
      const { text: filled } = await call<{ text: string }>('POST', `/v1/canned-replies/${reply.id}/render`, {
        body,
      });
      change({ reply: filled });
      setError(null);
    } catch (problem) {
      setError(problem);
    }
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    } else if (canned.isOpen && canned.onKey(event.key, (reply) => void useReply(reply)))
      event.preventDefault();
    else if (event.key === 'Escape') event.currentTarget.blur();
  };
  return (
    <section
      className={classes['composer']}
      data-tab={tab}
      aria-label={t('composer.label')}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        uploads.add(event.dataTransfer.files);
      }}
    >
      <ProblemNote error={error ?? uploads.error} />
      <Group justify="space-between" gap="xs">
        <SegmentedControl
          size="xs"
          value={tab}
          onChange={(value) => change({ tab: value })}
          aria-label={t('composer.label')}
          data={[
            { value: 'reply', label: t('composer.reply') },
            { value: 'note', label: t('composer.note') },
          ]}
        />
        <Text size="xs" c="dimmed">
          {tab === 'note'
            ? t('thread.noteHint')
            : isClosed
              ? t('composer.closed')
              : conversation.owner === 'bot'
                ? t('composer.takesOver')
                : t('composer.keys')}
        </Text>
      </Group>
      {canned.isOpen && <CannedList canned={canned} onChoose={(reply) => void useReply(reply)} />}
      <Textarea
        ref={field}
        value={text}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => tellTyping(false)}
        onPaste={(event) => {
          if (event.clipboardData.files.length === 0) return;
          event.preventDefault();
          uploads.add(event.clipboardData.files);
        }}
        placeholder={t(tab === 'note' ? 'composer.noteTo' : 'composer.replyTo')}
        aria-label={t(tab === 'note' ? 'composer.note' : 'composer.reply')}
        aria-controls={canned.isOpen ? 'canned-replies' : undefined}
        aria-activedescendant={canned.isOpen ? canned.activeId : undefined}
        autosize
        minRows={2}
        maxRows={10}
        disabled={isClosed}
        maxLength={tab === 'note' ? 10_000 : 20_000}
        dir="auto"
      />
      {tab === 'reply' && (
        <Files
          names={draft.parts.map((part) => ('file_name' in part ? (part.file_name ?? part.type) : part.type))}
          onRemove={(at) => change({ parts: draft.parts.filter((_, n) => n !== at) })}
        />
      )}
      {uploads.names.map((name) => (
        <Text key={name} size="xs" c="dimmed" role="status">
          {t('composer.uploading', { name })}
        </Text>
      ))}
      <Group justify="space-between" gap="xs">
        <Group gap={2}>
          {tab === 'reply' && (
            <>
              <Tooltip label={t('composer.attach')}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="lg"
                  onClick={() => picker.current?.click()}
                  aria-label={t('composer.attach')}
                  disabled={isClosed}
                >
                  <IconPaperclip size={19} aria-hidden />
                </ActionIcon>
              </Tooltip>
              <Tooltip label={t('composer.canned')}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="lg"
                  disabled={isClosed || (text !== '' && !text.startsWith('/'))}
                  onClick={() => {
                    type('/');
                    field.current?.focus();
                  }}
                  aria-label={t('composer.canned')}
                >
                  <IconTemplate size={19} aria-hidden />
                </ActionIcon>
              </Tooltip>
              <input
                ref={picker}
                type="file"
                multiple
                hidden
                onChange={(event) => {
                  if (event.currentTarget.files) uploads.add(event.currentTarget.files);
                  event.currentTarget.value = '';
                }}
              />
            </>
          )}
        </Group>
        <Button
          size="sm"
          onClick={send}
          disabled={!isReady}
          color={tab === 'note' ? 'yellow' : 'green'}
          leftSection={
            tab === 'note' ? (
              <IconNote size={17} aria-hidden />
            ) : (
              <IconSend size={17} aria-hidden className="flip" />
            )
          }
        >
          {t(tab === 'note' ? 'composer.addNote' : 'composer.send')}
        </Button>
      </Group>
    </section>
  );
}

function Files({ names, onRemove }: { names: readonly string[]; onRemove: (at: number) => void }) {
  const { t } = useTranslation('inbox');
  if (names.length === 0) return null;
  return (
    <ul className={classes['files']}>
      {names.map((name, at) => (
        <li key={`${name}-${at}`}>
          <bdi>{name}</bdi>
          <CloseButton
            size="xs"
            onClick={() => onRemove(at)}
            aria-label={t('composer.removeFile', { name })}
          />
        </li>
      ))}
    </ul>
  );
}
