import { Spotlight, spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { IconBook, IconKeyboard, IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { openShortcuts } from './shortcut-sheet.js';
import { type Shortcut, useShortcuts } from './shortcuts.js';
import { usePlaces } from './use-places.js';

/** Opens the command palette. */
export const openPalette = spotlight.open;

/** The command palette: every place of the console and some things to do, found by typing. Brings the keys to them. */
export function Palette() {
  const { t } = useTranslation();
  const places = usePlaces();
  const navigate = useNavigate();
  const go = (to: string) => void navigate({ to });
  const actions: SpotlightActionData[] = places.map(({ to, name, icon: Icon }) => ({
    id: to,
    label: t(`nav.${name}`),
    leftSection: <Icon size={18} stroke={1.7} aria-hidden />,
    onClick: () => go(to),
  }));
  const more: SpotlightActionData[] = [
    {
      id: 'docs',
      label: t('apiDocs'),
      leftSection: <IconBook size={18} stroke={1.7} aria-hidden />,
      onClick: () => void window.open('/docs', '_blank', 'noopener'),
    },
    {
      id: 'shortcuts',
      label: t('shortcuts'),
      leftSection: <IconKeyboard size={18} stroke={1.7} aria-hidden />,
      onClick: openShortcuts,
    },
  ];
  const keys = places.flatMap(({ to, name, key }): Shortcut[] =>
    key === undefined
      ? []
      : [{ keys: `g ${key}`, label: t('goTo', { place: t(`nav.${name}`) }), run: () => go(to) }],
  );
  useShortcuts(t('nav.label'), [
    { keys: 'mod+k', label: t('palette'), run: openPalette, isGlobal: true },
    { keys: '?', label: t('shortcuts'), run: openShortcuts },
    ...keys,
  ]);
  return (
    <Spotlight
      actions={[...actions, ...more]}
      shortcut={null}
      attributes={{ content: { 'aria-label': t('palette') } }}
      nothingFound={t('nothingFound')}
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: t('search'),
        'aria-label': t('search'),
      }}
    />
  );
}
