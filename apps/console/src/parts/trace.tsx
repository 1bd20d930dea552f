import { Card, Group, Stack, Text } from '@mantine/core';
import {
  IconArrowDown,
  IconCircleCheckFilled,
  IconCircleXFilled,
  IconNote,
  IconVolumeOff,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TraceStep } from '#libs/model';
import { useFormats } from '../i18n/format.js';
import { Said } from './said.js';

const icons = {
  answered: IconCircleCheckFilled,
  passed: IconArrowDown,
  silenced: IconVolumeOff,
  failed: IconCircleXFilled,
  noted: IconNote,
} as const;
const colours = {
  answered: 'var(--good)',
  passed: 'var(--idle)',
  silenced: 'var(--warn)',
  failed: 'var(--bad)',
  noted: 'var(--idle)',
} as const;

/** Why the bot answered as it did: what each responder saw, decided, and took. */
export function Trace({ steps }: { steps: readonly TraceStep[] }) {
  const { t } = useTranslation('operations');
  const { span } = useFormats();
  return (
    <Stack gap={6}>
      {steps.map(({ responder, decision, reason, detail, took_ms: tookMs }, at) => {
        const Icon = icons[decision];
        return (
          <Card key={at} padding="xs">
            <Group gap="sm" wrap="nowrap" align="flex-start">
              <Icon size={18} aria-hidden style={{ color: colours[decision], flex: 'none', marginTop: 2 }} />
              <div style={{ minWidth: 0, flex: 1 }}>
                <Text size="sm">
                  <strong>
                    <Said>{responder}</Said>
                  </strong>{' '}
                  {t(`timeline.decision.${decision}`)}
                </Text>
                <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  <Said>{reason}</Said>
                </Text>
                {Object.keys(detail).length > 0 && (
                  <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                    <Said>
                      {Object.entries(detail)
                        .map(([name, value]) => `${name}: ${value}`)
                        .join(' · ')}
                    </Said>
                  </Text>
                )}
              </div>
              <Text size="xs" c="dimmed">
                {span(tookMs)}
              </Text>
            </Group>
          </Card>
        );
      })}
    </Stack>
  );
}
