/** The words of `en/parts.ts` in Spanish. */
export const parts = {
  chat: {
    log: 'Conversación',
    waiting: 'El bot responde',
    write: 'Escribir un mensaje',
    send: 'Enviar',
    again: 'Empezar de nuevo',
  },
  actor: { you: 'usted', member: 'un miembro', program: 'un programa', system: 'Parley' },
};
