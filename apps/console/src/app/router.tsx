import type { QueryClient } from '@tanstack/react-query';
import { createRouter } from '@tanstack/react-router';
import { analyticsRoutes } from '../analytics/routes.js';
import { botRoutes } from '../bots/routes.js';
import { channelRoutes } from '../channels/routes.js';
import { contactRoutes } from '../contacts/routes.js';
import { developerRoutes } from '../developers/routes.js';
import { homeRoutes } from '../home/routes.js';
import { inboxRoutes } from '../inbox/routes.js';
import { operationRoutes } from '../operations/routes.js';
import { settingsRoutes } from '../settings/routes.js';
import { signInRoutes, welcomeRoutes } from '../sign-in/routes.js';
import { frameRoute, rootRoute } from './frame-route.js';

const tree = rootRoute.addChildren([
  ...signInRoutes,
  frameRoute.addChildren([
    ...homeRoutes,
    ...inboxRoutes,
    ...contactRoutes,
    ...channelRoutes,
    ...botRoutes,
    ...analyticsRoutes,
    ...operationRoutes,
    ...developerRoutes,
    ...settingsRoutes,
    ...welcomeRoutes,
  ]),
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
