import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { frameRoute } from '../app/frame-route.js';
import { whenThere } from '../app/when-there.js';
import { filterIn } from './filter.js';

const analyticsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/analytics',
  validateSearch: filterIn,
  component: lazyRouteComponent(
    whenThere(() => import('./analytics-screen.js')),
    'AnalyticsScreen',
  ),
});

/** How much, how fast, how well: over a time. */
export const analyticsRoutes = [analyticsRoute] as const;
