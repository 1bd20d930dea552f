import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { frameRoute } from '../app/frame-route.js';
import { whenThere } from '../app/when-there.js';

const homeRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/',
  component: lazyRouteComponent(
    whenThere(() => import('./home-screen.js')),
    'HomeScreen',
  ),
});

/** The first screen. */
export const homeRoutes = [homeRoute] as const;
