import { describe, expect, it } from 'vitest';
import { csvOf } from './csv.js';

describe('rows as CSV', () => {
  it('quotes what needs it, and leaves empty what there is not', () => {
    expect(
      csvOf([
        ['a "b", c', 1.5, null],
        ['two\nlines', 0, 'x'],
      ]),
    ).toBe('"a ""b"", c",1.5,\r\n"two\nlines",0,x\r\n');
  });

  it('starts no formula', () => {
    expect(csvOf([['=1+1', '+1', '-1', '@x', -1]])).toBe("'=1+1,'+1,'-1,'@x,-1\r\n");
  });
});
