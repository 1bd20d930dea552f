import type { Action } from '../commands.js';

/** Lists what was given up. */
export const list: Action<{ kind: 'delivery' | 'inbox_event' }> = (desk, _given, { kind }) =>
  desk.list(desk.parley.deadLetters.list({ kind, limit: 100 }), [
    ['id', ({ id }) => id],
    ['status', ({ status }) => status],
    ['reason', ({ reason }) => reason],
    ['attempts', ({ attempts }) => attempts],
    ['at', ({ at }) => at],
  ]);

/** Tries one again. */
export const retry: Action = async (desk, [id]) => {
  await desk.parley.deadLetters.replay(id!);
  desk.show({ replayed: id }, `${id} is tried again.`);
};

/** Says that one has arrived. */
export const sent: Action = async (desk, [id]) => {
  await desk.parley.deadLetters.markSent(id!);
  desk.show({ sent: id }, `${id} counts as sent.`);
};
