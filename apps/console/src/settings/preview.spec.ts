import { describe, expect, it } from 'vitest';
import { previewOf } from './preview.js';

describe('the preview of a kept answer', () => {
  const example = { contact: 'Alan', operator: 'Ada' };

  it('fills in names', () => {
    expect(previewOf('Hello {{ contact.name }}, {{operator.name}} here.', example)).toBe(
      'Hello Alan, Ada here.',
    );
  });

  it('leaves as it is written what only the server knows', () => {
    expect(previewOf('{{ contact.attributes.plan }} {% if x %}', example)).toBe(
      '{{ contact.attributes.plan }} {% if x %}',
    );
  });
});
