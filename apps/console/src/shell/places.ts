import {
  IconBook2,
  IconRobot,
  IconAddressBook,
  IconChartBar,
  IconStack2,
  IconCode,
  IconHome,
  IconInbox,
  IconMailExclamation,
  IconPlugConnected,
  IconRoute,
  IconSettings,
  IconShieldCheck,
  type Icon,
} from '@tabler/icons-react';
import type { Scope } from '#libs/model';
import type { shell } from '../i18n/en/shell.js';

/** A screen that can be gone to from everywhere. */
export interface Place {
  to: string;
  name: Exclude<keyof (typeof shell)['nav'], 'label' | 'open' | 'close'>;
  icon: Icon;
  /** Second key after `g`. */
  key?: string;
  /** Who may not read this does not see the place. */
  scope?: Scope;
  group: 'work' | 'build' | 'run';
}

/** All of them, in the order of the navigation. */
export const places: readonly Place[] = [
  { to: '/', name: 'home', icon: IconHome, key: 'h', group: 'work' },
  { to: '/inbox', name: 'inbox', icon: IconInbox, key: 'i', scope: 'messages:read', group: 'work' },
  {
    to: '/contacts',
    name: 'contacts',
    icon: IconAddressBook,
    key: 'p',
    scope: 'contacts:read',
    group: 'work',
  },
  {
    to: '/channels',
    name: 'channels',
    icon: IconPlugConnected,
    key: 'c',
    scope: 'channels:read',
    group: 'build',
  },
  { to: '/bots', name: 'bots', icon: IconRobot, key: 'b', scope: 'bots:read', group: 'build' },
  {
    to: '/knowledge',
    name: 'knowledge',
    icon: IconBook2,
    key: 'k',
    scope: 'knowledge:read',
    group: 'build',
  },
  {
    to: '/analytics',
    name: 'analytics',
    icon: IconChartBar,
    key: 'y',
    scope: 'analytics:read',
    group: 'run',
  },
  {
    to: '/operations/queues',
    name: 'queues',
    icon: IconStack2,
    key: 'q',
    scope: 'trace:read',
    group: 'run',
  },
  {
    to: '/operations/dead-letters',
    name: 'deadLetters',
    icon: IconMailExclamation,
    key: 'd',
    scope: 'trace:read',
    group: 'run',
  },
  {
    to: '/operations/messages',
    name: 'messages',
    icon: IconRoute,
    key: 'm',
    scope: 'trace:read',
    group: 'run',
  },
  {
    to: '/operations/audit',
    name: 'audit',
    icon: IconShieldCheck,
    key: 'a',
    scope: 'audit:read',
    group: 'run',
  },
  { to: '/developers', name: 'developers', icon: IconCode, key: 'v', group: 'run' },
  { to: '/settings', name: 'settings', icon: IconSettings, key: 's', group: 'run' },
];
