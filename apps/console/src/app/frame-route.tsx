import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.js';
import { NotFound, ScreenProblem } from '../parts/whole-page.js';
import { Shell } from '../shell/shell.js';

/** What every route can ask for. */
export interface RouteContext {
  client: QueryClient;
}

/** Around everything. */
export const rootRoute = createRootRouteWithContext<RouteContext>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: ({ error }) => <ScreenProblem error={error} />,
});

/** Around every screen of somebody who is signed in: navigation, palette, connection. */
export const frameRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'frame',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.query(sessionQuery).catch((error: unknown) => {
      const known = context.client.getQueryData(sessionQuery.queryKey);
      if (known) return known;
      throw error;
    });
    if (!session) throw redirect({ to: '/sign-in', search: { next: location.href } });
  },
});
