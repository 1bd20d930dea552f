import { Card, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './contacts.module.css';

/** One matter of a person. */
export function Matter({
  title,
  children,
  isDanger = false,
}: {
  title: string;
  children: ReactNode;
  isDanger?: boolean;
}) {
  return (
    <Card component="section" className={isDanger ? classes['danger'] : undefined}>
      <Title order={2} size="sm" mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  );
}
