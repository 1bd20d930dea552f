import { Button, Center } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Pages } from '../api/use-pages.js';

/** Reads the next page of a long list; nothing when there is none. */
export function MoreButton({ pages }: { pages: Pick<Pages<unknown>, 'hasMore' | 'isLoadingMore' | 'more'> }) {
  const { t } = useTranslation();
  if (!pages.hasMore) return null;
  return (
    <Center mt="lg">
      <Button variant="default" loading={pages.isLoadingMore} onClick={pages.more}>
        {t('more')}
      </Button>
    </Center>
  );
}
