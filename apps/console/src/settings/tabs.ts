/** What the settings have, but for their first tab. */
export const settingsTabs = [
  'team',
  'workspace',
  'replies',
  'labels',
  'retention',
  'visitors',
  'hours',
] as const;
export type SettingsTab = (typeof settingsTabs)[number];

/** The tab that an address names; the first one is not named. */
export function tabIn(name: unknown): { tab?: SettingsTab } {
  const found = settingsTabs.find((one) => one === name);
  return found ? { tab: found } : {};
}
