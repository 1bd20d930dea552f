import type { Logger, LogLevel } from '@slack/bolt';

const nothing = (): void => undefined;

/** Slack's client writes whole messages into its log. */
export const silentLogger = (level: LogLevel): Logger => ({
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => level,
});
