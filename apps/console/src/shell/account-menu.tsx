import { Avatar, Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import {
  IconCheck,
  IconChevronUp,
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSun,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { signOut, useSession, useSwitchWorkspace, useWorkspace } from '../api/session.js';
import { type Language, languages, speak } from '../i18n/i18n.js';
import { openShortcuts } from './shortcut-sheet.js';
import classes from './shell.module.css';

const schemes = [
  ['light', IconSun],
  ['dark', IconMoon],
  ['auto', IconDeviceDesktop],
] as const;

/** Who is signed in where; workspaces, colours, language, and the way out. */
export function AccountMenu() {
  const { t } = useTranslation();
  const { member } = useSession();
  const workspace = useWorkspace();
  return (
    <Menu position="top-start" width={232} withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes['account']}>
          <Avatar size={30} radius="xl" name={member.name} color="green" variant="light" alt="" />
          <span className={classes['names']}>
            <Text span display="block" size="sm" fw={560} truncate>
              {member.name}
            </Text>
            <Text span display="block" size="xs" c="dimmed" truncate>
              {workspace.name}
            </Text>
          </span>
          <span className="visually-hidden">{t('account')}</span>
          <IconChevronUp size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah="80vh" style={{ overflowY: 'auto' }}>
        <Workspaces />
        <Colours />
        <Languages />
        <Menu.Divider />
        <Leave />
      </Menu.Dropdown>
    </Menu>
  );
}

function Workspaces() {
  const { t } = useTranslation();
  const { workspaces } = useSession();
  const current = useWorkspace();
  const switchTo = useSwitchWorkspace();
  if (workspaces.length < 2) return null;
  return (
    <>
      <Menu.Label>{t('workspace')}</Menu.Label>
      {workspaces.map(({ id, name }) => (
        <Menu.Item key={id} rightSection={tick(id === current.id)} onClick={() => switchTo(id)}>
          {name}
        </Menu.Item>
      ))}
      <Menu.Divider />
    </>
  );
}

function Colours() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu.Label>{t('theme.label')}</Menu.Label>
      {schemes.map(([scheme, Icon]) => (
        <Menu.Item
          key={scheme}
          leftSection={<Icon size={16} aria-hidden />}
          rightSection={tick(scheme === colorScheme)}
          onClick={() => setColorScheme(scheme)}
        >
          {t(`theme.${scheme}`)}
        </Menu.Item>
      ))}
      <Menu.Divider />
    </>
  );
}

function Languages() {
  const { t, i18n } = useTranslation();
  return (
    <>
      <Menu.Label>{t('language')}</Menu.Label>
      {Object.entries(languages).map(([code, name]) => (
        <Menu.Item
          key={code}
          lang={code}
          rightSection={tick(code === i18n.language)}
          onClick={() => void speak(code as Language)}
        >
          {name}
        </Menu.Item>
      ))}
    </>
  );
}

function Leave() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  return (
    <>
      <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={openShortcuts}>
        {t('shortcuts')}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconLogout size={16} aria-hidden className="flip" />}
        onClick={() => void signOut(client).then(() => navigate({ to: '/sign-in' }))}
      >
        {t('signOut')}
      </Menu.Item>
    </>
  );
}

function tick(isOn: boolean) {
  return isOn ? <IconCheck size={16} aria-hidden /> : null;
}
