import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newId } from '#libs/model';
import { Keyring } from './keyring.js';
import { MediaLinks } from './media-links.js';

const old = { version: 1, key: createSecretKey(randomBytes(32)) };
const current = { version: 2, key: createSecretKey(randomBytes(32)) };
const links = new MediaLinks(new Keyring({ current, old: [old] }), 'https://parley.example');
const mediaId = newId('media');
const now = Date.parse('2026-11-21T10:30:00Z');

const partsOf = (link: string) => {
  const { pathname, searchParams } = new URL(link);
  return { pathname, expires: searchParams.get('expires')!, signature: searchParams.get('signature')! };
};

describe('a link to a file', () => {
  const { pathname, expires, signature } = partsOf(links.make(mediaId, now));

  it('names the file, and holds for one to two hours', () => {
    expect(pathname).toBe(`/media/${mediaId}`);
    expect(links.verify(mediaId, expires, signature, now)).toBe(Date.parse('2026-11-21T12:00:00Z'));
  });
  it('is the same for a while, so that pages can keep what they fetched', () => {
    expect(links.make(mediaId, now + 20 * 60_000)).toBe(links.make(mediaId, now));
  });
  it('opens no other file, and holds no longer than it says', () => {
    expect(() => links.verify(newId('media'), expires, signature, now)).toThrow(/access\/invalid-signature/);
    const later = String(Number(expires) + 3_600);
    expect(() => links.verify(mediaId, later, signature, now)).toThrow(/access\/invalid-signature/);
    expect(() => links.verify(mediaId, expires, '', now)).toThrow(/access\/invalid-signature/);
    expect(() => links.verify(mediaId, expires, signature, now + 2 * 3_600_000)).toThrow(
      /access\/token-expired/,
    );
  });
  it('holds when the installation has a new key and knows the earlier one', () => {
    const before = partsOf(
      new MediaLinks(new Keyring({ current: old, old: [] }), 'https://parley.example').make(mediaId, now),
    );
    expect(links.verify(mediaId, before.expires, before.signature, now)).toBeGreaterThan(now);
  });
});
