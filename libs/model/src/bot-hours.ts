import { z } from 'zod';

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/);
export const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
export type Weekday = z.infer<typeof Weekday>;

/** When somebody is there: opening times by the clock of one place. */
export const BusinessHours = z
  .strictObject({
    time_zone: z.string().min(1).max(64).describe('IANA name, for example Europe/Berlin'),
    weekly: z
      .array(
        z.strictObject({
          days: z.array(Weekday).min(1).max(7),
          from: clockTime.describe('HH:MM'),
          to: clockTime.describe(
            'HH:MM, not included; before `from` it is of the next day; 24:00 is midnight',
          ),
        }),
      )
      .max(50),
    closed: z
      .array(z.iso.date())
      .max(400)
      .default([])
      .describe('Days without opening, as YYYY-MM-DD; an opening belongs to the day on which it begins'),
  })
  .meta({ id: 'BusinessHours' });
export type BusinessHours = z.infer<typeof BusinessHours>;
