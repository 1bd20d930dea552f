import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { frameRoute } from '../app/frame-route.js';
import { whenThere } from '../app/when-there.js';

const listRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/channels',
  component: lazyRouteComponent(
    whenThere(() => import('./list-screen.js')),
    'ListScreen',
  ),
});
const catalogueRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/channels/new',
  component: lazyRouteComponent(
    whenThere(() => import('./catalogue-screen.js')),
    'CatalogueScreen',
  ),
});
const createChannelRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/channels/new/$connector',
  component: lazyRouteComponent(
    whenThere(() => import('./create-screen.js')),
    'CreateScreen',
  ),
});
const channelRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/channels/$channelId',
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: 'activity' | 'settings' } =>
    tab === 'activity' || tab === 'settings' ? { tab } : {},
  component: lazyRouteComponent(
    whenThere(() => import('./channel-screen.js')),
    'ChannelScreen',
  ),
});

/** The channels. */
export const channelRoutes = [listRoute, catalogueRoute, createChannelRoute, channelRoute] as const;
