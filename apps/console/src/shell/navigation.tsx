import { CloseButton, Group, Kbd, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { AccountMenu } from './account-menu.js';
import { Brand } from './brand.js';
import { openPalette } from './palette.js';
import { type Place, usePlaces } from './use-places.js';
import classes from './shell.module.css';

/** The side of the screen: where one can go, and who one is. */
export function Navigation({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const places = usePlaces();
  const inGroup = (group: Place['group']) => places.filter((place) => place.group === group);
  return (
    <div className={classes['nav']}>
      <Group justify="space-between" px={6}>
        <Brand />
        {isOpen && <CloseButton hiddenFrom="sm" onClick={onClose} aria-label={t('nav.close')} />}
      </Group>
      <UnstyledButton className={classes['search']} onClick={openPalette}>
        <IconSearch size={16} aria-hidden />
        <span>{t('search')}</span>
        <Kbd size="xs">{isMac() ? '⌘K' : 'Ctrl K'}</Kbd>
      </UnstyledButton>
      <nav aria-label={t('nav.label')}>
        <Links places={inGroup('work')} />
        <Links places={inGroup('build')} />
        <Links places={inGroup('run')} />
      </nav>
      <div className={classes['foot']}>
        <AccountMenu />
      </div>
    </div>
  );
}

function Links({ places }: { places: readonly Place[] }) {
  const { t } = useTranslation();
  if (places.length === 0) return null;
  return (
    <ul className={classes['list']} style={{ marginBottom: 14 }}>
      {places.map(({ to, name, icon: Icon }) => (
        <li key={name}>
          <Link
            to={to}
            className={classes['link']}
            activeOptions={{ exact: to === '/', includeSearch: false }}
          >
            <Icon size={18} stroke={1.7} aria-hidden />
            {t(`nav.${name}`)}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function isMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.userAgent);
}
