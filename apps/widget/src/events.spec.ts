import { createParser } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';
import { eventReader, type StreamEvent } from './events.js';

const stream = [
  ': hello\n',
  'retry: 2000\n\n',
  'id: 7\nevent: message.created\ndata: {"type":"message.created","data":{"text":"a: b\\nc"}}\n\n',
  ': ping\n\n',
  'event: typing.started\r\ndata: {"data":{}}\r\n\r\n',
  'id: 8\ndata: {"a":\ndata: "é — 🙂"}\n\n',
  'event: nothing\n\n',
  'id: 9\nevent: cut\ndata: {"half',
].join('');

/** What is heard of a stream that comes in pieces of a length. */
function heard(length: number): StreamEvent[] {
  const events: StreamEvent[] = [];
  const read = eventReader((event) => events.push(event));
  for (let at = 0; at < stream.length; at += length) read(stream.slice(at, at + length));
  return events;
}

describe('the events of a stream', () => {
  it('are those that the library of the console reads', () => {
    const known: StreamEvent[] = [];
    const parser = createParser({
      onEvent: ({ id, event, data }) =>
        known.push({ id, type: event ?? '', data: JSON.parse(data) as Record<string, unknown> }),
    });
    parser.feed(stream);
    expect(known).toHaveLength(3);
    expect(heard(stream.length)).toEqual(known);
  });

  it('are the same wherever the line cuts them', () => {
    const whole = heard(stream.length);
    for (let length = 1; length < 60; length++)
      expect(heard(length), `in pieces of ${length}`).toEqual(whole);
  });
});
