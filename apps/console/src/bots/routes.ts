import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { frameRoute } from '../app/frame-route.js';
import { whenThere } from '../app/when-there.js';
import { type BotTab, botTabs } from './bot-tabs.js';

const botsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/bots',
  component: lazyRouteComponent(
    whenThere(() => import('./bots-screen.js')),
    'BotsScreen',
  ),
});
const botRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/bots/$botId',
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: BotTab } => {
    const found = botTabs.find((one) => one === tab);
    return found && found !== 'talk' ? { tab: found } : {};
  },
  component: lazyRouteComponent(
    whenThere(() => import('./bot-screen.js')),
    'BotScreen',
  ),
});
const flowRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/bots/$botId/flows/$flowId',
  component: lazyRouteComponent(
    whenThere(() => import('./flow/flow-screen.js')),
    'FlowScreen',
  ),
});
const knowledgeRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/knowledge',
  component: lazyRouteComponent(
    whenThere(() => import('./knowledge/knowledge-screen.js')),
    'KnowledgeScreen',
  ),
});
const baseRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/knowledge/$baseId',
  component: lazyRouteComponent(
    whenThere(() => import('./knowledge/base-screen.js')),
    'BaseScreen',
  ),
});

/** The bots, their flows and what they know. */
export const botRoutes = [botsRoute, botRoute, flowRoute, knowledgeRoute, baseRoute] as const;
