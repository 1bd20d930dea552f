import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { frameRoute, rootRoute } from '../app/frame-route.js';
import { whenThere } from '../app/when-there.js';

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search['next'] === 'string' ? { next: search['next'] } : {},
  component: lazyRouteComponent(
    whenThere(() => import('./sign-in-screen.js')),
    'SignInScreen',
  ),
});

const setUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/set-up',
  component: lazyRouteComponent(
    whenThere(() => import('./set-up-screen.js')),
    'SetUpScreen',
  ),
});

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invitation',
  component: lazyRouteComponent(
    whenThere(() => import('./invitation-screen.js')),
    'InvitationScreen',
  ),
});

/** What people see who are not signed in. */
export const signInRoutes = [signInRoute, setUpRoute, invitationRoute] as const;

const welcomeRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/welcome',
  component: lazyRouteComponent(
    whenThere(() => import('./welcome-screen.js')),
    'WelcomeScreen',
  ),
});

/** The rest of the first run, once the owner is signed in. */
export const welcomeRoutes = [welcomeRoute] as const;
