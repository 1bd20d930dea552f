import { pass, silence, type Responder } from '../responder.js';

/** Silence while somebody else owns the conversation. */
export const control: Responder = {
  name: 'control',
  respond: async ({ conversation: { owner } }) =>
    owner === 'bot'
      ? pass('The bot owns the conversation', { owner })
      : silence(`The conversation belongs to: ${owner}`, { owner }),
};
