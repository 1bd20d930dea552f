import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { frameRoute } from '../app/frame-route.js';
import { whenThere } from '../app/when-there.js';

const contactsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/contacts',
  validateSearch: (search: Record<string, unknown>): { q?: string | undefined } => ({
    q: typeof search['q'] === 'string' && search['q'] !== '' ? search['q'] : undefined,
  }),
  component: lazyRouteComponent(
    whenThere(() => import('./contacts-screen.js')),
    'ContactsScreen',
  ),
});
const contactRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/contacts/$id',
  component: lazyRouteComponent(
    whenThere(() => import('./contact-screen.js')),
    'ContactScreen',
  ),
});

/** The people who write. */
export const contactRoutes = [contactsRoute, contactRoute] as const;
