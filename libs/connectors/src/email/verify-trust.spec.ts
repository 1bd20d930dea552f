import { generateKeyPairSync } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { parseMail } from '../shared/mail/mail.js';
import { proofOf, trustOfHeaders } from './trust.js';
import { verifyTrust } from './verify-trust.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const zone: Readonly<Record<string, string>> = {
  's1._domainkey.shop.example': `v=DKIM1; k=rsa; p=${key}`,
  '_dmarc.shop.example': 'v=DMARC1; p=reject',
  'shop.example': 'v=spf1 ip4:192.0.2.1 -all',
};
const resolver = (name: string, type: string): Promise<string[][]> => {
  const text = type === 'TXT' ? zone[name] : undefined;
  return text === undefined
    ? Promise.reject(Object.assign(new Error('not there'), { code: 'ENOTFOUND' }))
    : Promise.resolve([[text]]);
};

async function signed(from = 'ann@shop.example'): Promise<Buffer> {
  const transport = createTransport({ streamTransport: true, buffer: true });
  const { message } = await transport.sendMail({
    from,
    to: 'support@acme.example',
    subject: 'x',
    text: 'hello',
    dkim: {
      domainName: 'shop.example',
      keySelector: 's1',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
  });
  return message as Buffer;
}
const received = (ip: string) => ({ ip, helo: 'mx.shop.example', sender: 'ann@shop.example' });

describe('who really sent a mail', () => {
  it('is proved by its signature', async () => {
    const trust = await verifyTrust(await signed(), received('192.0.2.1'), resolver);
    expect(trust).toMatchObject({ spf: 'pass', dkim: 'pass', dmarc: 'pass' });
    expect(proofOf(trust)).toBe('proved');
  });

  it('is not who it says when nothing fits, and the domain asks to refuse that', async () => {
    const forged = Buffer.from('From: ann@shop.example\r\nSubject: x\r\n\r\nhello');
    const trust = await verifyTrust(forged, received('198.51.100.9'), resolver);
    expect(trust).toMatchObject({ spf: 'fail', dmarc: 'fail' });
    expect(proofOf(trust)).toBe('refuted');
  });

  it('is not proved by a signature over other words', async () => {
    const altered = Buffer.from((await signed()).toString().replace('hello', 'HELLO'));
    expect((await verifyTrust(altered, null, resolver)).dkim).not.toBe('pass');
  });

  it('is not proved by the signature of somebody else', async () => {
    const borrowed = await verifyTrust(await signed('ann@bank.example'), null, resolver);
    expect(borrowed).toMatchObject({ dkim: 'pass', aligned: false });
    expect(proofOf(borrowed)).toBe('open');
    expect(proofOf({ ...borrowed, dmarc: 'fail' })).toBe('refuted');
    expect(proofOf({ ...borrowed, aligned: true })).toBe('proved');
  });

  it.each([
    ['dkim=pass header.d=shop.example', 'proved'],
    ['dkim=pass header.i=@mail.shop.example; dmarc=none', 'proved'],
    ['dkim=pass header.d=notshop.example', 'open'],
    ['dkim=pass header.d=example', 'open'],
    ['dkim=fail header.d=shop.example; dkim=pass header.d=shop.example', 'proved'],
    ['dkim=pass header.d=shop.example; dmarc=fail', 'refuted'],
    ['spf=fail; dkim=none', 'refuted'],
  ])('is, by what our own server wrote (%s), %s', (results, proof) => {
    const headers = `Authentication-Results: mx.acme.example;\r\n ${results}\r\nFrom: ann@shop.example\r\n\r\nx`;
    expect(proofOf(trustOfHeaders(parseMail(Buffer.from(headers)), 'mx.acme.example'))).toBe(proof);
    expect(proofOf(trustOfHeaders(parseMail(Buffer.from(headers)), 'another.example'))).toBe('open');
  });

  it('stays unknown when the DNS does not answer', async () => {
    const silent = (): Promise<string[][]> =>
      Promise.reject(Object.assign(new Error('slow'), { code: 'ETIMEOUT' }));
    expect(proofOf(await verifyTrust(await signed(), null, silent))).toBe('open');
  });
});
