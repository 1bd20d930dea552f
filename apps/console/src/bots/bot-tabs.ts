/** The tabs of a bot. */
export const botTabs = ['talk', 'rules', 'flows', 'knowledge', 'guard', 'try', 'file'] as const;
