import fc from 'fast-check';
import type { Content } from '#libs/model';
import { describe, expect, it } from 'vitest';
import { contents } from '../../../../../test/support/arbitraries.js';
import { inboundSms, type ReceivedSms } from './inbound-sms.js';
import { defaultKeywords, keywordOf } from './keywords.js';
import { isReachable, senderKind, toE164 } from './phone.js';
import { planSms, SmsBody } from './plan-sms.js';
import { sizeOf } from './segments.js';
import { readySms, refusesAddress } from './text-for-phone.js';

const words = { stop_words: defaultKeywords.stop, start_words: defaultKeywords.start };
const bodies = (said: readonly Content[], hasMedia = false, maxSegments = 10): SmsBody[] =>
  planSms(said, { maxSegments, hasMedia }).parts.map(({ body }) => SmsBody.parse(body));
const option = (label: string): { id: string; label: string } => ({ id: label, label });

describe('a number', () => {
  it.each([
    ['+49 151 12345678', undefined, '+4915112345678'],
    ['004915112345678', undefined, '+4915112345678'],
    ['4915112345678', undefined, '+4915112345678'],
    ['0151 12345678', 'DE', '+4915112345678'],
    ['(415) 555-2671', 'US', '+14155552671'],
    ['12345', undefined, '12345'],
    ['32665', 'US', '32665'],
    ['AcmeInc', undefined, 'AcmeInc'],
    [' Bank 24 ', 'DE', 'Bank 24'],
  ])('%j from %s is %j', (raw, country, number) => expect(toE164(raw, country)).toBe(number));

  it('stays what it is when it is read again', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+?[0-9 ()-]{3,18}$/), (raw) => {
        expect(toE164(toE164(raw))).toBe(toE164(raw));
      }),
    );
  });

  it('can be written to when it is a number or a short code, and not when it is a name', () => {
    expect(['+4915112345678', '32665', 'AcmeInc', '+', '12'].map(isReachable)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(['+4915112345678', '32665', 'AcmeInc'].map(senderKind)).toEqual(['number', 'short-code', 'name']);
    const to = { thread: 'AcmeInc', address: { kind: 'phone', value: 'AcmeInc' }, conversationId: 'c' };
    const rest = { lastInboundAt: null, lastInboundRef: null };
    expect(refusesAddress({ ...to, ...rest })).toMatchObject({ code: 'not-a-phone-number' });
    expect(
      refusesAddress({ ...to, ...rest, address: { kind: 'phone', value: '+4915112345678' } }),
    ).toBeNull();
    expect(refusesAddress({ ...to, ...rest, address: { kind: 'email', value: '32665' } })).not.toBeNull();
  });
});

describe('a keyword', () => {
  it.each([
    ['STOP', 'stop'],
    [' stop. ', 'stop'],
    ['Arrêt', 'stop'],
    ['unsubscribe', 'stop'],
    ['STOP PLEASE', null],
    ['please stop', null],
    ['nonstop', null],
    ['Start!', 'start'],
    ['help', 'help'],
    ['?', null],
    ['', null],
    ['...', null],
  ] as const)('%j is %s', (said, keyword) => expect(keywordOf(said, words)).toBe(keyword));

  it('is what the channel says', () => {
    const german = { stop_words: ['STOPP'], start_words: ['WEITER'] };
    expect([keywordOf('stopp', german), keywordOf('stop', german), keywordOf('Weiter', german)]).toEqual([
      'stop',
      null,
      'start',
    ]);
  });
});

describe('a received SMS', () => {
  const sms: ReceivedSms = { id: 'm1', from: '4915112345678', to: '12345', text: 'hi' };

  it('belongs to the conversation of its number', () => {
    expect(inboundSms(sms, words)).toEqual({
      kind: 'message',
      event_key: 'm1',
      provider_id: 'm1',
      thread: '+4915112345678',
      from: { kind: 'phone', value: '+4915112345678' },
      content: [{ type: 'text', text: 'hi' }],
      metadata: { to: '12345' },
    });
  });

  it('says STOP and START, but not as a part of something longer', () => {
    expect(inboundSms({ ...sms, text: 'Stop' }, words)).toMatchObject({ consent: 'opted-out' });
    expect(inboundSms({ ...sms, text: 'start' }, words)).toMatchObject({ consent: 'opted-in' });
    expect(inboundSms({ ...sms, text: 'x', keyword: 'stop' }, words)).toMatchObject({ consent: 'opted-out' });
    const part = { ref: '7', part: 2, total: 2 };
    expect(inboundSms({ ...sms, text: 'stop', part }, words)).toMatchObject({
      join: { of: '7/2', part: 2, total: 2 },
    });
    expect(inboundSms({ ...sms, text: 'stop', part }, words)).not.toHaveProperty('consent');
  });

  it('that says nothing is none', () => expect(inboundSms({ ...sms, text: ' ' }, words)).toBeNull());
});

describe('the plan of an SMS', () => {
  it('is one text, because networks do not keep an order, with choices by number', () => {
    const said: Content[] = [
      { type: 'text', text: '**Hello** [there](https://a.example)' },
      { type: 'choices', text: 'Well?', style: 'buttons', options: [option('Yes'), option('*No*')] },
      { type: 'choices', text: 'And?', style: 'buttons', options: [option('Sure')] },
    ];
    expect(bodies(said)).toEqual([
      {
        text: 'Hello there (https://a.example)\n\nWell?\n\n1. Yes\n2. *No*\n\nAnd?\n\n3. Sure',
        encoding: 'gsm-7',
        segments: 1,
        links: [],
        media: [],
      },
    ]);
    expect(planSms(said, { maxSegments: 10 }).lost).toEqual([
      'choices → numbered text',
      'choices → numbered text',
    ]);
  });

  it('keeps room for links, which are made when it is sent', async () => {
    const said: Content[] = [{ type: 'image', url: 'media:med_1', caption: 'a'.repeat(110) }];
    const [part] = planSms(said, { maxSegments: 10 }).parts;
    expect(SmsBody.parse(part!.body)).toMatchObject({ segments: 3, links: ['media:med_1'] });
    const io = { linkTo: (url: string) => Promise.resolve(`https://p.example/${url.slice(6)}`) };
    expect(await readySms(part!, io)).toEqual({
      text: `${'a'.repeat(110)}\nhttps://p.example/med_1`,
      media: [],
    });
  });

  it('sends files along by MMS, and writes their addresses for a provider without', async () => {
    const said: Content[] = [
      { type: 'text', text: 'Look:' },
      { type: 'image', url: 'https://a.example/1.png', caption: 'One' },
    ];
    const { parts } = planSms(said, { maxSegments: 10, hasMedia: true });
    expect(parts.map(({ rendering }) => rendering)).toEqual(['text', 'mms']);
    const io = { linkTo: () => Promise.reject(new Error('none')) };
    expect(await readySms(parts[1]!, io, true)).toEqual({ text: 'One', media: ['https://a.example/1.png'] });
    expect(await readySms(parts[1]!, io)).toEqual({ text: 'One\nhttps://a.example/1.png', media: [] });
  });

  it('fits, whatever is said, and cuts no link', () => {
    fc.assert(
      fc.property(contents(), fc.integer({ min: 3, max: 10 }), fc.boolean(), (said, max, hasMedia) => {
        for (const body of bodies(said, hasMedia, max)) {
          expect(body.segments).toBeLessThanOrEqual(max);
          expect(sizeOf(body.text).encoding).toBe(body.encoding);
          expect(body.text !== '' || body.media.length > 0).toBe(true);
        }
      }),
    );
    const long: Content[] = [
      { type: 'text', text: 'Ж'.repeat(500) },
      { type: 'file', url: 'media:med_2' },
    ];
    expect(bodies(long, false, 3).filter(({ links }) => links.length > 0)).toMatchObject([
      { text: expect.stringContaining('media:med_2') },
    ]);
  });
});
