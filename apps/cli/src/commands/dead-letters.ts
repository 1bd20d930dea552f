import { fault } from '#libs/faults';
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

/** Tries one again, or all of a kind; what may have gone out already is only tried one by one. */
export const retry: Action<{
  all?: boolean;
  kind: 'delivery' | 'inbox_event';
  channel?: string;
  dryRun?: boolean;
}> = async (desk, [id], { all, kind, channel, dryRun }) => {
  if (id !== undefined) {
    await desk.parley.deadLetters.replay(id);
    return desk.show({ replayed: id }, `${id} is tried again.`);
  }
  if (all !== true) throw fault('input/invalid', { detail: 'Name one, or --all.' });
  const which = { kind, dry_run: dryRun === true, ...(channel !== undefined && { channel_id: channel }) };
  const found = await desk.parley.deadLetters.replayMany(which);
  const more = found.has_more ? ' There are more: call it again.' : '';
  desk.show(found, `${found.count} ${dryRun ? 'would be' : 'are'} tried again.${more}`);
};

/** Says that one has arrived. */
export const sent: Action = async (desk, [id]) => {
  await desk.parley.deadLetters.markSent(id!);
  desk.show({ sent: id }, `${id} counts as sent.`);
};
