import { describe, expect, it } from 'vitest';
import { type Message, newId, WebhookPayload } from '#libs/model';
import { type PayloadParts, writePayload } from './payload.js';

const conversationId = newId('conversation');
const channelId = newId('channel');
const message = (text: string, seq = 1) =>
  ({ id: newId('message'), seq, parts: [{ type: 'text', text }] }) as unknown as Message;
const context = {
  contact: {
    id: newId('contact'),
    name: 'Ann',
    addresses: [{ kind: 'email', value: 'ann@example.com' }],
    attributes: { lead_score: '7' },
  },
  metadata: { page_url: 'https://shop.example/?utm_source=news' },
};
const parts = (change: Partial<PayloadParts> = {}, include: PayloadParts['webhook']['include'] = []) => ({
  webhook: {
    type: 'message.created' as const,
    occurredAt: new Date('2026-11-21T12:00:00Z'),
    logged: { conversationId, channelId, seq: 3 },
    include,
  },
  data: { message: message('hi') },
  context,
  transcript: null,
  ...change,
});
const read = (text: string) => WebhookPayload.parse(JSON.parse(text));

describe('the body of a webhook', () => {
  it('says what happened, when and where, and no more than was asked for', () => {
    const { type, timestamp, data } = read(writePayload(parts()));
    expect([type, timestamp]).toEqual(['message.created', '2026-11-21T12:00:00.000Z']);
    expect(data).toMatchObject({ conversation_id: conversationId, seq: 3, channel_id: channelId });
    expect(Object.keys(data).sort()).toEqual(['channel_id', 'conversation_id', 'message', 'seq']);
  });

  it('has the person, the page and the transcript for who asks', () => {
    const transcript = [message('one', 1), message('two', 2)];
    const { data } = read(writePayload(parts({ transcript }, ['contact', 'metadata', 'transcript'])));
    expect(data).toMatchObject({ contact: context.contact, metadata: context.metadata, transcript });
    expect(data.truncated).toBeUndefined();
  });

  it('has 20 kB at most: a large message is left to be read by its id', () => {
    const large = message('ä'.repeat(15_000));
    const text = writePayload(parts({ data: { message: large } }));
    expect(Buffer.byteLength(text)).toBeLessThan(20_000);
    expect(read(text).data).toMatchObject({ message_id: large.id, truncated: ['message'], seq: 3 });
  });

  it('has 256 kB at most with a transcript, of which the newest lines stay', () => {
    const transcript = Array.from({ length: 50 }, (_, seq) => message('x'.repeat(10_000), seq + 1));
    const text = writePayload(parts({ transcript }, ['transcript']));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(256_000);
    const { data } = read(text);
    const kept = data['transcript'] as { seq: number }[];
    expect(kept.at(-1)?.seq).toBe(50);
    expect(kept.length).toBeGreaterThan(10);
    expect(data).toMatchObject({ truncated: ['transcript'], message: { seq: 1 } });
  });

  it('stays small whatever an event carries', () => {
    const data = { reason: 'x'.repeat(50_000), state: 'down' };
    const text = writePayload(parts({ data, context: null, webhook: { ...parts().webhook, logged: null } }));
    expect(read(text).data).toEqual({ state: 'down', truncated: ['reason'] });
  });
});
