import { z } from 'zod';
import { allowance } from '../text.js';

/** How much may be asked for; all of it may come at once, after a rest. */
export const limitsSlice = {
  PARLEY_LIMIT_KEY: allowance()
    .prefault('3000/1m')
    .describe('Most requests of one API key, client or member, as a count and a time; `none` for no limit.'),
  PARLEY_LIMIT_WORKSPACE: allowance()
    .prefault('9000/1m')
    .describe('Most requests of a whole workspace, whoever sends them; `none` for no limit.'),
  PARLEY_LIMIT_CHANNEL: allowance()
    .prefault('6000/1m')
    .describe('Most requests of all visitors of one channel; `none` for no limit.'),
  PARLEY_LIMIT_SESSION: allowance()
    .prefault('120/1m')
    .describe('Most messages of one visitor; `none` for no limit.'),
  PARLEY_LIMIT_DOOR: allowance()
    .prefault('300/1m')
    .describe('Most sessions that one address begins on a channel; `none` for no limit.'),
} satisfies Record<string, z.ZodType>;
