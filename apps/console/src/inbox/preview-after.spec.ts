import { describe, expect, it } from 'vitest';
import { previewAfter } from './preview-after.js';

const after = (...pieces: object[]): string =>
  pieces.reduce<string>((preview, piece) => previewAfter(preview, { ...piece }), '');

describe('the preview of an answer', () => {
  it('grows by each piece', () => {
    expect(after({ index: 0, text: 'We are' }, { index: 1, text: ' open.' })).toBe('We are open.');
  });

  it('is taken back with what was said, and begins anew with a beginning', () => {
    const begun = [{ index: 0, text: 'We are' }];
    expect(after(...begun, { index: 1, text: '', reset: true })).toBe('');
    expect(after(...begun, { index: 0, text: 'One moment' })).toBe('One moment');
  });

  it('shows no end without its beginning', () => {
    expect(after({ index: 4, text: ' open.' })).toBe('');
  });
});
