import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { frameRoute } from '../app/frame-route.js';
import { whenThere } from '../app/when-there.js';

const deadRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/operations/dead-letters',
  validateSearch: ({ kind }: Record<string, unknown>): { kind?: 'inbox_event' } =>
    kind === 'inbox_event' ? { kind } : {},
  component: lazyRouteComponent(
    whenThere(() => import('./dead-letters-screen.js')),
    'DeadLettersScreen',
  ),
});
const findRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/operations/messages',
  component: lazyRouteComponent(
    whenThere(() => import('./find-message-screen.js')),
    'FindMessageScreen',
  ),
});
const timelineRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/operations/messages/$messageId',
  component: lazyRouteComponent(
    whenThere(() => import('./timeline-screen.js')),
    'TimelineScreen',
  ),
});
const queuesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/operations/queues',
  component: lazyRouteComponent(
    whenThere(() => import('./queues-screen.js')),
    'QueuesScreen',
  ),
});
const auditRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/operations/audit',
  validateSearch: (search: Record<string, unknown>): { actor?: string; action?: string; target?: string } =>
    Object.fromEntries(
      ['actor', 'action', 'target'].flatMap((name) =>
        typeof search[name] === 'string' && search[name] !== '' ? [[name, search[name]]] : [],
      ),
    ),
  component: lazyRouteComponent(
    whenThere(() => import('./audit-screen.js')),
    'AuditScreen',
  ),
});

/** What ops people look at when something went wrong, or might have. */
export const operationRoutes = [deadRoute, findRoute, timelineRoute, queuesRoute, auditRoute] as const;
