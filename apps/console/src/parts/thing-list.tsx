import { Button, Group, Modal, SimpleGrid, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, type Icon } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import classes from '../channels/channels.module.css';
import { Empty } from './empty.js';
import { Page } from './page.js';
import { ProblemNote } from './problem-note.js';

/** What a screen needs that lists things which are known by their names. */
export interface ThingListProps<Thing> {
  title: string;
  text: string;
  icon: Icon;
  empty: { title: string; text: string };
  found: { data: readonly Thing[] | undefined; isLoading: boolean; error: unknown; refetch: () => unknown };
  /** A card as a link, around what is given. */
  linkOf: (thing: Thing, className: string, children: ReactNode) => ReactNode;
  nameOf: (thing: Thing) => string;
  factsOf: (thing: Thing) => ReactNode;
  /** Beside the button that makes one. */
  actions?: ReactNode;
  /** Above the list: what did not work. */
  note?: ReactNode;
  /** How one is made; null for whoever may not. */
  make: { label: string; name: string; go: string; work: (name: string) => Promise<unknown> } | null;
}

/** All things of a kind as cards, and a way to make one. */
export function ThingList<Thing extends { id: string }>(props: ThingListProps<Thing>) {
  const { title, text, icon: ThingIcon, empty, found, linkOf, nameOf, factsOf, actions, note, make } = props;
  const [isOpen, { open, close }] = useDisclosure(false);
  const buttons = make && (
    <Group gap="xs">
      {actions}
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
        {make.label}
      </Button>
    </Group>
  );
  return (
    <Page title={title} text={text} actions={found.data?.length ? buttons : null}>
      {note}
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={120} radius="md" />}
      {found.data?.length === 0 && (
        <Empty icon={ThingIcon} title={empty.title} text={empty.text} action={buttons} />
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {found.data?.map((thing) => (
          <div key={thing.id}>
            {linkOf(
              thing,
              classes['card'] ?? '',
              <Group gap="sm" wrap="nowrap">
                <span className={classes['icon']}>
                  <ThingIcon size={22} stroke={1.6} aria-hidden />
                </span>
                <div className={classes['grow']}>
                  <Text fw={600} className={classes['wrap'] ?? ''}>
                    {nameOf(thing)}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {factsOf(thing)}
                  </Text>
                </div>
              </Group>,
            )}
          </div>
        ))}
      </SimpleGrid>
      {make && (
        <Modal opened={isOpen} onClose={close} title={make.label}>
          <MakeForm {...make} />
        </Modal>
      )}
    </Page>
  );
}

function MakeForm({ name: label, go, work }: NonNullable<ThingListProps<never>['make']>) {
  const [name, setName] = useState('');
  const making = useMutation({ mutationFn: () => work(name) });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={label}
          required
          data-autofocus
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ProblemNote error={making.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={making.isPending}>
            {go}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
