import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { OauthClientWithSecret } from '#libs/model';
import { CopyField } from '../parts/copy-field.js';

/** What a client signs in with; the secret is shown this once. */
export function ClientSecret({ made }: { made: OauthClientWithSecret }) {
  const { t } = useTranslation('programs');
  return (
    <Stack>
      <CopyField label="client_id" value={made.id} />
      <CopyField label={t('clients.secret')} value={made.client_secret} />
    </Stack>
  );
}
