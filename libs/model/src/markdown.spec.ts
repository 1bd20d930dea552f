import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentLimits, parseMarkdown, plainText, printMarkdown, type MarkdownInline } from './index.js';

const t = (text: string): MarkdownInline => ({ type: 'text', text });
const blocksOf = (text: string) => parseMarkdown(text).children;

/** The inlines of a text that is one paragraph. */
function inlinesOf(text: string): readonly MarkdownInline[] {
  const [first, ...rest] = blocksOf(text);
  expect(rest).toEqual([]);
  return first?.type === 'paragraph' ? first.children : [];
}

describe('inline Markdown', () => {
  it.each<[string, readonly MarkdownInline[]]>([
    ['a **b** c', [t('a '), { type: 'bold', children: [t('b')] }, t(' c')]],
    ['*a* _b_', [{ type: 'italic', children: [t('a')] }, t(' '), { type: 'italic', children: [t('b')] }]],
    ['~~a~~', [{ type: 'strike', children: [t('a')] }]],
    ['***a***', [{ type: 'bold', children: [{ type: 'italic', children: [t('a')] }] }]],
    ['**a _b_**', [{ type: 'bold', children: [t('a '), { type: 'italic', children: [t('b')] }] }]],
    ['**a *b** c', [{ type: 'bold', children: [t('a *b')] }, t(' c')]],
    ['这是**重点**内容', [t('这是'), { type: 'bold', children: [t('重点')] }, t('内容')]],
    ['`a **b** \\`', [{ type: 'code', text: 'a **b** \\' }]],
    ['`` a ` b ``', [{ type: 'code', text: 'a ` b' }]],
    [
      'a\nb  \nc\\\nd',
      [t('a'), { type: 'break' }, t('b'), { type: 'break' }, t('c'), { type: 'break' }, t('d')],
    ],
    [
      '[a *b*](https://x.example/y)',
      [link('https://x.example/y', t('a '), { type: 'italic', children: [t('b')] })],
    ],
    ['<tel:+49123>', [link('tel:+49123', t('+49123'))]],
    ['<mailto:a@b.example>', [link('mailto:a@b.example', t('a@b.example'))]],
    [
      'See https://x.example/a_b_c.',
      [t('See '), link('https://x.example/a_b_c', t('https://x.example/a_b_c')), t('.')],
    ],
    ['[https://x.example](https://y.example)', [link('https://y.example', t('https://x.example'))]],
    ['[https://x.example]', [t('['), link('https://x.example', t('https://x.example')), t(']')]],
    ['[w](https://x.example/a_(b))', [link('https://x.example/a_(b)', t('w'))]],
    ['[a [b](https://x.example)', [t('[a '), link('https://x.example', t('b'))]],
  ])('%j has its tree', (text, tree) => {
    expect(inlinesOf(text)).toEqual(tree);
  });

  it.each([
    'snake_case_name',
    '2*3*4',
    '**not closed',
    '** spaced **',
    '****',
    '__init__',
    '~one~',
    '`never closed',
    '<b>bold</b><script>alert(1)</script>',
    '&amp; &#x41;',
    '[a](javascript:alert(1))',
    '[a](data:text/html,x)',
    '[a](//x.example)',
    '[a](tel:1 "title")',
    '[a](https://good.example\\@evil.example)',
    '[a]( tel:1 )',
    '[](https:)',
    '<javascript:alert(1)>',
    '<tel:1 y>',
    'xhttps://x.example',
    'https://',
    '| a | b |',
    '---',
    '#hashtag',
    '#### four',
    '2.',
    '-',
  ])('%j stays as it is', (text) => {
    expect(inlinesOf(text)).toEqual([t(text)]);
  });

  it('lets a backslash take the meaning of any sign', () => {
    expect(inlinesOf('\\*a\\* \\[b\\] \\\\ \\- https\\://x.example c\\d')).toEqual([
      t('*a* [b] \\ - https://x.example c\\d'),
    ]);
  });

  it('shows an image as its link, so that nothing is fetched', () => {
    expect(inlinesOf('![a](https://x.example)')).toEqual([t('!'), link('https://x.example', t('a'))]);
  });
});

describe('Markdown blocks', () => {
  const p = (text: string) => ({ type: 'paragraph', children: [t(text)] });
  const items = (...texts: string[]) => texts.map((text) => ({ children: [p(text)] }));

  it.each<[string, unknown[]]>([
    ['', []],
    [' \n\t\n', []],
    ['a\n\n\nb', [p('a'), p('b')]],
    ['a\r\n\r\nb', [p('a'), p('b')]],
    ['# a', [{ type: 'heading', level: 1, children: [t('a')] }]],
    ['###  a ', [{ type: 'heading', level: 3, children: [t('a')] }]],
    ['- a\n* b\n\n+ c', [{ type: 'list', ordered: false, start: 1, items: items('a', 'b', 'c') }]],
    ['3. a\n4) b', [{ type: 'list', ordered: true, start: 3, items: items('a', 'b') }]],
    ['1. a\n1. b', [{ type: 'list', ordered: true, start: 1, items: items('a', 'b') }]],
    [
      '1986. a\n1990. b',
      [
        { type: 'list', ordered: true, start: 1986, items: items('a') },
        { type: 'list', ordered: true, start: 1990, items: items('b') },
      ],
    ],
    [
      '1. a\n  - b',
      [
        {
          type: 'list',
          ordered: true,
          start: 1,
          items: [{ children: [p('a'), { type: 'list', ordered: false, start: 1, items: items('b') }] }],
        },
      ],
    ],
    ['- a\nb', [{ type: 'list', ordered: false, start: 1, items: items('a') }, p('b')]],
    ['in\n- a', [p('in'), { type: 'list', ordered: false, start: 1, items: items('a') }]],
    ['> a\n>\n> b\n\nc', [{ type: 'quote', children: [p('a'), p('b')] }, p('c')]],
    ['```ts\nlet a;\n\n  b\n```\nc', [{ type: 'code-block', language: 'ts', text: 'let a;\n\n  b' }, p('c')]],
    ['````\n```\n````', [{ type: 'code-block', language: null, text: '```' }]],
    ['```\nnever closed', [{ type: 'code-block', language: null, text: 'never closed' }]],
    [
      '- a\n  ```sh\n  x\n  ```',
      [
        {
          type: 'list',
          ordered: false,
          start: 1,
          items: [{ children: [p('a'), { type: 'code-block', language: 'sh', text: 'x' }] }],
        },
      ],
    ],
  ])('%j has its tree', (text, tree) => {
    expect(blocksOf(text)).toEqual(tree);
  });

  it('reads a year at the beginning of a line as part of its sentence', () => {
    expect(inlinesOf('It was in\n2024. We won')).toEqual([
      t('It was in'),
      { type: 'break' },
      t('2024. We won'),
    ]);
  });

  it.each(['- - - - a', '> > > > a'])('leaves %j as text where it is deeper than 3', (text) => {
    expect(JSON.stringify(parseMarkdown(text))).toMatch(/"text":"[->] a"/);
  });
});

/** Text made of what means something to the parser. */
const hostile = fc
  .array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          '*',
          '**',
          '_',
          '~~',
          '`',
          '``',
          '```',
          '[',
          ']',
          '(',
          ')',
          '](',
          '\\',
          '<',
          '>',
        ),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          '\n',
          '\n\n',
          '\n- ',
          '\n1. ',
          '\n2. ',
          '\n> ',
          '\n  ',
          '\n# ',
          '\n```\n',
          '\t',
        ),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom('a', 'b ', ' c', '1', '重', '😀', ' ', '.', ':', '//', '\u00A0'),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'https://x.example',
          '<https://x.example>',
          '[a](https://x.example)',
          'http',
          'tel:1',
        ),
      },
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(''));

describe('printed Markdown', () => {
  it('is parsed to the same tree', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
        const tree = parseMarkdown(text);
        expect(parseMarkdown(printMarkdown(tree))).toEqual(tree);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '**Hi** _there_',
    '- a\n- b\n  1. c\n  2. d',
    '> quoted',
    '# Title\n\nText',
    '```ts\nlet a;\n```',
    'snake_case',
  ])('is %j again', (text) => {
    expect(printMarkdown(parseMarkdown(text))).toBe(text);
  });
});

describe('plain text', () => {
  it('keeps the words, the signs of lists and the addresses of links', () => {
    const text =
      '# Hi\n\n**We** are [here](https://x.example):\n\n2. `a`\n3. b\n   - c\n\n> <mailto:a@b.example>';
    expect(plainText(parseMarkdown(text))).toBe(
      'Hi\n\nWe are here (https://x.example):\n\n2. a\n3. b\n   - c\n\n> a@b.example',
    );
  });

  it('keeps every letter and digit that was written', () => {
    const words = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '').replaceAll(/[0-9]/g, '');
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'ß', '重', ' ', '\n', '*', '_', '`', '>', '#', '-') }),
        (text) => {
          expect(words(plainText(parseMarkdown(text)))).toBe(words(text));
        },
      ),
    );
  });
});

describe('parsing', () => {
  const pieces = (
    '* ** _ _a **a_ ~~ ` ``a` [ ]( [a]( [a](https://x < <https:// \\ # h https:// https://) ( ! & 1 \u0301 😀 ![ ' +
    '*a· >· -· -·a⏎ ··-·a⏎ 1.·a⏎ ⏎ ⏎⏎ · → ```· #· -·⏎⏎'
  )
    .split(' ')
    .map((piece) => piece.replaceAll('·', ' ').replaceAll('⏎', '\n').replaceAll('→', '\t'));
  const full = (unit: string): string => unit.repeat(Math.ceil(contentLimits.textMax / unit.length));
  const perCharacter = 40;

  it.each(pieces)('64 KiB of %j takes a bounded number of steps a character', (piece) => {
    for (const text of [full(piece), `**[a ${full(piece)}`, `${full(piece)}x`, `- ${full(piece)}`]) {
      const meter = { steps: 0 };
      printMarkdown(parseMarkdown(text, meter));
      expect(meter.steps).toBeLessThan(text.length * perCharacter);
    }
  });

  it('takes a bounded number of steps a character for mixtures too', () => {
    const mixture = fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 })
      .map((some) => some.join(''));
    fc.assert(
      fc.property(mixture, (unit) => {
        const meter = { steps: 0 };
        const text = full(unit);
        parseMarkdown(text, meter);
        expect(meter.steps).toBeLessThan(text.length * perCharacter);
      }),
      { numRuns: 30 },
    );
  });
});

function link(url: string, ...children: MarkdownInline[]): MarkdownInline {
  return { type: 'link', url, children };
}
