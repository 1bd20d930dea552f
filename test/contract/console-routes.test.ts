import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { botTabs } from '../../apps/console/src/bots/bot-tabs.js';
import { developerTabs } from '../../apps/console/src/developers/tabs.js';
import { settingsTabs } from '../../apps/console/src/settings/tabs.js';
import {
  botScreens,
  frontScreens,
  inboxScreens,
  opsScreens,
  tourScreens,
} from '../support/console-screens.js';

const source = path.resolve(import.meta.dirname, '../../apps/console/src');
const files = readdirSync(source)
  .map((folder) => path.join(source, folder, 'routes.ts'))
  .filter((file) => existsSync(file));
const texts = files.map((file) => readFileSync(file, 'utf8'));
/** Every route of the console, as `/bots/$botId`. */
const routes = texts.flatMap((text) => [...text.matchAll(/\bpath: '([^']+)'/g)].map(([, at]) => at!));

/** Every address at which a test looks with axe. */
const addresses = [
  ...[tourScreens, opsScreens, botScreens].flatMap((screens) => Object.values(screens).map(([at]) => at)),
  ...Object.values(inboxScreens),
  ...Object.values(frontScreens),
];
const isVisited = (route: string): boolean => {
  const pattern = new RegExp(`^${route.replace(/\$\w+/g, '[^/]+')}$`);
  // An id stands for a parameter, and a name of the console's own never does.
  return addresses.some((at) => pattern.test(at.split('?')[0]!) && isOwn(route, at.split('?')[0]!));
};
const isOwn = (route: string, at: string): boolean => route === at || !routes.includes(at);
const tabsOf = (screen: string): string[] =>
  addresses
    .map((at) => new URL(at, 'http://console.example'))
    .filter(({ pathname }) => pathname === screen)
    .map(({ searchParams }) => searchParams.get('tab') ?? '');

describe('the screens that are looked at with axe in both themes', () => {
  it('are those of every route of the console', () => {
    // A route that is written in another way is not overlooked.
    const made = texts.flatMap((text) => text.match(/createRoute\(\{/g) ?? []);
    expect(routes).toHaveLength(made.length);
    expect(routes.length).toBeGreaterThan(20);
    expect(routes.filter((route) => !isVisited(route))).toEqual([]);
  });

  it('are those of every tab', () => {
    expect(tabsOf('/bots/:bot')).toEqual(expect.arrayContaining([...botTabs]));
    expect(tabsOf('/settings')).toEqual(expect.arrayContaining(['', ...settingsTabs]));
    expect(tabsOf('/developers')).toEqual(expect.arrayContaining(['', ...developerTabs]));
    expect(tabsOf('/channels/:channel')).toEqual(expect.arrayContaining(['', 'activity', 'settings']));
  });
});
