import type { FormField } from '#libs/model';
import { refused, understood, type Answered } from './answer.js';
import { readEmail } from './email.js';
import { readNumber } from './number.js';
import { readPhone } from './phone.js';

/**
 * Reads what a person put into a field of a form: nothing is guessed, unlike in an answer in words.
 *
 * @returns the value; null for an optional field that was left empty
 */
export function readField({ kind, required, options }: FormField, text: string): Answered {
  const said = text.trim();
  if (said === '') return required ? refused('is needed') : understood(null);
  switch (kind) {
    case 'text':
      return understood(said);
    case 'email':
      return orSay(readEmail(said), 'is no e-mail address');
    case 'phone':
      return orSay(readPhone(said, undefined), 'is no telephone number; begin with + and the country');
    case 'number':
      return orSay(readNumber(said, { kind, integer: false }), 'is no number');
    case 'date':
      return isDate(said) ? understood(said) : refused('is no date: YYYY-MM-DD');
    case 'choice':
      return options.some(({ id }) => id === said) ? understood(said) : refused('is none of the options');
  }
}

function orSay(answered: Answered, problem: string): Answered {
  return answered.ok ? answered : refused(problem);
}

function isDate(text: string): boolean {
  const date = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return date !== null && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
