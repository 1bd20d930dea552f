/** The tabs of a bot, by what they are for: what it says, what it does, whether it is right, and what became of it. */
export const botTabGroups = [
  ['talk', 'rules', 'intents', 'flows', 'knowledge', 'model'],
  ['tools', 'guard', 'people'],
  ['try', 'tests', 'learn', 'live'],
  ['versions', 'file'],
] as const;

/** The tabs of a bot. */
export const botTabs = botTabGroups.flat();
/** The name of a tab of a bot. */
export type BotTab = (typeof botTabs)[number];
