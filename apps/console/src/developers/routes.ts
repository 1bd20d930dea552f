import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { frameRoute } from '../app/frame-route.js';
import { whenThere } from '../app/when-there.js';
import { type DeveloperTab, tabIn } from './tabs.js';

const developersRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/developers',
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: DeveloperTab } => tabIn(tab),
  component: lazyRouteComponent(
    whenThere(() => import('./developers-screen.js')),
    'DevelopersScreen',
  ),
});
const endpointRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/developers/webhooks/$endpointId',
  component: lazyRouteComponent(
    whenThere(() => import('./endpoint-screen.js')),
    'EndpointScreen',
  ),
});

/** What developers need: keys, webhooks, the widget, the API. */
export const developerRoutes = [developersRoute, endpointRoute] as const;
