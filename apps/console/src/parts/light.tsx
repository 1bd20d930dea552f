import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleXFilled,
  IconPlayerPauseFilled,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './light.module.css';

/** How something is: never told by colour alone. */
export type LightState = 'good' | 'warn' | 'bad' | 'idle' | 'unknown';

const icons = {
  good: IconCircleCheckFilled,
  warn: IconAlertTriangleFilled,
  bad: IconCircleXFilled,
  idle: IconPlayerPauseFilled,
  unknown: IconCircleDashed,
} as const;

/** A light: colour, shape and word. Without a word of its own it says the usual one. */
export function Light({
  state,
  label,
  isBare = false,
}: {
  state: LightState;
  label?: string;
  isBare?: boolean;
}) {
  const { t } = useTranslation('home');
  const Icon = icons[state];
  const word = label ?? t(`light.${state}`);
  return (
    <span className={classes['light']} data-state={state}>
      <Icon size={16} aria-hidden />
      <span className={isBare ? 'visually-hidden' : undefined}>{word}</span>
    </span>
  );
}
