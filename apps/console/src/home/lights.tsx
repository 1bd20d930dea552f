import { Card, SimpleGrid, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Light, type LightState } from '../parts/light.js';
import { lightOf, providersOf, type Seen, worst } from './attention.js';

/** How each part of the house is. */
export function Lights({ seen }: { seen: Seen }) {
  const { t } = useTranslation('home');
  const { channels, endpoints, dead, readiness } = seen;
  const isAway = readiness === 'unavailable';
  const isRinging = readiness !== undefined && readiness !== 'unavailable' && readiness.queue === 'up';
  const isStuck = readiness !== undefined && readiness !== 'unavailable' && readiness.work_since !== null;
  const providers = providersOf(channels ?? []);
  return (
    <section>
      <Title order={2} mb="sm">
        {t('lights')}
      </Title>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
        {channels && (
          <Tile
            title={t('channels')}
            state={worst(channels.map(lightOf))}
            text={t('channelsText', { count: channels.length })}
          />
        )}
        {channels && channels.length > 0 && (
          <Tile
            title={t('providers')}
            state={worst(providers.map(({ light }) => light))}
            text={t('providersText', {
              count: providers.length,
              well: providers.filter(({ light }) => light !== 'bad').length,
            })}
          />
        )}
        {readiness !== undefined && (
          <Tile
            title={t('queue')}
            state={isStuck ? 'bad' : isRinging ? 'good' : 'warn'}
            text={isStuck ? t('queueStuck') : isRinging ? t('queueUp') : t('queueSlow')}
          />
        )}
        {readiness !== undefined && (
          <Tile
            title={t('database')}
            state={isAway ? 'bad' : 'good'}
            text={isAway ? t('serverAway') : t('databaseUp')}
          />
        )}
        {endpoints && (
          <Tile
            title={t('webhooks')}
            state={worst(endpoints.map(ofEndpoint))}
            text={t('webhooksText', { count: endpoints.length })}
          />
        )}
        {dead && (
          <Tile
            title={t('deadLetters')}
            state={dead.items.length > 0 ? 'bad' : 'good'}
            text={deadText(dead, t)}
          />
        )}
      </SimpleGrid>
    </section>
  );
}

function Tile({ title, state, text }: { title: string; state: LightState; text: string }) {
  return (
    <Card padding="sm">
      <Text fw={600} mb={4}>
        {title}
      </Text>
      <Light state={state} />
      <Text size="sm" c="dimmed" mt={6}>
        {text}
      </Text>
    </Card>
  );
}

function ofEndpoint({ state, disabled_reason: reason, failing_since: failing }: EndpointState): LightState {
  if (state === 'disabled') return reason === null ? 'idle' : 'bad';
  return failing === null ? 'good' : 'warn';
}

type EndpointState = NonNullable<Seen['endpoints']>[number];

function deadText(
  { items, hasMore }: NonNullable<Seen['dead']>,
  t: ReturnType<typeof useTranslation<'home'>>['t'],
): string {
  if (items.length === 0) return t('deadLettersNone');
  return hasMore
    ? t('deadLettersMore', { count: items.length })
    : t('deadLettersText', { count: items.length });
}
