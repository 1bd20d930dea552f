/** The words of `en/parts.ts` in German. */
export const parts = {
  chat: {
    log: 'Unterhaltung',
    waiting: 'Der Bot antwortet',
    write: 'Nachricht schreiben',
    send: 'Senden',
    again: 'Neu beginnen',
  },
  actor: { you: 'Sie', member: 'ein Mitglied', program: 'ein Programm', system: 'Parley' },
};
