import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmlTokens } from './html-tokens.js';
import { safeHtml } from './safe-html.js';

const safe = (html: string): string | null => safeHtml(html, 65_536);
const REL = 'target="_blank" rel="noopener noreferrer nofollow"';

describe('the HTML of a mail', () => {
  it('keeps its words, structure and links', () => {
    expect(
      safe(
        '<p align=center>Hi <b>Ann</b> &amp; Bob,<br>see <a href="https://a.example/?x=1&y=2">this</a></p>',
      ),
    ).toBe(
      `<p align="center">Hi <b>Ann</b> &amp; Bob,<br>see <a href="https://a.example/?x=1&amp;y=2" ${REL}>this</a></p>`,
    );
    expect(safe('<ul><li>one<li>two</ul>after')).toBe('<ul><li>one<li>two</li></li></ul>after');
  });

  it.each([
    ['<script>alert(1)</script>x', 'x'],
    ['<style>@import url(http://evil.example)</style>x', 'x'],
    ['<img src="http://evil.example/pixel.gif" alt="Logo">x', '[Logo]x'],
    ['<img src=x onerror=alert(1)>x', 'x'],
    ['<img src="cid:a@b.example" onload="alert(1)" width=1>', '<img src="cid:a@b.example">'],
    ['<a href="javascript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href=" java\nscript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="data:text/html,x">x</a>', '<a>x</a>'],
    ['<a href="&#106;avascript:alert(1)">x</a>', '<a>x</a>'],
    ['<div style="background:url(http://evil.example)" onclick=x>y</div>', '<div>y</div>'],
    ['<table background="http://evil.example/a.png"><tr><td>x</table>', '<table><tr><td>x</td></tr></table>'],
    ['<svg><g onload=alert(1)>x</svg>', 'x'],
    ['<math><mtext><table><mglyph><style><img src onerror=alert(1)></style>', '<table></table>'],
    [
      '<iframe src="https://evil.example"></iframe><object data=x></object><form action=x><input></form>y',
      'y',
    ],
    [
      '<link rel=stylesheet href=http://evil.example><base href=http://evil.example><meta http-equiv=refresh>y',
      'y',
    ],
    [
      '<p title="a&quot; onmouseover=alert(1) x=&quot;">y',
      '<p title="a&quot; onmouseover=alert(1) x=&quot;">y</p>',
    ],
    ['<b>never closed', '<b>never closed</b>'],
    ['</div></body>x', 'x'],
    ['<!-- <b> --><![CDATA[<img src=x>]]>y', ']]&gt;y'],
    ['&lt;script&gt;alert(1)&lt;/script&gt;', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ])('is harmless: %s', (html, shown) => {
    expect(safe(html)).toBe(shown);
  });

  it('never holds anything that runs or loads, whatever it was made of', () => {
    const bits =
      '<img src=|"|\'|>|<|</|a| href=|javascript:x|http://e.example|<svg/| onload=x|<style>|</style>|<!--|-->|&lt;|&#x3c;|<b |cid:x|=| |`|\u0000|<script|/>';
    const piece = fc.constantFrom(...bits.split('|'));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        for (const token of htmlTokens(safe(pieces.join('')) ?? '')) {
          if (token.kind !== 'open') continue;
          expect(['a', 'b', 'img']).toContain(token.name);
          for (const [name, value] of token.attributes) {
            expect(['href', 'src', 'target', 'rel', 'alt', 'title']).toContain(name);
            if (name === 'src') expect(value).toMatch(/^cid:/);
            if (name === 'href') expect(value).toMatch(/^https?:/);
          }
        }
      }),
    );
  });

  it('is the same when it is made safe again, and nothing when it is too long', () => {
    const once = safe('<div><p>a<img src="cid:x" alt="y"><a href="mailto:a@b.example">m</a>')!;
    expect(safe(once)).toBe(once);
    expect(safeHtml('<b>x</b>'.repeat(100), 100)).toBeNull();
  });

  it('nests no deeper than browsers like', () => {
    const deep = safeHtml('<div>'.repeat(50_000), 65_536)!;
    expect(deep.split('<div>').length - 1).toBe(200);
  });
});
