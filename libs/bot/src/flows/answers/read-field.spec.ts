import { describe, expect, it } from 'vitest';
import { FormField } from '#libs/model';
import { readField } from './read-field.js';

const read = (field: Partial<FormField>, text: string): unknown => {
  const answered = readField(FormField.parse({ id: 'x', label: 'X', kind: 'text', ...field }), text);
  return answered.ok ? answered.value : answered.problem;
};
const options = [{ id: 'am', label: 'Morning' }];

describe('a field of a form', () => {
  it.each([
    [{ kind: 'text' }, ' Ada ', 'Ada'],
    [{ kind: 'email' }, 'ada@shop.example', 'ada@shop.example'],
    [{ kind: 'email' }, 'ada', 'is no e-mail address'],
    [{ kind: 'phone' }, '+43 1 234567', '+431234567'],
    [{ kind: 'phone' }, 'call me', 'is no telephone number; begin with + and the country'],
    [{ kind: 'number' }, '12', 12],
    [{ kind: 'number' }, 'many', 'is no number'],
    [{ kind: 'date' }, '2026-02-28', '2026-02-28'],
    [{ kind: 'date' }, '2026-02-30', 'is no date: YYYY-MM-DD'],
    [{ kind: 'choice', options }, 'am', 'am'],
    [{ kind: 'choice', options }, 'Morning', 'is none of the options'],
    [{ kind: 'text' }, '  ', 'is needed'],
    [{ kind: 'email', required: false }, '', null],
  ] as const)('%j with %j is %j', (field, text, value) => {
    expect(read(field as Partial<FormField>, text)).toBe(value);
  });
});
