import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { frameRoute } from '../app/frame-route.js';

const tabs = ['webhooks', 'widget', 'api'] as const;
type Tab = (typeof tabs)[number];

const developersRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/developers',
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: Tab } => {
    const found = tabs.find((one) => one === tab);
    return found ? { tab: found } : {};
  },
  component: lazyRouteComponent(() => import('./developers-screen.js'), 'DevelopersScreen'),
});
const endpointRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/developers/webhooks/$endpointId',
  component: lazyRouteComponent(() => import('./endpoint-screen.js'), 'EndpointScreen'),
});

/** What developers need: keys, webhooks, the widget, the API. */
export const developerRoutes = [developersRoute, endpointRoute] as const;
