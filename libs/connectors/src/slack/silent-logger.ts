import bolt, { type Logger } from '@slack/bolt';

const nothing = (): void => undefined;

/** Slack's client writes whole messages into its log. */
export const silent: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => bolt.LogLevel.ERROR,
};
