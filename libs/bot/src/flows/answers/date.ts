import type { Expected } from '#libs/model';
import { wordsOf } from '../../fold.js';
import { addDays, daysBetween, weekdayOf } from '../../hours.js';
import { refused, sentenceMax, understood, type Answered, type AnswerContext } from './answer.js';
import { dayWords, monthWords, weekdayWords } from './date-words.js';
import { timeIn } from './time.js';

type ExpectedDate = Extract<Expected, { kind: 'date' }>;

const iso = /(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/;
const numeric = /(?<!\d)(\d{1,2})\s?[./-]\s?(\d{1,2})(?:\s?[./-]\s?(\d{4}|\d{2}))?(?![\d:])/;

/**
 * Understands one day: 2027-03-04, 4.3.2027, 4/3, 4 March, März 4, tomorrow, next Monday; with a time of day where
 * that is wanted. A day without a year is the next one.
 *
 * The value is `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM` by the clock of the place.
 */
export function readDate(text: string, expected: ExpectedDate, context: AnswerContext): Answered {
  const plain = text.slice(0, sentenceMax).normalize('NFKC');
  const date = dateIn(plain, expected.order, context);
  if (date === null) return refused('no date');
  const distance = daysBetween(context.today, date);
  if (expected.from === 'today' && distance < 0) return refused('in the past');
  if (expected.from === 'tomorrow' && distance < 1) return refused('too early');
  if (expected.days_max !== undefined && distance > expected.days_max) return refused('too late');
  if (!expected.time) return understood(date);
  const time = timeIn(plain);
  return time === null ? refused('no time of day') : understood(`${date}T${time}`);
}

/** The day that a text names; null when it names none. */
export function dateIn(text: string, order: ExpectedDate['order'], context: AnswerContext): string | null {
  const exact = iso.exec(text);
  if (exact) return dateOf(Number(exact[1]), Number(exact[2]), Number(exact[3]));
  return inNumbers(text, order, context.today) ?? inWords(text, context);
}

function inNumbers(text: string, order: ExpectedDate['order'], today: string): string | null {
  const found = numeric.exec(text);
  if (!found) return null;
  const [first, second] = [Number(found[1]), Number(found[2])];
  // A month above twelve is a day, whatever the order says.
  const isMonthFirst = (order === 'mdy' && first <= 12) || second > 12;
  const [day, month] = isMonthFirst ? [second, first] : [first, second];
  return withYear(found[3], month, day, today);
}

function inWords(text: string, { languages, today }: AnswerContext): string | null {
  const words = wordsOf(text);
  const joined = ` ${words.join(' ')} `;
  const months = monthWords(languages);
  for (const [index, word] of words.entries()) {
    const month = months.get(word);
    if (month === undefined) continue;
    const day = [words[index - 1], words[index + 1], words[index - 2]]
      .map((near) => Number(/^(\d{1,2})(?:st|nd|rd|th|er|e|o|a)?$/.exec(near ?? '')?.[1] ?? Number.NaN))
      .find((value) => value >= 1 && value <= 31);
    if (day === undefined) continue;
    return withYear(
      words.find((near) => /^(?:19|20)\d\d$/.test(near)),
      month,
      day,
      today,
    );
  }
  // The longest first: "day after tomorrow" holds "tomorrow".
  for (const [phrase, days] of dayWords(languages)) {
    if (joined.includes(` ${phrase} `)) return addDays(today, days);
  }
  const weekdays = weekdayWords(languages);
  const named = words.map((word) => weekdays.get(word)).find((weekday) => weekday !== undefined);
  if (named === undefined) return null;
  for (let days = 1; days <= 7; days++) {
    if (weekdayOf(addDays(today, days)) === named) return addDays(today, days);
  }
  return null;
}

/** The day with its year; without one the next such day, today included. */
function withYear(year: string | undefined, month: number, day: number, today: string): string | null {
  if (year !== undefined) return dateOf(year.length === 2 ? 2000 + Number(year) : Number(year), month, day);
  const thisYear = Number(today.slice(0, 4));
  for (let later = 0; later <= 8; later++) {
    const date = dateOf(thisYear + later, month, day);
    if (date !== null && date >= today) return date;
  }
  return null;
}

/** A date of the calendar; null for the 31st of February. */
function dateOf(year: number, month: number, day: number): string | null {
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31) return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 ? date.toISOString().slice(0, 10) : null;
}
