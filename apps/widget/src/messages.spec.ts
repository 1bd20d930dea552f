import type { WidgetMessage } from '#libs/model';
import { describe, expect, it } from 'vitest';
import {
  isAnswered,
  isFollowUp,
  lastHeardSeq,
  stillUnsent,
  unreadAfter,
  withDelta,
  withMessage,
} from './messages.js';

const message = (seq: number, more: Partial<WidgetMessage> = {}): WidgetMessage =>
  ({
    id: `msg_${seq}`,
    seq,
    direction: 'out',
    author: 'bot',
    parts: [],
    deleted_at: null,
    client_id: null,
    ...more,
  }) as WidgetMessage;
const ours = (seq: number, client_id = `c-${seq}`): WidgetMessage =>
  message(seq, { direction: 'in', author: 'contact', client_id });
const seqs = (messages: readonly WidgetMessage[]): number[] => messages.map(({ seq }) => seq);

describe('messages', () => {
  it('stand in their order, whenever they come, and each once', () => {
    const all = [3, 1, 2, 3].reduce(
      (list, seq) => withMessage(list, message(seq)),
      [] as readonly WidgetMessage[],
    );
    expect(seqs(all)).toEqual([1, 2, 3]);
  });

  it('are replaced by what became of them', () => {
    const changed = withMessage([message(1), message(2)], message(1, { edited_at: '2026-11-21T12:00:00Z' }));
    expect(changed.map(({ edited_at }) => edited_at)).toEqual(['2026-11-21T12:00:00Z', undefined]);
  });

  it('of the other side count as unread behind the last one that was seen, unless they are gone', () => {
    const all = [
      message(1),
      ours(2),
      message(3),
      message(4, { deleted_at: '2026-11-21T12:00:00Z' }),
      message(5),
    ];
    expect([unreadAfter(all, 0), unreadAfter(all, 1), unreadAfter(all, lastHeardSeq(all))]).toEqual([
      3, 2, 0,
    ]);
    expect([lastHeardSeq([]), lastHeardSeq([ours(7)])]).toEqual([0, 0]);
  });

  it('are answered once the visitor has spoken behind them', () => {
    const all = [message(1), ours(2), message(3)];
    expect([isAnswered(all[0]!, all), isAnswered(all[2]!, all)]).toEqual([true, false]);
  });

  it('follow one of the same sender', () => {
    expect([
      isFollowUp(message(2), message(1)),
      isFollowUp(message(2), ours(1)),
      isFollowUp(message(1), undefined),
    ]).toEqual([true, false, false]);
  });
});

describe('what is not sent yet', () => {
  it('is what has not come back, in its order', () => {
    const unsent = ['a', 'b', 'c'].map((clientId) => ({ clientId, parts: [] }));
    expect(stillUnsent(unsent, [ours(1, 'b')]).map(({ clientId }) => clientId)).toEqual(['a', 'c']);
  });
});

describe('an answer that is being written', () => {
  it('grows piece by piece, and is forgotten when it does not count', () => {
    const first = withDelta(null, { index: 0, text: 'We are ' });
    expect(withDelta(first, { index: 1, text: 'open.' })).toBe('We are open.');
    expect(withDelta(first, { index: 0, text: '', reset: true })).toBeNull();
  });

  it('takes the place of one that was broken off', () => {
    expect(withDelta('We are op', { index: 0, text: 'Yes' })).toBe('Yes');
  });

  it('is not shown from its middle on', () => {
    expect(withDelta(null, { index: 3, text: 'open.' })).toBeNull();
  });
});
