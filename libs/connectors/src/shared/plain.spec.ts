import fc from 'fast-check';
import { numberedOptions, type Content, type Option } from '#libs/model';
import { describe, expect, it } from 'vitest';
import { anyContent, contents } from '../../../../test/support/arbitraries.js';
import { numberedText } from './numbered-choices.js';
import { plainText, toPlain } from './plain.js';

const option = (id: string, rest: Partial<Option> = {}): Option => ({ id, label: id.toUpperCase(), ...rest });
const choices: Content = {
  type: 'choices',
  text: 'Which?',
  style: 'buttons',
  options: [option('a'), option('b')],
};

describe('numberedText', () => {
  it('writes choices as a question and a numbered list', () => {
    expect(numberedText(choices)).toBe('Which?\n\n1. A\n2. B');
  });

  it('says descriptions and addresses beside the label', () => {
    const options = [option('a', { description: 'first' }), option('b', { url: 'https://x.example/' })];
    expect(numberedText({ ...choices, options })).toBe('Which?\n\n1. A — first\n2. B: https://x.example/');
  });

  it('numbers the cards of a carousel through', () => {
    const cards = [
      { title: 'One', text: 'Text', options: [option('a')] },
      { title: 'Two', image_url: 'https://x.example/i.png', options: [option('b'), option('c')] },
    ];
    expect(numberedText({ type: 'carousel', cards })).toBe(
      '**One**\nText\n\n1. A\n\n**Two**\nhttps://x.example/i.png\n\n2. B\n3. C',
    );
  });

  it('numbers the sections of a list through', () => {
    const sections = [{ title: 'Meat', options: [option('a')] }, { options: [option('b')] }];
    expect(numberedText({ type: 'list', text: 'Menu', button: 'Open', sections })).toBe(
      'Menu\n\n**Meat**\n1. A\n\n2. B',
    );
  });
});

describe('toPlain', () => {
  it('numbers all options of a message through, as the bot core reads them', () => {
    expect(toPlain([choices, choices]).texts).toEqual(['Which?\n\n1. A\n2. B', 'Which?\n\n3. A\n4. B']);
  });

  it('says what was changed and what was left out', () => {
    const template: Content = { type: 'template', name: 'hello', language: 'en', variables: {} };
    expect(toPlain([choices, template, { type: 'text', text: 'x' }])).toEqual({
      texts: ['Which?\n\n1. A\n2. B', 'x'],
      lost: ['choices → numbered text', 'template → nothing'],
    });
  });

  it('loses no choice of any message: number and label stand in a line', () => {
    fc.assert(
      fc.property(contents(), (message) => {
        const all = toPlain(message).texts.join('\n');
        for (const { number, option } of numberedOptions(message))
          expect(all).toContain(`${number}. ${option.label}`);
      }),
    );
  });

  it('writes every kind of content as text that is never blank', () => {
    fc.assert(
      fc.property(anyContent(), (content) => {
        const isSilent = content.type === 'template' || content.type === 'form_taken';
        expect(plainText(content).trim() !== '' || isSilent).toBe(true);
      }),
    );
  });

  it.each<[Content, string]>([
    [{ type: 'image', url: 'https://x.example/a.png', alt: 'A cat' }, 'A cat\nhttps://x.example/a.png'],
    [{ type: 'file', url: 'https://x.example/a.pdf', file_name: 'a.pdf' }, 'a.pdf\nhttps://x.example/a.pdf'],
    [
      { type: 'location', latitude: 52.5, longitude: 13.4, name: 'Berlin' },
      'Berlin\nhttps://www.openstreetmap.org/?mlat=52.5&mlon=13.4',
    ],
    [{ type: 'contact', name: 'Ann', phones: ['+491'], emails: ['a@b.example'] }, 'Ann\n+491\na@b.example'],
    [
      {
        type: 'form',
        title: 'You',
        submit: 'Send',
        fields: [
          {
            id: 'c',
            label: 'Colour',
            kind: 'choice',
            required: true,
            options: [option('red'), option('blue')],
          },
        ],
      },
      '**You**\n\n- Colour (RED, BLUE)',
    ],
  ])('writes %j', (content, expected) => expect(plainText(content)).toBe(expected));
});
