import { Button, Modal, Skeleton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUpload } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { AskFirst } from '../../parts/ask-first.js';
import type { BotDraft } from '../draft.js';

const PublishForm = lazy(async () => ({ default: (await import('./publish-form.js')).PublishForm }));

/** Publishing, and throwing changes away. */
export function PublishButtons({ botId, draft }: { botId: string; draft: BotDraft }) {
  const { t } = useTranslation('bots');
  const [isOpen, { open, close }] = useDisclosure(false);
  if (!draft.mayWrite) return null;
  return (
    <>
      {draft.isChanged && (
        <AskFirst
          label={t('discard')}
          text={t('discardText')}
          variant="default"
          color="red"
          work={() => draft.discard()}
        />
      )}
      <Button
        leftSection={<IconUpload size={18} aria-hidden />}
        disabled={!draft.isChanged || draft.problems.length > 0}
        onClick={open}
      >
        {t('publish')}
      </Button>
      <Modal opened={isOpen} onClose={close} title={t('publish')} size="lg">
        <Suspense fallback={<Skeleton height={180} radius="md" />}>
          <PublishForm botId={botId} draft={draft} onDone={close} />
        </Suspense>
      </Modal>
    </>
  );
}
