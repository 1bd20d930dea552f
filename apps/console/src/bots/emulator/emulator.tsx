import { ActionIcon, Group, Loader, ScrollArea, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconArrowUp, IconRefresh } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../i18n/format.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { Trace } from '../../parts/trace.js';
import { useDraft } from '../../parts/use-draft.js';
import type { PartProps } from '../part-props.js';
import { KeepAsTest } from './keep-as-test.js';
import { MoreMoves } from './more-moves.js';
import { spentOn } from './spent.js';
import { StageForm } from './stage-form.js';
import { MoveBubble, TurnView } from './turn-view.js';
import { type Stage, type Turn, useRehearsal } from './use-rehearsal.js';
import classes from './emulator.module.css';

const first: Stage = { version: 'draft', contactName: '', usesModel: false, usesTools: false };

/** A conversation with the draft or a version, turn after turn, each with what every responder saw, decided and took. */
export function Emulator({ botId, draft }: PartProps) {
  const { t } = useTranslation(['authoring', 'parts']);
  const stage = useDraft<Stage>(`stage-${botId}`, first);
  const typed = useDraft(`rehearsal-${botId}`, '');
  const rehearsal = useRehearsal(botId, stage.value, draft.store);
  const [chosen, setChosen] = useState<number | null>(null);
  const { turns, pending } = rehearsal;
  const shown = turns[chosen ?? turns.length - 1];
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [turns.length, pending]);
  const go: typeof rehearsal.go = (move, done) => {
    setChosen(null);
    rehearsal.go(move, done);
  };
  return (
    <div className={classes['two']}>
      <Stack gap="sm">
        <StageForm botId={botId} stage={stage.value} onChange={stage.set} />
        <ScrollArea
          className={classes['log'] ?? ''}
          type="auto"
          viewportProps={{ tabIndex: 0, 'aria-label': t('try.log') }}
        >
          <div className={classes['turns']} role="log" aria-label={t('try.log')}>
            {turns.length === 0 && !pending && (
              <Text c="dimmed" size="sm">
                {t('try.begin')}
              </Text>
            )}
            {turns.map((turn, index) => (
              <TurnView
                key={index}
                turn={turn}
                index={index}
                isChosen={turn === shown}
                onChoose={() => setChosen(index)}
                onTake={(takes) => go({ takes })}
                onBack={() => {
                  setChosen(null);
                  rehearsal.backTo(index);
                }}
              />
            ))}
            {pending && (
              <div className={classes['turn']}>
                <MoveBubble move={pending} />
                <Loader size="sm" role="status" aria-label={t('parts:chat.waiting')} />
              </div>
            )}
            <div ref={end} />
          </div>
        </ScrollArea>
        <ProblemNote error={rehearsal.error} />
        <form
          className={classes['composer']}
          onSubmit={(event) => {
            event.preventDefault();
            const says = typed.value.trim();
            if (says === '' || pending) return;
            // It stays in the field until it was answered: a failed call loses nothing.
            go({ says }, () => {
              typed.set('');
              typed.clear();
            });
          }}
        >
          <TextInput
            aria-label={t('parts:chat.write')}
            placeholder={t('parts:chat.write')}
            value={typed.value}
            onChange={(event) => typed.set(event.currentTarget.value)}
          />
          <ActionIcon
            type="submit"
            size={36}
            aria-label={t('parts:chat.send')}
            disabled={typed.value.trim() === '' || pending !== null}
          >
            <IconArrowUp size={20} aria-hidden />
          </ActionIcon>
          <MoreMoves isBusy={pending !== null} onMove={go} />
          <ActionIcon
            size={36}
            variant="default"
            aria-label={t('parts:chat.again')}
            onClick={() => {
              setChosen(null);
              rehearsal.begin();
            }}
          >
            <IconRefresh size={18} aria-hidden />
          </ActionIcon>
        </form>
        <Group justify="space-between">
          <Text size="sm" c="dimmed" style={{ flex: '1 1 14rem' }}>
            {t('try.text')}
          </Text>
          {draft.mayWrite && <KeepAsTest botId={botId} turns={turns} />}
        </Group>
      </Stack>
      <section aria-label={t('try.trace')}>
        <Title order={2} mb="sm">
          {t('try.trace')}
        </Title>
        {shown ? <Why turn={shown} /> : <Text c="dimmed">{t('try.waiting')}</Text>}
      </section>
    </div>
  );
}

function Why({ turn: { answer } }: { turn: Turn }) {
  const { t } = useTranslation('authoring');
  const { span, number } = useFormats();
  const { ms, tokens, moneyMicros, calls } = spentOn(answer.trace);
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {[
          t('try.spentTime', { span: span(ms) }),
          tokens > 0 && t('try.spentTokens', { tokens: number(tokens) }),
          moneyMicros > 0 && t('try.spentMoney', { money: number(moneyMicros / 1_000_000) }),
          calls > 0 && t('try.spentCalls', { count: calls }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      <Trace steps={answer.trace} />
    </Stack>
  );
}
