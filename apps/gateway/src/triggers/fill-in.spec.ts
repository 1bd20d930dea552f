import { describe, expect, it } from 'vitest';
import { fillIn } from './fill-in.js';

const payload = { order: { id: 7, open: true, lines: [{ name: 'Tea' }], note: '', trap: '{{ order.id }}' } };

describe('places in a text', () => {
  it.each([
    ['Order {{ order.id }}: {{order.lines.0.name}}', 'Order 7: Tea'],
    ['{{ order.open }}', 'true'],
    ['{{ order.note | nothing }} {{ order.gone | }}', 'nothing '],
    ['no place {{ }} { x }', 'no place {{ }} { x }'],
    ['{{ order.trap }}', '{{ order.id }}'],
  ])('%s', (text, filled) => expect(fillIn(text, payload)).toBe(filled));

  it.each([
    '{{ order.gone }}',
    '{{ order.lines }}',
    '{{ constructor.name }}',
    '{{ order.__proto__ }}',
    '{{ a }}',
  ])('refuses %s, for which nothing came', (text) =>
    expect(() => fillIn(text, payload)).toThrow(expect.objectContaining({ code: 'input/invalid' })),
  );
});
