import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import classes from './page.module.css';

/** What a screen is made of. */
export interface PageProps {
  title: string;
  /** One sentence under the title. */
  text?: ReactNode;
  /** Before the title: a way back, or a light. */
  before?: ReactNode;
  /** Beside the title: what can be done here. */
  actions?: ReactNode;
  /** Wide screens use the whole width. */
  isWide?: boolean;
  children: ReactNode;
}

/** The frame of a screen: its title (of the window too), what can be done, and its content. */
export function Page({ title, text, before, actions, isWide = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Parley`;
  }, [title]);
  return (
    <Box className={classes['page']} data-wide={isWide || undefined}>
      <Group justify="space-between" align="flex-start" mb="lg" gap="md">
        <Stack gap={2} className={classes['head']}>
          {before}
          <Title order={1} className={classes['title']}>
            {title}
          </Title>
          {text !== undefined && (
            <Text c="dimmed" component="div">
              {text}
            </Text>
          )}
        </Stack>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Box>
  );
}
