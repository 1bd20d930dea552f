import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { frameRoute } from '../app/frame-route.js';
import { whenThere } from '../app/when-there.js';
import { type SettingsTab, tabIn } from './tabs.js';

const settingsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/settings',
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: SettingsTab } => tabIn(tab),
  component: lazyRouteComponent(
    whenThere(() => import('./settings-screen.js')),
    'SettingsScreen',
  ),
});

/** Oneself, the team, the workspace. */
export const settingsRoutes = [settingsRoute] as const;
