import { SimpleGrid, Text, Title } from '@mantine/core';
import { IconCode, IconPlugConnected, IconRobot, IconUsers, type Icon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './home.module.css';

const starts = [
  { to: '/channels/new', icon: IconPlugConnected, title: 'start.channel', text: 'start.channelText' },
  { to: '/bots', icon: IconRobot, title: 'start.bot', text: 'start.botText' },
  { to: '/settings', icon: IconUsers, title: 'start.team', text: 'start.teamText' },
  { to: '/developers', icon: IconCode, title: 'start.api', text: 'start.apiText' },
] as const satisfies readonly { to: string; icon: Icon; title: string; text: string }[];

/** Ways to begin. */
export function Starts() {
  const { t } = useTranslation('home');
  return (
    <section>
      <Title order={2} mb="sm">
        {t('start.title')}
      </Title>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="sm">
        {starts.map(({ to, icon: Icon, title, text }) => (
          <Link key={to} to={to as string} className={classes['start']}>
            <Icon size={22} stroke={1.6} aria-hidden />
            <Text fw={600} mt={8}>
              {t(title)}
            </Text>
            <Text size="sm" c="dimmed">
              {t(text)}
            </Text>
          </Link>
        ))}
      </SimpleGrid>
    </section>
  );
}
