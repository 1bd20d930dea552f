import type { QueryClient } from '@tanstack/react-query';
import { createRouter } from '@tanstack/react-router';
import { channelRoutes } from '../channels/routes.js';
import { homeRoutes } from '../home/routes.js';
import { signInRoutes } from '../sign-in/routes.js';
import { frameRoute, rootRoute } from './frame-route.js';

const tree = rootRoute.addChildren([
  ...signInRoutes,
  frameRoute.addChildren([...homeRoutes, ...channelRoutes]),
]);

/** Makes the router of the console; every screen is loaded when it is first opened. */
export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: '/console',
    context: { client },
    defaultPreload: 'intent',
    defaultPreloadDelay: 80,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
