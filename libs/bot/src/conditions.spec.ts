import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, expressionProblem, holds, type Scope } from './conditions.js';

const scope: Scope = {
  contact: { name: 'Ann', attributes: { plan: 'gold', visits: 3 } },
  conversation: {},
  message: { text: 'Hello' },
  time: { hour: 9, weekday: 'mon', is_open: true },
  channel: { label: 'Shop' },
  fields: { score: 20, price: 1.5, list: [1, 2, 3] },
};

describe('a condition', () => {
  it.each([
    ['contact.attributes.plan == "gold" && time.is_open', true],
    ['contact.attributes.visits >= 3', true],
    ['time.weekday in ["sat", "sun"]', false],
    ['has(fields.email)', false],
    ['fields.list.exists(x, x > 2)', true],
    ['message.text.lowerAscii().contains("hell")', true],
    ['fields.missing == 1', false],
    ['fields.score', false],
    ['contact.__proto__ == null', false],
    ['contact.constructor == null', false],
  ])('%s is %s', (text, expected) => {
    expect(holds(text, scope)).toBe(expected);
  });

  it('is refused before it runs, with what is wrong', () => {
    expect(expressionProblem('1 +')).toMatch(/unexpected/i);
    expect(expressionProblem('nobody.x == 1')).toMatch(/nobody/);
    expect(expressionProblem('1 + 1', 'bool')).toBe('is int, where true or false is wanted');
    expect(expressionProblem('message.text.matches("(a+)+$")')).toBe('matches cannot be used');
    expect(expressionProblem('[1].map(x, [2].map(y, x + y))')).toBe('a loop cannot stand within a loop');
    expect(expressionProblem('cel.bind(a, "x", a + a)')).toBe('bind cannot be used');
    expect(expressionProblem('('.repeat(60) + '1' + ')'.repeat(60))).not.toBeNull();
    expect(expressionProblem('fields.score > 3', 'bool')).toBeNull();
  });
});

describe('an expression', () => {
  it('counts whole and broken numbers together, and gives numbers of JSON', () => {
    expect(evaluate('fields.score + 10', scope)).toEqual({ ok: true, value: 30 });
    expect(evaluate('fields.price * 2', scope)).toEqual({ ok: true, value: 3 });
    expect(evaluate('fields.list.map(x, x * 2)', scope)).toEqual({ ok: true, value: [2, 4, 6] });
    expect(evaluate('{"a": fields.score, "b": null}', scope)).toEqual({
      ok: true,
      value: { a: 20, b: null },
    });
    expect(evaluate('1 / 0', scope)).toEqual({ ok: false });
    expect(evaluate('duration("1s")', scope)).toEqual({ ok: false });
  });

  it('never throws, whatever is written', () => {
    const piece = fc.constantFrom(
      'fields',
      '.',
      'score',
      '(',
      ')',
      '+',
      '[',
      ']',
      '"a"',
      '1',
      ',',
      'map',
      '{',
      '?',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        evaluate(pieces.join(''), scope);
        expressionProblem(pieces.join(''));
      }),
    );
  });
});
