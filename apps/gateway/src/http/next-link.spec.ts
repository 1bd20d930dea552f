import { describe, expect, it } from 'vitest';
import { nextLink } from './next-link.js';

const BASE = 'https://parley.example';
const page = { data: [], has_more: true, next_cursor: 'a+b=' };

describe('the link to the next page', () => {
  it('keeps what was asked for, and goes on behind this page', () => {
    expect(nextLink(page, '/v1/contacts', BASE)).toBe(`<${BASE}/v1/contacts?cursor=a%2Bb%3D>; rel="next"`);
    expect(nextLink(page, '/v1/contacts?limit=2&cursor=old&q=%26', BASE)).toBe(
      `<${BASE}/v1/contacts?limit=2&cursor=a%2Bb%3D&q=%26>; rel="next"`,
    );
  });

  it('is not there behind the last page, nor where there are no pages', () => {
    const last = { ...page, has_more: false };
    for (const answer of [last, { ...last, next_cursor: null }, {}, [], null, undefined, 'x'])
      expect(nextLink(answer, '/v1/contacts', BASE)).toBeNull();
  });
});
