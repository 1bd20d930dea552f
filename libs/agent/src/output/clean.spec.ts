import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { cleanText } from './clean.js';

const rules = { hosts: ['shop.example'], charactersMax: 500 };
const clean = (text: string): string => cleanText(text, rules).text;

// Megabytes and thousands of texts: the machine may have others to serve.
vi.setConfig({ testTimeout: 60_000 });

describe('what a model writes', () => {
  it.each([
    ['an image', 'See ![the map](https://evil.example/p.png?d=secret) here', 'See the map here'],
    ['an image by reference', '![map][1]\n\n[1]: https://evil.example/p.png', 'map'],
    ['an image in an image', '![a![b](https://evil.example/x)](https://evil.example/y)', 'a!b'],
    ['a script', 'Hi <script>alert(1)</script>there', 'Hi alert(1)there'],
    ['a tag made of two', 'Hi <scr<b>ipt>x</scr</b>ipt>', 'Hi x'],
    ['an image tag', 'Hi <img src=x onerror="alert(1)"> there', 'Hi  there'],
    ['a tag that never ends', 'Hi <img src="https://evil.example/', 'Hi'],
    ['a comment', 'a<!-- hidden -->b', 'ab'],
    ['a link elsewhere', 'Look at [our page](https://evil.example/a?b=c).', 'Look at our page.'],
    ['a bare address elsewhere', 'Go to https://evil.example/a?b=c now', 'Go to evil[.]example now'],
    ['an address whose words lie', '[https://shop.example](https://evil.example)', 'https://shop.example'],
    [
      'words that are an address',
      '[https://evil.example/x](https://shop.example)',
      '[evil[.]example](https://shop.example)',
    ],
    ['a user name that looks like a host', 'https://shop.example@evil.example/', 'evil[.]example'],
    ['a www address', 'www.evil.example/x', 'www[.]evil[.]example'],
    ['a host that only begins alike', 'https://shop.example.evil.example', 'shop[.]example[.]evil[.]example'],
    ['a script address', '[press](javascript:alert(1))', 'press'],
    ['invisible signs', 'a\u200b\u202eb\u{e0041}c', 'abc'],
  ])('loses %s', (_, written, left) => {
    expect(clean(written)).toBe(left);
  });

  it('keeps words, marks, lists and links to known hosts', () => {
    const text =
      '**Yes** — see [prices](https://www.shop.example/p?a=1) or https://shop.example/x.\n\n- 1 < 2\n- a';
    expect(clean(text)).toBe(text);
  });

  it('counts what was taken out', () => {
    expect(cleanText('![a](https://e.example/x) <b>x</b> https://e.example', rules)).toMatchObject({
      images: 1,
      tags: 2,
      links: 1,
      isCut: false,
    });
  });

  it('cuts at the end of a sentence, and never within a sign', () => {
    const long = 'A sentence of some length. '.repeat(40);
    const cut = cleanText(long, rules);
    expect(cut.isCut).toBe(true);
    expect(cut.text).toMatch(/length\.…$/);
    expect(cut.text.length).toBeLessThanOrEqual(500);
    expect(!/\p{Surrogate}/u.test(clean('😀'.repeat(400)))).toBe(true);
  });

  it('holds no image, no tag and no foreign link, whatever was written', () => {
    const piece = fc.constantFrom(
      '![',
      '[',
      ']',
      '(',
      ')',
      '<',
      '>',
      'img',
      ' src=',
      'https://',
      'evil.example',
      'shop.example',
      '/',
      '\n',
      'www.',
      '!',
      '<!--',
      '-->',
      ':',
      ' ',
      'a',
      'javascript:',
      '@',
      '"',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = clean(pieces.join(''));
        expect(clean(text)).toBe(text);
        expect(text).not.toMatch(/!\[[^\]\n]*\]\(/);
        expect(text).not.toMatch(/<[a-z][a-z0-9-]*(\s[^<>]*)?>/i);
        for (const [, host] of text.matchAll(/https?:\/\/([^\s<>()[\]"'/]+)/gi)) {
          expect(host).toMatch(/(^|\.)shop\.example\.?:?$/);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads a megabyte of brackets in bounded time and size', () => {
    expect(clean('![['.repeat(400_000)).length).toBeLessThanOrEqual(500);
    expect(clean('<!-- '.repeat(200_000)).length).toBeLessThanOrEqual(500);
    expect(clean('[a]('.repeat(250_000)).length).toBeLessThanOrEqual(500);
    expect(clean('<a'.repeat(200_000) + '>'.repeat(200_000)).length).toBeLessThanOrEqual(500);
  });
});
