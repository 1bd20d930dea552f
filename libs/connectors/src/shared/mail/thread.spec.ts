import { describe, expect, it } from 'vitest';
import { parseMail } from './mail.js';
import {
  baseSubject,
  mintId,
  readOwnId,
  referencesFor,
  threadFor,
  threadOf,
  threadOfToken,
  tokenOf,
} from './thread.js';

const secrets = { secret: 'channel-secret' };
const ANN = 'ann@shop.example';
const ours = threadFor('first@shop.example', ANN, 'open');
const ownId = mintId(
  { key: 'dlv_01jd7z3q9ve8g8kq0w2m5n6p7r', token: tokenOf(ours, secrets), mark: 'a1b2' },
  'acme.example',
);
const find = (headers: string, sender = ANN, proof = 'open') =>
  threadOf(parseMail(Buffer.from(`${headers}\r\n\r\nx`)), sender, proof, secrets);

describe('a mail finds its conversation', () => {
  it('by the id of a mail of ours, whoever answers it', () => {
    const answer = `Message-ID: <r@x>\r\nIn-Reply-To: <${ownId}>\r\nReferences: <first@shop.example> <${ownId}>`;
    expect(find(answer)).toMatchObject({
      thread: ours,
      by: 'own-id',
      answers: { key: 'dlv_01jd7z3q9ve8g8kq0w2m5n6p7r', mark: 'a1b2' },
    });
    expect(find(answer, 'ann@home.example', 'refuted')).toMatchObject({ thread: ours });
    expect(find(`References: <${ownId}>\r\nSubject: something else`)).toMatchObject({ thread: ours });
  });

  it('by the token in the address, where headers were dropped', () => {
    expect(find(`To: Support <support+${tokenOf(ours, secrets)}@acme.example>`)).toMatchObject({
      thread: ours,
      by: 'token',
    });
  });

  it('by the first reference, for each sender apart', () => {
    expect(find('Message-ID: <first@shop.example>')).toMatchObject({ thread: ours, by: 'new' });
    expect(find('Message-ID: <2@x>\r\nReferences: <first@shop.example> <other@x>')).toMatchObject({
      thread: ours,
      by: 'reference',
    });
    expect(find('Message-ID: <2@x>\r\nIn-Reply-To: <first@shop.example>').thread).toBe(ours);
    expect(
      find('Message-ID: <2@x>\r\nIn-Reply-To: <first@shop.example>', 'eve@evil.example').thread,
    ).not.toBe(ours);
    expect(find('Message-ID: <2@x>\r\nIn-Reply-To: <first@shop.example>', ANN, 'refuted').thread).not.toBe(
      ours,
    );
  });

  it('not by an id that cannot be one', () => {
    expect(find('Message-ID: <2@x>\r\nIn-Reply-To: <yes>').by).toBe('new');
    expect(find('Message-ID: <2@x>\r\nReferences: <yes> <first@shop.example>')).toMatchObject({
      thread: ours,
      by: 'reference',
    });
    expect(find('Message-ID: <2@x>\r\nIn-Reply-To: <01jd7z3q9ve8g8kq0w2m>').by).toBe('reference');
  });

  it('by the subject, for answers of one sender that name no mail', () => {
    const [one, two] = [
      find('Message-ID: <1@x>\r\nSubject: Re: My order'),
      find('Message-ID: <2@x>\r\nSubject: AW: RE: my order'),
    ];
    expect([one.by, two.thread]).toEqual(['subject', one.thread]);
    expect(find('Message-ID: <3@x>\r\nSubject: Re: My order', 'eve@evil.example').thread).not.toBe(
      one.thread,
    );
    for (const subject of ['My order', 'Fwd: My order', 'Re: ok', 'Re: '])
      expect(find(`Message-ID: <4@x>\r\nSubject: ${subject}`).by).toBe('new');
  });

  it('not by a reference where it is less sure, or more, who the sender is', () => {
    const threads = ['proved', 'open', 'refuted'].map(
      (proof) => find('References: <first@shop.example>', ANN, proof).thread,
    );
    expect(new Set(threads).size).toBe(3);
  });

  it('not by a token that somebody made up', () => {
    const forged = `${tokenOf(ours, secrets).slice(0, -1)}${tokenOf(ours, secrets).endsWith('A') ? 'B' : 'A'}`;
    expect(threadOfToken(forged, secrets)).toBeNull();
    expect(find(`In-Reply-To: <dlv_1.${forged}.parley@acme.example>`).by).toBe('reference');
    expect(threadOfToken(tokenOf(ours, { secret: 'other' }), secrets)).toBeNull();
  });
});

describe('our own ids', () => {
  it('say what they were made of', () => {
    expect(readOwnId(ownId)).toEqual({
      key: 'dlv_01jd7z3q9ve8g8kq0w2m5n6p7r',
      token: tokenOf(ours, secrets),
      mark: 'a1b2',
    });
    expect(readOwnId('abc@x.example')).toBeNull();
  });

  it('lead back to threads that did not begin with a mail', () => {
    expect(threadOfToken(tokenOf('ann@shop.example', secrets), secrets)).toBe('ann@shop.example');
  });
});

it('references keep their first and their newest when there are too many', () => {
  const references = Array.from({ length: 40 }, (_, n) => `${n}@x`);
  const made = referencesFor({ references, messageId: 'last@x' });
  expect(made).toHaveLength(12);
  expect([made[0], made.at(-1)]).toEqual(['0@x', 'last@x']);
});

it.each(['Re: Fwd: Order', 'AW: WG: Order', 'RE[2]: Order', '回复：Order', '[list] Re: Order'])(
  '%s is about Order',
  (subject) => expect(baseSubject(subject)).toBe('Order'),
);
