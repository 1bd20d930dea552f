import type { JsonObject } from '#libs/model';
import type { AnswerContext } from '../flows/answers/answer.js';
import { dateIn } from '../flows/answers/date.js';
import { emailsIn } from '../flows/answers/email.js';
import { numbersIn } from '../flows/answers/number.js';
import { phonesIn } from '../flows/answers/phone.js';
import { timeIn } from '../flows/answers/time.js';

/** What a text names: for tools, for the memory of a contact, for an operator. */
export interface Entities extends JsonObject {
  readonly emails: string[];
  /** E.164 */
  readonly phones: string[];
  readonly numbers: number[];
  /** YYYY-MM-DD */
  readonly date: string | null;
  /** HH:MM */
  readonly time: string | null;
}

/** The addresses, numbers, day and time in a text. Pure; what is not there is empty. */
export function entitiesIn(text: string, context: AnswerContext): Entities {
  const read = text.slice(0, 2_000);
  const phones = phonesIn(read, context.country).filter(({ isPlain }) => isPlain);
  return {
    emails: [...emailsIn(read)],
    phones: [...new Set(phones.map(({ e164 }) => e164))],
    numbers: [...numbersIn(read)].slice(0, 20),
    date: dateIn(read, 'dmy', context),
    time: timeIn(read),
  };
}
