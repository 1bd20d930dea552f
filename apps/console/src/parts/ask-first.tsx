import { Button, type ButtonProps, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemNote } from './problem-note.js';

/** A button whose deed is done only after a second yes. */
export interface AskFirstProps<Answer> extends ButtonProps {
  label: string;
  /** What it would do. */
  text: string;
  work: () => Promise<Answer>;
  /** What can be added to the question, such as a reason. */
  extra?: ReactNode;
  /** Shown in place of the question once it is done, such as a new secret; without it the question closes. */
  result?: (answer: Answer) => ReactNode;
}

/** Says what it would do, asks, does it, and shows what came of it or why it failed. */
export function AskFirst<Answer>({ label, text, work, extra, result, ...button }: AskFirstProps<Answer>) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const deed = useMutation({ mutationFn: work, onSuccess: () => (result ? undefined : close()) });
  const shut = () => {
    close();
    deed.reset();
  };
  return (
    <>
      <Button {...button} onClick={open}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={shut} title={label}>
        {deed.data !== undefined && result ? (
          result(deed.data)
        ) : (
          <Stack>
            <Text>{text}</Text>
            {extra}
            <ProblemNote error={deed.error} />
            <Group justify="flex-end">
              <Button variant="default" onClick={shut}>
                {t('cancel')}
              </Button>
              <Button color={button.color ?? 'green'} loading={deed.isPending} onClick={() => deed.mutate()}>
                {label}
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  );
}
