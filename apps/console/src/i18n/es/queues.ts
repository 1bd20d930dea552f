/** The words of `en/queues.ts` in Spanish. */
export const queues = {
  title: 'Colas',
  text: 'Timbres que despiertan el trabajo: lo que contienen, cada cinco segundos.',
  board: 'Abrir Bull Board',
  rings: 'El trabajo empieza al momento.',
  silent: 'La cola no responde: todo se hace igualmente, hasta dos segundos después.',
  notYours: 'Las colas son de toda la instalación. Su primer espacio dice quién puede verlas.',
  queue: 'Cola',
  state: { waiting: 'En espera', active: 'En curso', delayed: 'Más tarde', failed: 'Fallidos' },
  inbound: 'Entrada',
  outbound: 'Salida',
  bells:
    'Nada vive solo en una cola: lo abandonado está en los mensajes abandonados, y vaciar una cola no pierde ningún mensaje.',
};
