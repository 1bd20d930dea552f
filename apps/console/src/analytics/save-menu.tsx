import { ActionIcon, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { toldProblem } from '../parts/told.js';

/** Saves what a card shows as a file. */
export function SaveMenu(props: {
  /** What it is of, for those who hear the button. */
  name: string;
  onSave: (format: 'csv' | 'json') => Promise<void> | void;
}) {
  const { name, onSave } = props;
  const { t } = useTranslation('analytics');
  const save = (format: 'csv' | 'json') => void Promise.resolve(onSave(format)).catch(toldProblem);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('save', { name })}>
          <IconDownload size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save('csv')}>CSV</Menu.Item>
        <Menu.Item onClick={() => save('json')}>JSON</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
