import { DirectionProvider, localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
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
  const { i18n } = useTranslation();
  const direction = isLanguage(i18n.language) ? directionOf(i18n.language) : 'ltr';
  return (
    <StrictMode>
      <DirectionProvider key={direction} initialDirection={direction} detectDirection={false}>
        <MantineProvider
          theme={theme}
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
