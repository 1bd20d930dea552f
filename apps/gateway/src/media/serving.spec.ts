import { describe, expect, it } from 'vitest';
import { dispositionOf, rangeOf } from './serving.js';

describe('the disposition of a file', () => {
  it('shows pictures and sounds in place, and lets everything else be downloaded', () => {
    expect(dispositionOf('image/png', null)).toBe('inline');
    for (const type of ['image/svg+xml', 'text/html', 'application/xml', 'application/pdf', 'text/plain']) {
      expect(dispositionOf(type, null), type).toBe('attachment');
    }
  });
  it('names the file in ASCII and in full, and no name breaks out of the header', () => {
    expect(dispositionOf('image/png', `Bäume "2"'s.png`)).toBe(
      `inline; filename="B_ume _2_'s.png"; filename*=UTF-8''B%C3%A4ume%20%222%22%27s.png`,
    );
    expect(dispositionOf('text/plain', 'a\r\nset-cookie: b')).not.toMatch(/[\r\n]/);
  });
});

describe('a range', () => {
  it('is a part of the file', () => {
    expect(rangeOf('bytes=0-3', 10)).toEqual({ first: 0, last: 3 });
    expect(rangeOf('bytes=4-', 10)).toEqual({ first: 4, last: 9 });
    expect(rangeOf('bytes=-3', 10)).toEqual({ first: 7, last: 9 });
    expect(rangeOf('bytes=-30', 10)).toEqual({ first: 0, last: 9 });
    expect(rangeOf('bytes=8-99', 10)).toEqual({ first: 8, last: 9 });
  });
  it('is the whole file when none, several or a meaningless one is asked for', () => {
    for (const header of [undefined, '', 'bytes=-', 'bytes=0-1,3-4', 'bytes=5-2', 'lines=1-2']) {
      expect(rangeOf(header, 10), header).toBeUndefined();
    }
  });
  it('is nothing behind the end of the file', () => {
    expect(rangeOf('bytes=10-', 10)).toBeNull();
    expect(rangeOf('bytes=-0', 10)).toBeNull();
  });
});
