/** The words of `en/parts.ts` in French. */
export const parts = {
  chat: {
    log: 'Conversation',
    waiting: 'Le bot répond',
    write: 'Écrire un message',
    send: 'Envoyer',
    again: 'Recommencer',
  },
  actor: { you: 'vous', member: 'un membre', program: 'un programme', system: 'Parley' },
};
