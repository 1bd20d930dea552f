import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeCsv } from './csv.js';

describe('CSV', () => {
  it.each(['=1+1', '+1', '-1', '@sum', '\t=1', '\r=1', '\n=1', '  =1', '＝1+1', '\ufeff=1'])(
    'begins no cell with a formula: %j',
    (text) => {
      expect(writeCsv(null, [[text]]).replace(/^"/, '')).toMatch(/^'/);
    },
  );

  it('leaves numbers, ordinary words and nothing as they are', () => {
    expect(
      writeCsv(
        ['a', 'b'],
        [
          [-1.5, 'x@y.example'],
          [null, true],
        ],
      ),
    ).toBe('a,b\r\n-1.5,x@y.example\r\n,true\r\n');
  });

  it('quotes what would break a line, and tames it whatever it holds', () => {
    expect(writeCsv(null, [['a,b', 'say "no"', 'two\nlines']])).toBe('"a,b","say ""no""","two\nlines"\r\n');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const cell = writeCsv(null, [[text]]).replace(/^"/, '');
        expect(cell).not.toMatch(/^[\s\ufeff]*[=+\-@]/);
      }),
    );
    // Texts of all of Unicode take seconds to be drawn on a busy machine.
  }, 60_000);
});
