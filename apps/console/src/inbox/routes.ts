import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { frameRoute } from '../app/frame-route.js';
import { whenThere } from '../app/when-there.js';
import { type InboxSearch, readSearch } from './filter.js';

const inboxRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/inbox',
  validateSearch: (search: Record<string, unknown>): InboxSearch => readSearch(search),
  component: lazyRouteComponent(
    whenThere(() => import('./inbox-screen.js')),
    'InboxScreen',
  ),
});

/** The inbox. */
export const inboxRoutes = [inboxRoute] as const;
