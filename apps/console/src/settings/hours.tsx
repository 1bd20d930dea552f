import { Button, Card, Group, Select, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '#libs/model';
import { useMay } from '../api/session.js';
import { botsQuery } from '../channels/queries.js';
import { useFormats } from '../i18n/format.js';
import { chooseTimeZone, ownTimeZone, timeZone, timeZones } from '../i18n/time-zone.js';

/** By which clock this browser shows times, and when each bot says that somebody is there. */
export function Hours() {
  const { t } = useTranslation('house');
  const { moment } = useFormats();
  const zone = timeZone.use();
  const zones = useMemo(() => timeZones(), []);
  const bots = useQuery({ ...botsQuery, enabled: useMay('bots:read') });
  return (
    <Stack gap="xl">
      <Card component="section" aria-label={t('hours.clock')}>
        <Stack>
          <div>
            <Title order={2}>{t('hours.clock')}</Title>
            <Text c="dimmed">{t('hours.clockText')}</Text>
          </div>
          <Select
            label={t('hours.zone')}
            searchable
            allowDeselect={false}
            maw={320}
            limit={60}
            data={zones}
            value={zone}
            onChange={(next) => chooseTimeZone(next === ownTimeZone ? null : next)}
          />
          <Text>{t('hours.now', { when: moment(Date.now()) })}</Text>
        </Stack>
      </Card>
      <section>
        <Title order={2} mb="sm">
          {t('hours.bots')}
        </Title>
        <Text c="dimmed" mb="sm">
          {t('hours.botsText')}
        </Text>
        {bots.isLoading && <Skeleton height={80} radius="md" />}
        <Stack gap="xs">
          {bots.data?.map((bot) => (
            <BotHours key={bot.id} bot={bot} />
          ))}
        </Stack>
      </section>
    </Stack>
  );
}

function BotHours({ bot }: { bot: Bot }) {
  const { t, i18n } = useTranslation('house');
  const hours = bot.definition?.hours;
  const dayName = (day: string): string => {
    // 5 January 2026 was a Monday.
    const at = Date.UTC(2026, 0, 5 + ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].indexOf(day));
    return new Intl.DateTimeFormat(i18n.language, { weekday: 'short', timeZone: 'UTC' }).format(at);
  };
  return (
    <Card padding="sm" component="section" aria-label={bot.name}>
      <Group justify="space-between" gap="sm">
        <div>
          <Text fw={600}>{bot.name}</Text>
          {hours === undefined && <Text size="sm">{t('hours.always')}</Text>}
          {hours?.weekly.map(({ days, from, to }) => (
            <Text size="sm" key={`${days.join()} ${from}`}>
              {days.map(dayName).join(', ')}: {from}–{to}
            </Text>
          ))}
          {hours !== undefined && (
            <Text size="sm" c="dimmed">
              {hours.time_zone}
            </Text>
          )}
        </div>
        <Button component={Link} to={`/bots/${bot.id}`} variant="default" size="xs">
          {t('hours.open')}
        </Button>
      </Group>
    </Card>
  );
}
