import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../i18n/format.js';
import { Light } from '../parts/light.js';
import type { Concern } from './attention.js';
import classes from './home.module.css';

/** What needs a person: cause, since when, one action each. */
export function Concerns({ concerns }: { concerns: readonly Concern[] }) {
  const { t } = useTranslation('home');
  if (concerns.length === 0) {
    return (
      <Card className={classes['well']}>
        <Group gap="md" wrap="nowrap">
          <IconCircleCheck size={30} stroke={1.5} aria-hidden className={classes['tick']} />
          <div>
            <Title order={2}>{t('allWell')}</Title>
            <Text c="dimmed">{t('allWellText')}</Text>
          </div>
        </Group>
      </Card>
    );
  }
  return (
    <section aria-label={t('attention')}>
      <Title order={2} mb="sm">
        {t('attentionCount', { count: concerns.length })}
      </Title>
      <Stack component="ul" gap="xs" className={classes['plain']}>
        {concerns.map((concern) => (
          <Row key={`${concern.kind}-${concern.id}`} concern={concern} />
        ))}
      </Stack>
    </section>
  );
}

function Row({ concern }: { concern: Concern }) {
  const { t } = useTranslation('home');
  const { ago } = useFormats();
  const { kind, words, light, since, action } = concern;
  return (
    <Card component="li" padding="sm" className={classes['concern']} data-light={light}>
      <Group justify="space-between" gap="sm">
        <Stack gap={2} className={classes['cause']}>
          <Group gap="sm">
            <Light state={light} />
            {since !== null && (
              <Text size="sm" c="dimmed">
                {t('since', { when: ago(since) })}
              </Text>
            )}
          </Group>
          <Text>{t(`cause.${kind}`, { name: '', reason: '', host: '', count: 0, ...words })}</Text>
        </Stack>
        {action.to.startsWith('/errors/') ? (
          <Button component="a" href={action.to} target="_blank" variant="light" size="sm">
            {t(`fix.${action.kind}`)}
          </Button>
        ) : (
          <Button component={Link} to={action.to} variant="light" size="sm">
            {t(`fix.${action.kind}`)}
          </Button>
        )}
      </Group>
    </Card>
  );
}
