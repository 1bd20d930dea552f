import { ActionIcon, Button, Group, Menu, Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Move } from './use-rehearsal.js';

/** What can happen beside something being written: time passes, something happens elsewhere, the bot gets it back. */
export function MoreMoves({ isBusy, onMove }: { isBusy: boolean; onMove: (move: Move) => void }) {
  const { t } = useTranslation('authoring');
  const [asked, setAsked] = useState<'wait' | 'event' | null>(null);
  const go = (move: Move) => {
    setAsked(null);
    onMove(move);
  };
  return (
    <>
      <Menu position="top-end">
        <Menu.Target>
          <ActionIcon size={36} variant="default" aria-label={t('try.more')} disabled={isBusy}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAsked('wait')}>{t('try.wait')}</Menu.Item>
          <Menu.Item onClick={() => setAsked('event')}>{t('try.tellEvent')}</Menu.Item>
          <Menu.Item onClick={() => go({ owner: 'bot' })}>{t('try.owner.bot')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title={t('try.more')}>
        {asked === 'wait' && <Wait onGo={(seconds) => go({ waits_s: seconds })} />}
        {asked === 'event' && <Happen onGo={(name) => go({ event: { name, data: {} } })} />}
      </Modal>
    </>
  );
}

function Wait({ onGo }: { onGo: (seconds: number) => void }) {
  const { t } = useTranslation('authoring');
  const [seconds, setSeconds] = useState<number | string>(3_600);
  return (
    <Stack>
      <NumberInput label={t('try.seconds')} min={1} value={seconds} onChange={setSeconds} data-autofocus />
      <Group justify="flex-end">
        <Button disabled={typeof seconds !== 'number'} onClick={() => onGo(Number(seconds))}>
          {t('try.wait')}
        </Button>
      </Group>
    </Stack>
  );
}

function Happen({ onGo }: { onGo: (name: string) => void }) {
  const { t } = useTranslation('authoring');
  const [name, setName] = useState('');
  return (
    <Stack>
      <TextInput
        label={t('try.eventName')}
        maxLength={64}
        value={name}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button disabled={name.trim() === ''} onClick={() => onGo(name.trim())}>
          {t('try.tellEvent')}
        </Button>
      </Group>
    </Stack>
  );
}
