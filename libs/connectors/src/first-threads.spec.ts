import { describe, expect, it } from 'vitest';
import { registry } from './registry.gen.js';
import { threadOfToken, tokenOf } from './shared/mail/thread.js';
import { inboundSms } from './shared/sms/inbound-sms.js';
import { phoneThread } from './shared/sms/text-for-phone.js';

const speakFirst = [...registry].flatMap(([id, { outbound }]) =>
  outbound.threadOf ? [{ id, threadOf: outbound.threadOf }] : [],
);

describe('a first message', () => {
  it('goes to a phone on the thread on which the answer will come', () => {
    const answer = inboundSms(
      { id: 'm1', from: '4915112345678', to: '12345', text: 'hi' },
      { stop_words: ['STOP'], start_words: ['START'] },
    );
    expect(phoneThread(answer!.from)).toBe(answer!.thread);
    expect(phoneThread({ kind: 'phone', value: 'AcmeInc' })).toBeNull();
    expect(phoneThread({ kind: 'email', value: '+4915112345678' })).toBeNull();
  });

  it('goes to a mailbox on a thread that its answers name', () => {
    const email = speakFirst.find(({ id }) => id === 'email');
    const thread = email?.threadOf({ kind: 'email', value: 'ada@example.com' }, {});
    const secrets = { secret: 'x'.repeat(32) };
    expect(threadOfToken(tokenOf(thread!, secrets), secrets)).toBe(thread);
    expect(email?.threadOf({ kind: 'phone', value: '+4915112345678' }, {})).toBeNull();
  });

  it.each(speakFirst)('has the same thread every time on $id', ({ threadOf }) => {
    for (const address of [
      { kind: 'phone', value: '+4915112345678' },
      { kind: 'email', value: 'ada@example.com' },
    ]) {
      expect(threadOf(address, {})).toBe(threadOf(address, {}));
    }
  });
});
