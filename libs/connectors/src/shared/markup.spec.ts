import fc from 'fast-check';
import { parseMarkdown, plainText } from '#libs/model';
import { describe, expect, it } from 'vitest';
import { text } from '../../../../test/support/arbitraries.js';
import { whatsappText } from './whatsapp-text.js';

describe('formatting in the signs of a messenger', () => {
  it.each([
    ['**bold** and *italic*', '*bold* and _italic_'],
    ['~~gone~~', '~gone~'],
    ['`code`', '`code`'],
    ['## Title with **bold**', '*Title with bold*'],
    ['> said', '> said'],
    ['- one\n- two\n  - three', '- one\n- two\n  - three'],
    ['3. c\n4. d', '3. c\n4. d'],
    ['[here](https://x.example/a)', 'here (https://x.example/a)'],
    ['https://x.example/a', 'https://x.example/a'],
    ['[Ann](mailto:ann@x.example)', 'Ann (ann@x.example)'],
    ['```js\nlet a;\n```', '```\nlet a;\n```'],
    ['a**b**c', 'abc'],
    ['\\*not bold\\*', '*not bold*'],
    ['**two\nlines**', 'two\nlines'],
  ])('%j', (markdown, expected) => expect(whatsappText(markdown)).toBe(expected));

  it('keeps every word, whatever is written', () => {
    const ink = (written: string): string => written.replace(/[\s*_~`()>-]/g, '');
    fc.assert(
      fc.property(text(), (markdown) => {
        const plain = plainText(parseMarkdown(markdown));
        if (plain.trim() !== '') expect(ink(whatsappText(markdown))).toBe(ink(plain));
      }),
    );
  });
});
