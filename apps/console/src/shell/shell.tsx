import { AppShell, Burger, Group, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand } from './brand.js';
import { ConnectionNote } from './connection-note.js';
import { Navigation } from './navigation.js';
import { openPalette, Palette } from './palette.js';
import { ShortcutSheet } from './shortcut-sheet.js';
import classes from './shell.module.css';

/** Around every screen: navigation at the side (behind a button on phones), palette, shortcuts, connection. */
export function Shell() {
  const { t } = useTranslation();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  useEffect(close, [pathname, close]);
  return (
    <>
      <a className="skip-link" href="#content">
        {t('skip')}
      </a>
      <AppShell
        layout="alt"
        header={{ height: { base: 52, sm: 0 } }}
        navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
        withBorder={false}
      >
        <AppShell.Header hiddenFrom="sm" className={classes['header']}>
          <Group h="100%" px="md" justify="space-between">
            <Burger opened={isOpen} onClick={toggle} size="sm" aria-label={t('nav.open')} />
            <Brand />
            <UnstyledButton onClick={openPalette} aria-label={t('search')} className={classes['icon']}>
              <IconSearch size={20} aria-hidden />
            </UnstyledButton>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar className={classes['navbar']}>
          <Navigation onClose={close} isOpen={isOpen} />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1} className={classes['main']}>
          <ConnectionNote />
          <Outlet />
        </AppShell.Main>
      </AppShell>
      <Palette />
      <ShortcutSheet />
    </>
  );
}
