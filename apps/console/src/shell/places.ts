import { IconHome, IconPlugConnected, type Icon } from '@tabler/icons-react';
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
export const places: readonly Place[] = [{ to: '/', name: 'home', icon: IconHome, key: 'h', group: 'work' }];
