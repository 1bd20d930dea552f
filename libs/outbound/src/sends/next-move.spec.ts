import { describe, expect, it } from 'vitest';
import { newId } from '#libs/model';
import type { TriedStep } from '#libs/store';
import { nextMove } from './next-move.js';

const NOW = 1_000_000;
const LATER = NOW + 3_600_000;
const fresh: TriedStep = {
  channelId: newId('channel'),
  success: 'delivered',
  waitMs: 60_000,
  at: null,
  messageId: null,
  conversationId: null,
  status: null,
  skipped: null,
};
const begun = (status: TriedStep['status'], agoMs = 1_000, more: Partial<TriedStep> = {}): TriedStep => ({
  ...fresh,
  at: new Date(NOW - agoMs),
  messageId: newId('message'),
  conversationId: newId('conversation'),
  status,
  ...more,
});

describe('a send over two channels', () => {
  it('begins with the first', () => {
    expect(nextMove([fresh, fresh], LATER, NOW)).toMatchObject({ do: 'begin', index: 0 });
  });

  it.each(['queued', 'sending', 'sent'] as const)('waits while the first is %s and has time', (status) => {
    expect(nextMove([begun(status), fresh], LATER, NOW)).toMatchObject({ do: 'wait', withdraw: [] });
  });

  it('looks soon at first, then less often, and never later than its time', () => {
    const again = (agoMs: number): unknown => nextMove([begun('sent', agoMs), fresh], LATER, NOW);
    expect(again(0)).toMatchObject({ againMs: 500 });
    expect(again(40_000)).toMatchObject({ againMs: 10_000 });
    expect(again(59_900)).toMatchObject({ againMs: 100 });
  });

  it.each(['failed', 'expired', null] as const)('goes on when the first is %s', (status) => {
    expect(nextMove([begun(status), fresh], LATER, NOW)).toMatchObject({ do: 'begin', index: 1 });
  });

  it('goes on when the first could not be begun', () => {
    const skipped = { ...fresh, at: new Date(NOW), skipped: 'no address' };
    expect(nextMove([skipped, fresh], LATER, NOW)).toMatchObject({ do: 'begin', index: 1 });
  });

  it.each(['queued', 'sending'] as const)(
    'takes the first back before the second, while it is %s',
    (status) => {
      const first = begun(status, 61_000);
      expect(nextMove([first, fresh], LATER, NOW)).toMatchObject({ do: 'wait', withdraw: [first.messageId] });
    },
  );

  it('goes on when the first was sent and no receipt came in its time', () => {
    expect(nextMove([begun('sent', 61_000), fresh], LATER, NOW)).toMatchObject({ do: 'begin', index: 1 });
  });

  it('ends with a late receipt of the first, and takes the second back', () => {
    const second = begun('queued');
    expect(nextMove([begun('delivered', 90_000), second], LATER, NOW)).toEqual({
      do: 'finish',
      state: 'sent',
      reason: null,
      withdraw: [second.messageId],
    });
  });

  it('leaves an unknown outcome to a person, and tries no other channel', () => {
    expect(nextMove([begun('unknown'), fresh], LATER, NOW)).toMatchObject({ do: 'finish', state: 'failed' });
  });

  it('fails when none of them could send it, and begins nothing after its time', () => {
    const dead = [begun('failed'), begun('failed')];
    expect(nextMove(dead, LATER, NOW)).toMatchObject({ do: 'finish', state: 'failed' });
    expect(nextMove([begun('failed'), fresh], NOW, NOW)).toMatchObject({ do: 'finish', state: 'failed' });
    expect(nextMove([fresh], NOW - 1, NOW)).toMatchObject({ do: 'finish', state: 'failed' });
  });

  it('counts what was sent as sent when no receipt ever says more', () => {
    expect(nextMove([begun('sent', 61_000), begun('failed')], LATER, NOW)).toMatchObject({ state: 'sent' });
    expect(nextMove([begun('sent', 61_000)], NOW, NOW)).toMatchObject({ do: 'finish', state: 'sent' });
  });
});
