import { describe, expect, it } from 'vitest';
import { parseMarkdown, plainText, type Content } from '#libs/model';
import type { Scope } from './conditions.js';
import { fillIn, fillInContents, templateProblem } from './templates.js';

const scope = (name: string, fields: Scope['fields'] = {}): Scope => ({
  contact: { name },
  conversation: {},
  message: {},
  time: {},
  channel: {},
  fields,
});

const plain = (text: string, name: string): string => plainText(parseMarkdown(fillIn(text, scope(name))));

describe('a template', () => {
  it('is filled in with values, filters and conditions', () => {
    const text = 'Hi {{ contact.name | upcase }}{% if fields.n > 1 %}, {{ fields.n }} items{% endif %}';
    expect(fillIn(text, scope('Ann', { n: 3 }))).toBe('Hi ANN, 3 items');
    expect(fillIn('{{ fields.none }}|{{ nobody.x }}', scope('A'))).toBe('|');
    expect(fillIn('{{ fields.l }}', scope('A', { l: ['a', 'b'] }))).toBe('a, b');
  });

  it('puts values in as words, whatever signs they hold', () => {
    const name = '[win](https://evil.example) **x** `y` <https://z.example>';
    expect(plain('Hi {{ contact.name }}!', name)).toBe(`Hi ${name}!`);
    expect(plain('{{ contact.name | append: "*" }}', '*a')).toBe('*a*');
  });

  it('sees own properties only, and no other template', () => {
    expect(fillIn('{{ contact.constructor.name }}{{ contact.__proto__ }}', scope('A'))).toBe('');
    expect(templateProblem('{% include "x" %}')).toMatch(/include/);
    expect(templateProblem('{% render "/etc/passwd" %}')).toMatch(/render/);
  });

  it('is left out where it asks too much', () => {
    expect(fillIn('{% for i in (1..100000000) %}x{% endfor %}', scope('A'))).toBe('');
    const doubling =
      '{% assign a = "xxxxxxxxxx" %}' + '{% assign a = a | append: a %}'.repeat(40) + '{{ a }}';
    expect(fillIn(doubling, scope('A'))).toBe('');
    expect(templateProblem('{{ contact.name')).not.toBeNull();
    expect(templateProblem('{{ contact.name | nofilter }}')).toMatch(/nofilter/);
  });

  it('that comes out empty leaves its piece of content out', () => {
    const contents: Content[] = [
      { type: 'text', text: '{{ fields.none }}' },
      { type: 'text', text: 'Hi {{ contact.name }}' },
    ];
    expect(fillInContents(contents, scope('Ann'))).toEqual([{ type: 'text', text: 'Hi Ann' }]);
  });
});
