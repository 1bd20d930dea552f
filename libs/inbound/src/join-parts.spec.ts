import fc from 'fast-check';
import { newId, type InboundMessage } from '#libs/model';
import type { PendingEvent } from '#libs/store';
import { describe, expect, it } from 'vitest';
import { joinParts } from './join-parts.js';

const now = (): number => Date.now();

function pending(text: string, join?: InboundMessage['join'], from = 'ann'): PendingEvent {
  const event: InboundMessage = {
    kind: 'message',
    event_key: `${from} ${text} ${join?.part ?? ''}`,
    thread: from,
    from: { kind: 'phone', value: from },
    provider_id: `p-${text}`,
    content: [{ type: 'text', text }],
    ...(join && { join }),
  };
  return { inboxEventId: newId('inboxEvent'), event, attempts: 0, messageId: null };
}
const textsOf = (events: readonly PendingEvent[]): string[] =>
  events.map(({ event }) =>
    event.kind === 'message' && event.content[0]?.type === 'text' ? event.content[0].text : event.kind,
  );

describe('joining the parts of a message', () => {
  it('changes nothing where nothing is in parts', () => {
    const events = [pending('a'), pending('b')];
    expect(joinParts(events, now())).toEqual({ events, absorbed: [], wait: null });
  });

  it('makes one message of them, whatever their order, and keeps what stands between', () => {
    const parts = ['Hel', 'lo ', 'you'].map((text, at) => pending(text, { of: '7', part: at + 1, total: 3 }));
    fc.assert(
      fc.property(fc.shuffledSubarray(parts, { minLength: 3 }), (shuffled) => {
        const between = pending('other');
        const { events, absorbed, wait } = joinParts([shuffled[0]!, between, ...shuffled.slice(1)], now());
        expect(textsOf(events)).toEqual(['other', 'Hello you']);
        expect(events.at(-1)).toMatchObject({
          inboxEventId: shuffled.at(-1)!.inboxEventId,
          event: { provider_id: 'p-Hel' },
        });
        expect(events.at(-1)!.event).not.toHaveProperty('join');
        expect(absorbed.map(({ inboxEventId }) => inboxEventId)).toEqual(
          shuffled.slice(0, -1).map(({ inboxEventId }) => inboxEventId),
        );
        expect(wait).toBeNull();
      }),
    );
  });

  it('waits for what is missing, and lets everything else go on', () => {
    const { events, absorbed, wait } = joinParts(
      [pending('a', { of: '7', part: 1, total: 2 }), pending('other')],
      now(),
    );
    expect(textsOf(events)).toEqual(['other']);
    expect(absorbed).toEqual([]);
    expect(wait?.ms).toBeGreaterThan(50_000);
  });

  it('puts signs together that were cut in two', () => {
    const { events } = joinParts(
      [
        pending('a', { of: '7', part: 1, total: 2, halves: { last: 0xd83d } }),
        pending('b', { of: '7', part: 2, total: 2, halves: { first: 0xde00 } }),
      ],
      now(),
    );
    expect(textsOf(events)).toEqual(['a😀b']);
  });

  it('says how many parts wait', () => {
    const { wait } = joinParts(
      [1, 2, 3].map((part) => pending('x', { of: '7', part, total: 5 })),
      now(),
    );
    expect(wait?.parts).toBe(3);
  });

  it('takes what is there when nothing more has come for a minute', () => {
    const { events, wait } = joinParts([pending('only', { of: '7', part: 2, total: 2 })], now() + 60_001);
    expect([textsOf(events), wait]).toEqual([['only'], null]);
  });

  it('counts a part that came twice once, and does not mix people or messages', () => {
    const events = [
      pending('x', { of: '7', part: 1, total: 2 }),
      pending('x', { of: '7', part: 1, total: 2 }),
      pending('y', { of: '7', part: 2, total: 2 }, 'bob'),
      pending('z', { of: '8', part: 2, total: 2 }),
    ];
    expect(joinParts(events, now()).events).toEqual([]);
  });
});
