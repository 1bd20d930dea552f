import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from './decode.js';
import { eventSlices } from './slices.js';

const FROM = { kind: 'external', value: 'ann' };

function decodeBody(body: unknown) {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return decode({
    method: 'POST',
    url: 'https://parley.example/',
    query: {},
    headers: {},
    body: bytes,
    receivedAt: 0,
  });
}

describe('decode of a webhook channel', () => {
  it('fills in what a message may leave out', () => {
    expect(decodeBody({ type: 'message', id: 'm-1', from: FROM, text: 'hi' }).events).toMatchObject([
      {
        event: {
          kind: 'message',
          event_key: 'm-1',
          provider_id: 'm-1',
          thread: 'ann',
          from: FROM,
          content: [{ type: 'text', text: 'hi' }],
        },
      },
    ]);
  });

  it('takes a message that a person may press or type in several ways', () => {
    const item = { type: 'choice', id: 'c-1', from: FROM, option_id: 'y', label: 'Yes' };
    expect(decodeBody(item).events).toMatchObject([
      { event: { kind: 'choice', option_id: 'y', provider_id: 'c-1' } },
    ]);
  });

  it('keeps the order of a batch, and of each item the bytes that came', () => {
    const items = [3, 1, 2].map(
      (n) => `{ "type":"message","id" : "m-${n}", "from":{"kind":"external","value":"ü\\"]}"},"text":"[{"}`,
    );
    const { events } = decodeBody(`{"events": [${items.join(' ,')}] }`);
    expect(events.map(({ event }) => event.event_key)).toEqual(['m-3', 'm-1', 'm-2']);
    expect(events.map(({ raw }) => Buffer.from(raw).toString())).toEqual(items);
  });

  it('finds the bytes of every item, whatever JSON it holds', () => {
    const items = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(items, fc.constantFrom(0, 2), (events, indent) => {
        const body = Buffer.from(JSON.stringify({ events }, null, indent));
        const found = eventSlices(body).map((raw) => JSON.parse(Buffer.from(raw).toString()) as unknown);
        expect(JSON.stringify(found)).toBe(JSON.stringify(events));
      }),
    );
  });

  it('takes a corrected item under the id of the one that it ignored', () => {
    const wrong = decodeBody({ type: 'message', id: 'm-1', from: FROM });
    expect(wrong.events).toMatchObject([
      { event: { kind: 'ignored', event_key: expect.stringMatching(/^ignored:/) } },
    ]);
    expect(decodeBody({ type: 'message', id: 'm-1', from: FROM, text: 'x' }).events).toMatchObject([
      { event: { event_key: 'm-1' } },
    ]);
  });

  it('tells the sender what was ignored, and why', () => {
    const { reply } = decodeBody({
      events: [
        { type: 'message', id: 'm-1', text: 'x' },
        { type: 'poke', id: 'p-1' },
      ],
    });
    expect(JSON.parse(reply.body ?? '')).toEqual({
      accepted: 0,
      ignored: [
        { index: 0, reason: expect.stringContaining('/from') },
        { index: 1, reason: 'unknown type "poke"' },
      ],
    });
  });

  it.each([
    [{}],
    [[]],
    ['"x"'],
    ['{'],
    [{ events: [] }],
    [{ events: Array.from({ length: 101 }, () => ({ type: 'typing' })) }],
  ])('refuses a body that is neither an event nor a batch: %j', (body) =>
    expect(() => decodeBody(body)).toThrow(expect.objectContaining({ code: 'input/invalid' })),
  );

  it('takes a batch of 100', () => {
    const items = Array.from({ length: 100 }, (_, n) => ({ type: 'typing', id: `t-${n}`, from: FROM }));
    expect(decodeBody({ events: items }).events).toHaveLength(100);
  });
});
