import { Stack, Text, Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './empty.module.css';

/** In place of a list with nothing in it: what would be here, and how to get the first one. */
export function Empty(props: { icon: Icon; title: string; text: string; action?: ReactNode }) {
  const { icon: Icon, title, text, action } = props;
  return (
    <Stack align="center" gap="xs" className={classes['empty']}>
      <Icon size={34} stroke={1.3} aria-hidden />
      <Title order={2} size="md">
        {title}
      </Title>
      <Text c="dimmed" ta="center" maw={440}>
        {text}
      </Text>
      {action}
    </Stack>
  );
}
