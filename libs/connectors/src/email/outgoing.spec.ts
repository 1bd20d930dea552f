import { describe, expect, it } from 'vitest';
import type { Content, InboundEvent } from '#libs/model';
import type { Destination, Io, Part } from '../connector.js';
import { parseMail } from '../shared/mail/mail.js';
import { connector } from './connector.js';
import { KEY, mail, NOW, OUR_ID, receive, settings, to } from './email-fixture.js';
import type { EmailSettings } from './manifest.js';
import { writeMail } from './outgoing.js';
import { rawOf } from './raw-mail.js';

const io = (more: Partial<EmailSettings> = {}): Io<EmailSettings> => ({
  settings: { ...settings, ...more },
  fetch: () => Promise.reject(new Error('no calls')),
  signal: new AbortController().signal,
  now: () => NOW,
  linkTo: (url) => Promise.resolve(`https://parley.example/media/${url.slice(6)}`),
  readMedia: (url, max) =>
    max < 100
      ? Promise.reject(new Error('too large'))
      : Promise.resolve({ bytes: Buffer.from(url), mimeType: 'image/png', fileName: 'a\r\nb.png' }),
});
const partOf = (...contents: Content[]): Part => connector.outbound.plan(contents, settings).parts[0]!;
const text = (words: string): Content => ({ type: 'text', text: words });
const answered: Destination = {
  ...to,
  lastInboundRef: 'q-1@shop.example',
  lastInboundMetadata: {
    subject: 'AW: Size',
    message_id: 'q-1@shop.example',
    references: 'r-1@shop.example r-2@shop.example',
    text_mark: 'abcd1234',
  },
};

describe('a mail that goes out', () => {
  it('is an answer in its thread, and says that a machine wrote it', async () => {
    const saidBefore = { turnsToday: 0, turnsLately: 0, isRepeated: false };
    const byBot = { ...answered, saidBefore };
    const written = await rawOf(await writeMail(partOf(text('It is **42**.')), byBot, KEY, io()), NOW);
    const read = parseMail(written);
    expect(read).toMatchObject({
      subject: 'Re: Size',
      messageId: OUR_ID.replace('.parley@', '.abcd1234.parley@'),
      inReplyTo: ['q-1@shop.example'],
      references: ['r-1@shop.example', 'r-2@shop.example', 'q-1@shop.example'],
      text: 'It is 42.\n',
    });
    expect(read.html).toContain('It is <b>42</b>.');
    expect(Object.fromEntries(read.headers.map(({ name, raw }) => [name, raw]))).toMatchObject({
      'auto-submitted': 'auto-replied',
      'x-auto-response-suppress': 'All',
    });
  });

  it('does not say so when a person answers', async () => {
    const { headers } = await writeMail(partOf(text('It is 42.')), answered, KEY, io());
    expect(Object.keys(headers)).toEqual(['X-Parley-Loop']);
  });

  it('comes back to its conversation when it is answered, by anybody', async () => {
    const { messageId } = await writeMail(partOf(text('It is 42.')), answered, KEY, io());
    const [event] = receive(
      `From: bob@shop.example\r\nSubject: Re: Size\r\nIn-Reply-To: <${messageId}>\r\nMessage-ID: <b@x>\r\n\r\nThanks`,
    );
    expect(event).toMatchObject({ thread: to.thread, from: { value: 'bob@shop.example' } });
  });

  it('offers options by number and by links that come back as the choice', async () => {
    const asked: Content = {
      type: 'choices',
      text: 'Which?',
      style: 'buttons',
      options: [
        { id: 'r', label: 'Red & round' },
        { id: 'b', label: 'Blue', url: 'https://shop.example/b' },
      ],
    };
    const { text: plain, html } = await writeMail(partOf(asked), answered, KEY, io());
    expect(plain).toContain('1. Red & round\n2. Blue');
    const link = /href="(mailto:[^"]+)"/.exec(html)![1]!.replaceAll('&#38;', '&');
    const { pathname, searchParams } = new URL(link);
    expect(pathname).toBe('support@acme.example');
    const back = receive(
      `From: ann@shop.example\r\nTo: ${pathname}\r\nSubject: ${searchParams.get('subject')}\r\n\r\n${searchParams.get('body')}`,
    );
    expect(back).toMatchObject([{ thread: to.thread, content: [{ type: 'text', text: 'Red & round' }] }]);
    expect(html).toContain('href="https://shop.example/b"');
  });

  it('takes files along while they fit, and links to the others', async () => {
    const picture: Content = { type: 'image', url: 'media:med_1', alt: 'A shoe' };
    const inside = await writeMail(partOf(picture), to, KEY, io());
    expect(inside.files).toMatchObject([{ fileName: 'a b.png', contentId: 'file-1@parley' }]);
    expect(inside.html).toContain('src="cid:file-1@parley"');
    const outside = await writeMail(
      partOf({ type: 'file', url: 'media:med_2' }),
      to,
      KEY,
      io({ attachment_bytes_max: 10 }),
    );
    expect(outside.files).toEqual([]);
    expect(outside.html).toContain('https://parley.example/media/med_2');
  });

  it.each([
    { subject: 'x\r\nBcc: eve@evil.example' },
    { references: 'a@b\r\nBcc: eve@evil.example' },
    { message_id: 'a@b>\r\nBcc: <eve@evil.example' },
    { reply_to: 'ann@shop.example\r\nBcc: eve@evil.example' },
    { text_mark: 'x\r\nBcc: eve@evil.example' },
  ])('cannot be given headers by what somebody wrote: %j', async (told) => {
    const destination = {
      ...to,
      address: { kind: 'email', value: 'ann@shop.example', name: 'A\r\nBcc: eve@evil.example' },
      lastInboundMetadata: { ...told } as Record<string, string>,
    };
    const bytes = await writeMail(partOf(text('x')), destination, 'k\r\nBcc: eve@evil.example', io()).then(
      (made) => rawOf(made, NOW),
      () => Buffer.alloc(0),
    );
    const head = bytes.toString().split('\r\n\r\n')[0]!;
    expect(head).not.toMatch(/^bcc:/im);
  });

  it('asks for answers to an address with a token where the channel wants that', async () => {
    const { replyTo } = await writeMail(partOf(text('x')), to, KEY, io({ reply_tokens: true }));
    expect(replyTo).toMatch(/^support\+[\w-]{33}@acme\.example$/);
    expect(receive(mail(`Cc: ${replyTo}`, '', 'y'))).toMatchObject([{ thread: to.thread }]);
  });
});

it('a mailbox that answers everything gets no third mail', async () => {
  const robot = 'Thank you for your message, we will get back to you as soon as possible.';
  const first = receive(mail('', robot))[0] as Extract<InboundEvent, { kind: 'message' }>;
  expect(first.automatic).toBeUndefined();
  const now = NOW;
  const key = timeKey(now - 5_000);
  const destination = {
    ...to,
    thread: first.thread,
    lastInboundRef: first.provider_id,
    lastInboundMetadata: first.metadata!,
  };
  const ours = await writeMail(partOf(text('Hello!')), destination, key, io());
  const again = receive(
    `From: ann@shop.example\r\nMessage-ID: <q-2@x>\r\nIn-Reply-To: <${ours.messageId}>\r\nSubject: Re: Size\r\n\r\n${robot}`,
  );
  expect(again).toMatchObject([{ automatic: true, metadata: { automatic: 'repeating' } }]);
  const person = receive(
    `From: ann@shop.example\r\nMessage-ID: <q-3@x>\r\nIn-Reply-To: <${ours.messageId}>\r\nSubject: Re: Size\r\n\r\nNo, something quite different this time, please.`,
  );
  expect((person[0] as { automatic?: boolean }).automatic).toBeUndefined();
});

/** A TypeID made at this time. */
function timeKey(time: number): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  let letters = '';
  for (let bits = BigInt(time), at = 0; at < 10; at++, bits /= 32n)
    letters = alphabet[Number(bits % 32n)]! + letters;
  return `dlv_${letters}0000000000000000`;
}
