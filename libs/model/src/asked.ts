import { z } from 'zod';

/** The largest number of a column of type `int`. */
const INT_MAX = 2_147_483_647;
/** PostgreSQL has no year 0, and what is added to the year 9999 is no time of RFC 3339 any more. */
const YEARS = { first: 1970, last: 9000 };

/** A time that a caller gives: one that can be kept, and have days added to it. */
export const askedInstant = z.iso
  .datetime()
  .refine((text) => Number(text.slice(0, 4)) >= YEARS.first && Number(text.slice(0, 4)) <= YEARS.last, {
    error: `must be in the years ${YEARS.first} to ${YEARS.last}`,
  })
  .describe('RFC 3339, UTC');

/** Whether a column can hold it. No limit of the schema: callers need not know it. */
const isKept = (number: number): boolean => number <= INT_MAX;
const TOO_LARGE = { error: 'there is no such number' };

/** A position that a caller gives. */
export const askedNumber = z.int().nonnegative().refine(isKept, TOO_LARGE);

/** A version that a caller gives. */
export const askedVersion = z.int().positive().refine(isKept, TOO_LARGE);

/** The same in a query. */
export const askedVersionInQuery = z.coerce.number().int().positive().refine(isKept, TOO_LARGE);
