import type { FaultRow } from '../row.js';

/** Faults of a channel: the provider, its account, or the way there. The first five are all that `deliver` may throw. */
export const channelFaults = {
  'channel/throttled': {
    http: 429,
    retry: 'when-told',
    log: 'info',
    title: 'The provider asks to slow down',
    cause: 'The account has reached a rate limit of the provider.',
    fix: 'Nothing: the account pauses until the time the provider gave, and no attempt is spent.',
  },
  'channel/unreachable': {
    http: 502,
    retry: 'later',
    log: 'warn',
    title: 'The provider cannot be reached',
    cause: 'No connection came about, or the provider refused before it accepted anything.',
    fix: 'Nothing at first: it is tried again with growing pauses; if it lasts, look at the provider and the network.',
  },
  'channel/outcome-unknown': {
    http: 502,
    retry: 'ask-first',
    log: 'warn',
    title: 'Nobody knows whether it was sent',
    cause: 'The request left, and no answer came back.',
    fix: 'Where the provider can be asked, that happens by itself; else choose: mark it as sent (`POST /v1/dead-letters/{id}/mark-sent`), or send it again (`…/replay`).',
  },
  'channel/rejected': {
    http: 422,
    retry: 'never',
    log: 'info',
    title: 'The provider rejects it',
    cause: 'The provider will never accept this message; its own code and words are in `provider`.',
    fix: 'Change the content or the recipient as the words of the provider say.',
  },
  'channel/credentials': {
    http: 424,
    retry: 'never',
    log: 'warn',
    title: 'The provider does not accept the credentials',
    cause: 'The secret of the channel is wrong, expired or revoked, or lacks a permission.',
    fix: 'Put new credentials into the channel and run its check.',
  },
  'channel/not-connected': {
    http: 424,
    retry: 'never',
    log: 'info',
    title: 'The channel is not connected',
    cause: 'The set-up of the channel is not finished, or its connection is closed.',
    fix: 'Run the check of the channel and follow its words.',
  },
  'channel/unknown-connector': {
    http: 422,
    retry: 'never',
    log: 'warn',
    title: 'There is no such connector',
    cause: 'The name is not in the registry of this server.',
    fix: 'Use a name from the list of connectors, or deploy the version that has it.',
  },
  'channel/paused': {
    http: 409,
    retry: 'never',
    log: 'info',
    title: 'The channel is paused',
    cause: 'Somebody paused the channel; nothing goes out through it.',
    fix: 'Resume the channel.',
  },
} as const satisfies Record<string, FaultRow>;
