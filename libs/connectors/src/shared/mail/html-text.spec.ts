import { describe, expect, it } from 'vitest';
import { htmlToText } from './html-text.js';
import { splitReply } from './split-reply.js';

const text = (html: string): string => htmlToText(html).text;
const reply = (html: string): string => splitReply(text(html)).reply;
const OLD =
  '<b>From:</b> Ann &lt;ann@shop.example&gt;<br><b>Sent:</b> 1 February 2026<br><b>To:</b> Bob<br><b>Subject:</b> Order<br><br>Which one?';

describe('HTML as text', () => {
  it('has lines, paragraphs and lists where a person sees them', () => {
    expect(
      text('<p>Hello&nbsp;Ann,</p><p>two<br>lines</p><ul><li>one</li><li>t<b>w</b>o</li></ul><div>end</div>'),
    ).toBe('Hello\u00a0Ann,\n\ntwo\nlines\n\n- one\n- two\nend');
  });

  it('leaves out what nobody sees, and remote images', () => {
    expect(
      text(
        '<head><title>x</title><style>p{}</style></head><script>alert(1)</script><!-- x --><div style="display:none">pre</div><img src="https://spy.example/p.gif">seen',
      ),
    ).toBe('seen');
  });

  it('shows where a link leads, unless its words say so', () => {
    expect(
      text(
        '<a href="https://shop.example/a">here</a>, <a href="https://shop.example">shop.example</a>, <a href="javascript:x">no</a>',
      ),
    ).toBe('here (https://shop.example/a), shop.example, no');
  });

  it('reads character references as browsers do', () => {
    expect(text('&Uuml;ber &euro;5 &#8364; &#x20AC; &#128; &unknown; &lt;b&gt; &amp;amp;')).toBe(
      'Über €5 € € € &unknown; <b> &amp;',
    );
  });

  it('keeps the lines of preformatted text', () => {
    expect(text('<pre>a\n  b</pre>c')).toBe('a\n  b\nc');
  });

  it('leaves a sign where an inline image stands', () => {
    expect(text('before <img src="cid:a%40b"> after')).toBe('before \ue000a@b\ue001 after');
  });
});

describe('what is new in HTML', () => {
  it.each([
    [
      'Gmail',
      '<div dir="ltr">The red one.</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, 1 Feb 2026 at 10:00, Ann &lt;<a href="mailto:ann@shop.example">ann@shop.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote">Which one?</blockquote></div>',
    ],
    [
      'Apple Mail',
      'The red one.<br><div><br><blockquote type="cite"><div>On 1 Feb 2026, at 10:00, Ann &lt;ann@shop.example&gt; wrote:</div><br><div>Which one?</div></blockquote></div>',
    ],
    [
      'Thunderbird',
      '<p>The red one.</p><div class="moz-cite-prefix">On 01.02.26 10:00, Ann wrote:<br></div><blockquote type="cite"><p>Which one?</p></blockquote>',
    ],
    [
      'Outlook',
      `<div class="WordSection1"><p class="MsoNormal">The red one.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">${OLD}</p></div></div>`,
    ],
    [
      'Outlook on the web',
      `<div>The red one.</div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg">${OLD}</div>`,
    ],
    [
      'Yahoo',
      '<div>The red one.</div><div class="yahoo_quoted"><div>On Monday, Ann wrote: </div><div>Which one?</div></div>',
    ],
    [
      'Proton',
      '<div>The red one.</div><div class="protonmail_quote">On Monday, Ann wrote:<br><blockquote>Which one?</blockquote></div>',
    ],
  ])('stands above what %s quotes', (_, html) => expect(reply(html)).toBe('The red one.'));

  it('does not hold what programs mark as signature', () => {
    expect(htmlToText('<div>Yes</div><div class="gmail_signature">Bob<br>CEO</div>')).toEqual({
      text: 'Yes',
      signature: 'Bob\nCEO',
    });
  });
});

describe('hostile HTML', () => {
  it.each([
    ['<div>', 50_000],
    ['<b>', 200_000],
    ['<p>x', 50_000],
    ['<', 400_000],
    ['<a "', 100_000],
    ['<!--', 100_000],
    ['<a href="https://a.example">x</a>', 20_000],
    ['<blockquote>', 30_000],
    ['<b></i>', 80_000],
    ['&', 400_000],
    ['<script>', 50_000],
    ['<td>', 100_000],
    ['<a x', 100_000],
    ['</', 200_000],
    ['<x =', 100_000],
  ])('of %j is read in little time', (piece, times) => {
    const began = performance.now();
    htmlToText(piece.repeat(times));
    expect(performance.now() - began).toBeLessThan(1_500);
  });
});
