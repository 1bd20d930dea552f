import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '#libs/model';
import { cutMarkdown } from './cut-markdown.js';
import { makePassages, rowPassages } from './make-passages.js';

const frame = {
  sourceId: newId('knowledgeSource'),
  title: 'Help',
  url: 'https://shop.example/help',
  language: 'en',
};
const prose = (markdown: string) => ({ kind: 'prose' as const, title: null, markdown });

describe('cutting', () => {
  it('stands each piece under its headings, and forgets those of other branches', () => {
    expect(cutMarkdown('Intro\n\n# A\n\n## B\nText b\n\n### C\nText c\n\n# D\nText d')).toEqual([
      { headings: [], text: 'Intro' },
      { headings: ['A', 'B'], text: 'Text b' },
      { headings: ['A', 'B', 'C'], text: 'Text c' },
      { headings: ['D'], text: 'Text d' },
    ]);
  });

  it('takes signs within code for code', () => {
    expect(cutMarkdown('# A\n```\n# no heading\n\nstill code\n```')).toEqual([
      { headings: ['A'], text: '```\n# no heading\n\nstill code\n```' },
    ]);
  });

  it('loses no word and makes no piece longer than 1,200 characters, whatever the text', () => {
    const word = fc.stringMatching(/^[a-zäöß]{1,12}[.!?,]?$/);
    const block = fc.array(word, { minLength: 1, maxLength: 400 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), (blocks) => {
        const pieces = cutMarkdown(blocks.join('\n\n'));
        const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);
        expect(pieces.flatMap(({ text }) => words(text))).toEqual(blocks.flatMap(words));
        expect(Math.max(0, ...pieces.map(({ text }) => text.length))).toBeLessThanOrEqual(1_200);
      }),
      { numRuns: 100 },
    );
    const unbroken = cutMarkdown('🙂'.repeat(5_000));
    expect(unbroken.map(({ text }) => text).join('')).toBe('🙂'.repeat(5_000));
  });
});

describe('a hostile text', () => {
  it.each([
    ['spaces', `# ${' '.repeat(300_000)}x #`],
    ['signs', `# ${'#'.repeat(300_000)}x`],
    ['brackets', `# ${'['.repeat(300_000)}`],
    ['fences', '```\n'.repeat(50_000)],
  ])('of %s is cut as soon as any other', (_, text) => {
    expect(cutMarkdown(`${text}\n\nEnd.`).at(-1)?.text).toContain('End.');
  });
});

describe('passages', () => {
  it('keep their ids where nothing changed, and get others where something did', () => {
    const before = makePassages(prose('# A\nOne.\n\n# B\nTwo.\n\n# C\nThree.'), frame);
    const after = makePassages(
      prose('# New\nZero.\n\n# A\nOne.\n\n# B\nTwo, changed.\n\n# C\nThree.'),
      frame,
    );
    const ids = after.map(({ passageId }) => passageId);
    expect(before.map(({ passageId }) => ids.includes(passageId))).toEqual([true, false, true]);
    expect(
      makePassages(prose('# A\nOne.'), { ...frame, sourceId: newId('knowledgeSource') })[0]!.passageId,
    ).not.toBe(before[0]!.passageId);
  });

  it('have ids of their own where the same text stands twice', () => {
    const passages = makePassages(prose('# A\nSame.\n\n# A\nSame.'), frame);
    expect(new Set(passages.map(({ passageId }) => passageId)).size).toBe(2);
  });

  it('lead to their heading, and know their way down to it', () => {
    const [passage] = makePassages(prose('# Help\n## Shipping fees\nFree from 40 €.'), frame);
    expect(passage).toMatchObject({
      heading: 'Help › Shipping fees',
      label: 'Help\nShipping fees',
      url: 'https://shop.example/help#:~:text=Shipping%20fees',
      isAnswer: false,
    });
  });

  it('are answers where their heading asks', () => {
    const [passage] = makePassages(prose('## Do you ship abroad?\nYes.'), frame);
    expect(passage).toMatchObject({ label: 'Do you ship abroad?', body: 'Yes.', isAnswer: true });
  });

  it('of rows stand under the key of their row and hold all phrasings', () => {
    const rows = [{ key: 'k1', questions: ['When?', 'At what time?'], text: 'At **nine**.' }];
    expect(rowPassages(rows, frame)).toMatchObject([
      {
        key: 'k1',
        label: 'When?\nAt what time?',
        heading: 'When?',
        isAnswer: true,
        plainLabel: 'when at what time',
        plainBody: 'at nine',
      },
    ]);
  });
});
