/** Words of the queues. */
export const queues = {
  title: 'Queues',
  text: 'Bells that wake the workers: what they hold, every five seconds.',
  board: 'Open Bull Board',
  rings: 'Work starts at once.',
  silent: 'The queue does not answer: everything is done all the same, up to two seconds later.',
  notYours: 'The queues belong to the whole installation. Its first workspace says who may look.',
  queue: 'Queue',
  state: { waiting: 'Waiting', active: 'At work', delayed: 'Later', failed: 'Failed' },
  inbound: 'Inbound',
  outbound: 'Outbound',
  bells:
    'Nothing lives in a queue alone: what was given up stands under dead letters, and emptying a queue loses no message.',
} as const;
