/** Words of parts that several screens share. */
export const parts = {
  chat: {
    log: 'Conversation',
    waiting: 'The bot is answering',
    write: 'Write a message',
    send: 'Send',
    again: 'Begin again',
  },
  actor: { you: 'you', member: 'a member', program: 'a program', system: 'Parley' },
} as const;
