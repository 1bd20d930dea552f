import { Card, Stack, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import icon from '../theme/icon.svg';
import { ConnectionNote } from '../shell/connection-note.js';
import classes from './front.module.css';

/** The frame of what is seen before signing in: one card in the middle. */
export function Front(props: { title: string; text?: ReactNode; isWide?: boolean; children: ReactNode }) {
  const { title, text, isWide = false, children } = props;
  useEffect(() => {
    document.title = `${title} · Parley`;
  }, [title]);
  return (
    <div className={classes['front']}>
      <ConnectionNote />
      <main className={classes['middle']}>
        <Card padding="xl" radius="lg" className={classes['card']} data-wide={isWide || undefined}>
          <Stack gap="lg">
            <div>
              <img src={icon} alt="Parley" width={36} height={36} />
              <Title order={1} mt="md">
                {title}
              </Title>
              {text !== undefined && <Text c="dimmed">{text}</Text>}
            </div>
            {children}
          </Stack>
        </Card>
      </main>
    </div>
  );
}
