import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { missingRecords, type Lookup } from './dns-records.js';
import type { EmailSettings } from './manifest.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ed = generateKeyPairSync('ed25519');
const pem = (key: typeof privateKey): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const record = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const bare = ed.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');

const whole: Readonly<Record<string, string[]>> = {
  'mail.shop.example': ['something else', 'v=spf1 mx -all'],
  '_dmarc.shop.example': ['v=DMARC1; p=reject'],
  's1._domainkey.shop.example': [`v=DKIM1; k=rsa; p=${record.slice(0, 50)} ${record.slice(50)}`],
};
const zone = (
  texts: Readonly<Record<string, string[] | null>>,
  mx: string[] | null = ['mx.example'],
): Lookup => ({
  texts: (name) => Promise.resolve(name in texts ? texts[name]! : []),
  servers: () => Promise.resolve(mx),
});
const look = (lookup: Lookup, key = pem(privateKey)): Promise<string[]> =>
  missingRecords(
    {
      address: 'help@mail.shop.example',
      dkim_domain: 'shop.example',
      dkim_selector: 's1',
      dkim_key: key,
    } as EmailSettings,
    lookup,
  );

describe('the DNS of a sending domain', () => {
  it('lacks nothing when SPF, DKIM, DMARC and MX are there', async () => {
    expect(await look(zone(whole))).toEqual([]);
    expect(
      await look(
        zone({ ...whole, 's1._domainkey.shop.example': [`k=ed25519; p=${bare}`] }),
        pem(ed.privateKey),
      ),
    ).toEqual([]);
  });

  it.each([
    ['SPF', { ...whole, 'mail.shop.example': [] }, /no SPF record/],
    ['one SPF too many', { ...whole, 'mail.shop.example': ['v=spf1 a', 'v=spf1 mx'] }, /2 SPF records/],
    ['DMARC', { ...whole, '_dmarc.shop.example': [] }, /no DMARC record/],
    ['DKIM', { ...whole, 's1._domainkey.shop.example': [] }, /no DKIM record/],
    ['our DKIM key', { ...whole, 's1._domainkey.shop.example': ['v=DKIM1; p=AAAA'] }, /another key/],
  ])('is said to lack %s', async (_, texts, words) => {
    expect(await look(zone(texts))).toEqual([expect.stringMatching(words)]);
  });

  it('is said to have no mail server, also where it says so itself', async () => {
    expect(await look(zone(whole, []))).toEqual([expect.stringContaining('MX')]);
    expect(await look(zone(whole, ['']))).toEqual([expect.stringContaining('MX')]);
  });

  it('is not judged while nobody answers', async () => {
    const silent: Lookup = { texts: () => Promise.resolve(null), servers: () => Promise.resolve(null) };
    expect(await look(silent)).toEqual([]);
  });
});
