import {
  createTheme,
  DirectionProvider,
  localStorageColorSchemeManager,
  MantineProvider,
  mergeThemeOverrides,
} from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { createQueryClient } from '../api/query-client.js';
import { directionOf, isLanguage } from '../i18n/i18n.js';
import { theme, variables } from '../theme/theme.js';
import { makeRouter } from './router.js';

const client = createQueryClient();
const router = makeRouter(client);
const colourScheme = localStorageColorSchemeManager({ key: 'parley.colours' });

/** The whole console. */
export function Console({ nonce }: { nonce: string }) {
  const { t, i18n } = useTranslation();
  const direction = isLanguage(i18n.language) ? directionOf(i18n.language) : 'ltr';
  const spoken = useMemo(() => mergeThemeOverrides(theme, labels(t('close'), t('showPassword'))), [t]);
  return (
    <StrictMode>
      <DirectionProvider key={direction} initialDirection={direction} detectDirection={false}>
        <MantineProvider
          theme={spoken}
          cssVariablesResolver={variables}
          defaultColorScheme="auto"
          colorSchemeManager={colourScheme}
          getStyleNonce={() => nonce}
        >
          <QueryClientProvider client={client}>
            <ModalsProvider>
              <Notifications position="bottom-center" limit={4} />
              <RouterProvider router={router} />
            </ModalsProvider>
          </QueryClientProvider>
        </MantineProvider>
      </DirectionProvider>
    </StrictMode>
  );
}

/** Names of the buttons that components bring along, for those who hear them. */
function labels(close: string, show: string) {
  const closing = { defaultProps: { closeButtonProps: { 'aria-label': close } } };
  return createTheme({
    components: {
      Modal: closing,
      Drawer: closing,
      Notification: closing,
      PasswordInput: { defaultProps: { visibilityToggleButtonProps: { 'aria-label': show } } },
    },
  });
}
