import { ActionIcon, Group, Loader, ScrollArea, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconArrowUp, IconRefresh } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '#libs/model';
import { MessageBody } from './message-body.js';
import { ProblemNote } from './problem-note.js';
import { useSandbox } from './use-sandbox.js';
import classes from './sandbox-chat.module.css';

/** What a sandbox chat needs. */
export interface SandboxChatProps {
  channelId: string;
  /** Called with each message of the person once it was answered, for whoever shows its trace. */
  onAnswered?: (messageId: string) => void;
}

/** A real conversation with the bot of a channel: stored, queued, answered and delivered like any other. */
export function SandboxChat({ channelId, onAnswered }: SandboxChatProps) {
  const { t } = useTranslation('parts');
  const chat = useSandbox(channelId, onAnswered);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer browsers give a promise, which is no clean-up.
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [chat.messages.length, chat.isWaiting]);
  return (
    <div className={classes['chat']}>
      <ScrollArea
        className={classes['log']}
        type="auto"
        viewportProps={{ tabIndex: 0, 'aria-label': t('chat.log') }}
      >
        <div className={classes['messages']} role="log" aria-label={t('chat.log')}>
          {chat.messages.map((message) => (
            <Bubble key={message.id} message={message} onChoose={chat.choose} />
          ))}
          {chat.isWaiting && <Loader size="sm" role="status" aria-label={t('chat.waiting')} />}
          <div ref={end} />
        </div>
      </ScrollArea>
      <ProblemNote error={chat.error} onRetry={chat.error ? chat.retry : undefined} />
      <form
        className={classes['composer']}
        onSubmit={(event) => {
          event.preventDefault();
          chat.say();
        }}
      >
        <TextInput
          className={classes['input']}
          aria-label={t('chat.write')}
          placeholder={t('chat.write')}
          value={chat.text}
          onChange={(event) => chat.setText(event.currentTarget.value)}
        />
        <ActionIcon type="submit" size={36} aria-label={t('chat.send')} disabled={chat.text.trim() === ''}>
          <IconArrowUp size={20} aria-hidden />
        </ActionIcon>
        <ActionIcon size={36} variant="default" aria-label={t('chat.again')} onClick={chat.begin}>
          <IconRefresh size={18} aria-hidden />
        </ActionIcon>
      </form>
    </div>
  );
}

function Bubble({ message, onChoose }: { message: Message; onChoose: (id: string, label: string) => void }) {
  return (
    <div className={classes['bubble']} data-direction={message.direction}>
      <MessageBody parts={message.parts} />
      <Choices message={message} onChoose={onChoose} />
    </div>
  );
}

function Choices({ message, onChoose }: Parameters<typeof Bubble>[0]) {
  const options = message.parts.flatMap((part) => (part.type === 'choices' ? part.options : []));
  if (message.direction === 'in' || options.length === 0) return null;
  return (
    <Group gap={6} mt={8}>
      {options.map(({ id, label }) => (
        <UnstyledButton key={id} className={classes['choice']} onClick={() => onChoose(id, label)}>
          <Text size="sm" fw={540}>
            {label}
          </Text>
        </UnstyledButton>
      ))}
    </Group>
  );
}
