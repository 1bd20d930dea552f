import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { InboundEvent } from '#libs/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSettings } from '../settings.js';
import { conformance } from '../testkit/index.js';
import { connector } from './connector.js';
import { decodeTold } from './decode.js';
import { CAPTION_MAX, TEXT_MAX } from './manifest.js';
import { endOrphan } from './orphans.js';
import { messageOf } from './plan.js';
import { FromChild, ToldMessage } from './protocol.js';

const to = {
  thread: '4915112345678@c.us',
  address: { kind: 'phone', value: '+4915112345678' },
  conversationId: 'conv_1',
  lastInboundAt: null,
  lastInboundRef: null,
};

conformance({
  connector,
  folder: import.meta.dirname,
  settings: () => ({}),
  to,
  overConnection: true,
  plan: {
    limits: {
      text: {
        max: () => TEXT_MAX,
        measure: (part) => (messageOf(part).file ? 0 : (messageOf(part).text?.length ?? 0)),
      },
      caption: {
        max: () => CAPTION_MAX,
        measure: (part) => (messageOf(part).file ? (messageOf(part).text?.length ?? 0) : 0),
      },
    },
    readText: (part) => [messageOf(part).text, messageOf(part).location?.name].join('\n'),
  },
});

const settings = parseSettings(connector, {});
const told: ToldMessage = {
  stanza: '3EB0AA',
  serialized: 'false_4915112345678@c.us_3EB0AA',
  chat: '4915112345678@c.us',
  author: '4915112345678@c.us',
  name: 'Ann',
  isMine: false,
  type: 'chat',
  body: 'Hello',
  seconds: 1_790_000_000,
};
const decode = (more: Partial<ToldMessage>, groups = false) =>
  decodeTold({ tell: 'message', message: { ...told, ...more } }, { ...settings, groups })?.event;

describe('what the browser tells', () => {
  it('is a message from a phone number in its chat', () => {
    expect(decode({ quoted: '3EB0FF' })).toEqual({
      kind: 'message',
      event_key: 'm:4915112345678@c.us:3EB0AA',
      thread: '4915112345678@c.us',
      from: { kind: 'phone', value: '+4915112345678', name: 'Ann' },
      sent_at: '2026-09-21T14:13:20.000Z',
      provider_id: '3EB0AA',
      content: [{ type: 'text', text: 'Hello' }],
      reply_to: '3EB0FF',
    });
  });

  it.each([
    ['what we sent', { isMine: true }],
    ['a status', { chat: 'status@broadcast' }],
    ['a channel of news', { chat: '1203@newsletter' }],
  ])('is nothing when it is %s', (_, more) => expect(decode(more)).toBeUndefined());

  it('is ignored in a group unless groups are wanted', () => {
    const group = { chat: '1203@g.us', author: '4915112345678@c.us' };
    expect(decode(group)).toMatchObject({ kind: 'ignored' });
    expect(decode(group, true)).toMatchObject({ thread: '1203@g.us', from: { value: '+4915112345678' } });
  });

  it('keeps an id that is no phone number as it is', () => {
    expect(decode({ author: '99@lid' })).toMatchObject({ from: { kind: 'whatsapp', value: '99@lid' } });
  });

  it('names files by their id, with their caption', () => {
    expect(decode({ type: 'image', body: 'A cat', mime: 'image/jpeg' })).toMatchObject({
      content: [
        {
          type: 'image',
          url: 'media:false_4915112345678%40c.us_3EB0AA',
          caption: 'A cat',
          mime_type: 'image/jpeg',
        },
      ],
    });
  });

  it('reads a vCard', () => {
    const vcard =
      'BEGIN:VCARD\nFN:Ann Lee\nORG:Acme;\nitem1.TEL;waid=49151:+49 151\nEMAIL:ann@x.example\nEND:VCARD';
    expect(decode({ type: 'vcard', body: vcard, vcards: [vcard] })).toMatchObject({
      content: [
        {
          type: 'contact',
          name: 'Ann Lee',
          organization: 'Acme',
          phones: ['+49 151'],
          emails: ['ann@x.example'],
        },
      ],
    });
  });

  it.each([
    [-1, 'failed'],
    [1, 'sent'],
    [2, 'delivered'],
    [3, 'read'],
  ])('takes acknowledgement %d as %s', (ack, status) => {
    const event = decodeTold({ tell: 'ack', chat: to.thread, stanza: '3EB0', ack }, settings)?.event;
    expect(event).toMatchObject({ kind: 'receipt', provider_ref: '3EB0', status });
  });

  it('is always valid, and always the same event for the same message', () => {
    const message = fc.record({
      ...Object.fromEntries(
        Object.entries(told).map(([name, value]) => [
          name,
          name === 'type'
            ? fc.constantFrom('chat', 'image', 'ptt', 'document', 'location', 'vcard', 'poll_creation')
            : fc.constant(value),
        ]),
      ),
      body: fc.string({ unit: 'binary', maxLength: 2_000 }),
      location: fc.option(
        fc.record({ latitude: fc.double({ noNaN: true }), longitude: fc.double({ noNaN: true }) }),
        { nil: undefined },
      ),
      vcards: fc.option(fc.array(fc.string(), { maxLength: 3 }), { nil: undefined }),
    }) as unknown as fc.Arbitrary<ToldMessage>;
    fc.assert(
      fc.property(message, (one) => {
        const made = decodeTold({ tell: 'message', message: one }, settings);
        if (!made) return;
        expect(InboundEvent.parse(made.event)).toEqual(made.event);
        expect(decodeTold({ tell: 'message', message: structuredClone(one) }, settings)).toEqual(made);
      }),
    );
  });

  it('is not believed when it is none of the agreed messages', () => {
    expect(FromChild.safeParse({ tell: 'message', message: { stanza: 1 } }).success).toBe(false);
  });
});

describe('a profile that a killed process left', () => {
  let profile: string;
  beforeAll(() => {
    profile = mkdtempSync(path.join(tmpdir(), 'parley-profile-'));
  });
  afterAll(() => rmSync(profile, { recursive: true, force: true }));
  const lock = (target: string): void => symlinkSync(target, path.join(profile, 'SingletonLock'));

  it('is left alone when nobody has locked it', async () => expect(await endOrphan(profile)).toBeNull());

  it('loses its lock, and the process of that number lives when it is something else', async () => {
    lock(`${hostname()}-${process.pid}`);
    expect(await endOrphan(profile)).toBeNull();
    expect(existsSync(path.join(profile, 'SingletonLock'))).toBe(false);
  });

  it('loses the browser that still holds it', async () => {
    const browser = spawn('sh', ['-c', 'sleep 60; :', `--user-data-dir=${profile}`], { stdio: 'ignore' });
    lock(`${hostname()}-${browser.pid}`);
    const ended = new Promise((resolve) => browser.once('exit', (_, signal) => resolve(signal)));
    expect(await endOrphan(profile)).toBe(browser.pid);
    expect(await ended).toBe('SIGKILL');
  });
});
