import { Badge, Button, Group, Text, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Content } from '#libs/model';
import chat from '../../parts/sandbox-chat.module.css';
import { MessageBody } from '../../parts/message-body.js';
import { effectWords } from './effect-words.js';
import type { Move, Turn } from './use-rehearsal.js';
import classes from './emulator.module.css';

/** One turn: what the person did, what the bot would say and do, and the buttons under it. */
export function TurnView(props: {
  turn: Turn;
  index: number;
  isChosen: boolean;
  onChoose: () => void;
  onTake: (option: { option_id: string; label: string }) => void;
  onBack: () => void;
}) {
  const { turn, index, isChosen, onChoose, onTake, onBack } = props;
  const { t } = useTranslation('authoring');
  const { replies, effects, outcome, state } = turn.answer;
  return (
    <div className={classes['turn']} data-chosen={isChosen || undefined}>
      <MoveBubble move={turn.move} />
      {replies.map((parts, at) => (
        <div key={at} className={classes['bubble']} data-direction="out">
          <MessageBody parts={parts} />
          <Options parts={parts} onTake={onTake} />
        </div>
      ))}
      {outcome === 'silent' && <Text className={classes['did'] ?? ''}>{t('try.silent')}</Text>}
      {effects.map((effect, at) => (
        <Text key={at} className={classes['did'] ?? ''}>
          {t('try.would', { what: effectWords(effect) })}
        </Text>
      ))}
      <Group gap="xs">
        <Button
          size="compact-xs"
          variant={isChosen ? 'light' : 'subtle'}
          aria-pressed={isChosen}
          onClick={onChoose}
        >
          {t('try.why', { turn: index + 1 })}
        </Button>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={onBack}>
          {t('try.back')}
        </Button>
        {state.owner !== 'bot' && <Badge color="yellow">{t(`try.owner.${state.owner}`)}</Badge>}
      </Group>
    </div>
  );
}

/** What the person did. */
export function MoveBubble({ move }: { move: Move }) {
  const { t } = useTranslation('authoring');
  const { says, takes, event, owner, waits_s: waits } = move;
  const words = takes?.label ?? (Array.isArray(says) ? says.join('\n') : says);
  return (
    <>
      {waits !== undefined && (
        <Text className={classes['did'] ?? ''}>{t('try.waited', { seconds: waits })}</Text>
      )}
      {owner !== undefined && <Text className={classes['did'] ?? ''}>{t(`try.owner.${owner}`)}</Text>}
      {event !== undefined && (
        <Text className={classes['did'] ?? ''}>{t('try.event', { name: event.name })}</Text>
      )}
      {words !== undefined && (
        <div className={classes['bubble']} data-direction="in">
          {words}
        </div>
      )}
    </>
  );
}

function Options(props: {
  parts: readonly Content[];
  onTake: (option: { option_id: string; label: string }) => void;
}) {
  const options = props.parts.flatMap((part) => (part.type === 'choices' ? part.options : []));
  if (options.length === 0) return null;
  return (
    <Group gap={6} mt={8}>
      {options.map(({ id, label }) => (
        <UnstyledButton
          key={id}
          className={chat['choice']}
          onClick={() => props.onTake({ option_id: id, label })}
        >
          <Text size="sm" fw={540}>
            {label}
          </Text>
        </UnstyledButton>
      ))}
    </Group>
  );
}
