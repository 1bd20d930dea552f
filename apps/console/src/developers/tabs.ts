/** What the screen for developers has, but for its first tab. */
export const developerTabs = ['clients', 'webhooks', 'requests', 'widget', 'api', 'mcp'] as const;
export type DeveloperTab = (typeof developerTabs)[number];

/** The tab that an address names; the first one is not named. */
export function tabIn(name: unknown): { tab?: DeveloperTab } {
  const found = developerTabs.find((one) => one === name);
  return found ? { tab: found } : {};
}
