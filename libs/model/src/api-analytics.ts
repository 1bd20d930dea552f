import { z } from 'zod';
import { askedInstant } from './asked.js';
import { BotId, ChannelId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

/** What each report counts, and the names of its values. All of them are counted from the event log. */
export const analyticsReports = {
  volume: {
    description: 'What began and what was said.',
    values: ['conversations', 'messages', 'from_contacts', 'from_bot', 'from_operators', 'from_api'],
  },
  'first-response': {
    description:
      'Conversations in which somebody wrote, by when they began: how long the first answer took, in seconds; `human_…` is the first one by an operator or a program.',
    values: [
      'conversations',
      'answered',
      'seconds_average',
      'seconds_median',
      'seconds_p90',
      'human_answered',
      'human_seconds_median',
    ],
  },
  resolution: {
    description:
      'Conversations in which somebody wrote, by when they began: those that were closed, ended or came to a goal, and how long after the first message.',
    values: ['conversations', 'resolved', 'resolved_rate', 'seconds_average', 'seconds_median'],
  },
  deflection: {
    description:
      'Conversations that the bot answered, by when they began: those in which nobody asked for a person, none took over, and the last turn did not fail.',
    values: ['conversations', 'deflected', 'deflected_rate'],
  },
  'hand-over': {
    description:
      'Conversations that went to people, by when they began: asked for, taken by an operator or a desk, given back; `wait_…` is seconds from the first of asking to the first of taking.',
    values: [
      'conversations',
      'requested',
      'taken',
      'returned',
      'wait_seconds_average',
      'wait_seconds_median',
    ],
  },
  csat: {
    description: 'What people said of their conversations, 1 to 5; positive: 4 and 5.',
    values: ['answers', 'average', 'positive_rate', 'score_1', 'score_2', 'score_3', 'score_4', 'score_5'],
  },
  deliveries: {
    description: 'Messages of ours, by when they were written: how far each has come until now.',
    values: ['messages', 'open', 'sent', 'delivered', 'read', 'failed', 'expired', 'unknown', 'failed_rate'],
  },
  cost: {
    description: 'Turns of bots, and what models took for them; money in millionths of the currency.',
    values: ['turns', 'tokens', 'money_micros', 'money_micros_per_turn'],
  },
  answers: {
    description:
      'Turns of bots by who had the answer; unanswered: the fallback, or nothing where something was asked.',
    values: ['turns', 'rules', 'flows', 'knowledge', 'agent', 'other', 'unanswered', 'silent', 'failed'],
  },
  feedback: {
    description:
      'What people and operators said of answers of bots, as they think now; `down_…`: of those that were not good, by who had the answer.',
    values: [
      'opinions',
      'up',
      'down',
      'up_rate',
      'from_contacts',
      'down_rules',
      'down_flows',
      'down_knowledge',
      'down_agent',
      'down_other',
    ],
  },
  flows: {
    description:
      'Nodes at which flows waited: in how many conversations, and in how many nothing of the bot came after it. Grouped by `flow/node`, never by time.',
    values: ['reached', 'went_on', 'dropped', 'dropped_rate'],
  },
  questions: {
    description:
      'Questions that nobody could answer, by their words, those asked most often first. Grouped by question, never by time.',
    values: ['times'],
  },
} as const satisfies Record<string, { description: string; values: readonly string[] }>;

export const AnalyticsReportName = z.enum(
  Object.keys(analyticsReports) as [keyof typeof analyticsReports, ...(keyof typeof analyticsReports)[]],
);
export type AnalyticsReportName = z.infer<typeof AnalyticsReportName>;

/** The longest time that one report covers, in days. */
const DAYS_MAX = 3_660;
/** Most rows of time in one report. */
const BUCKETS_MAX = 2_000;
const HOURS = { hour: 1, day: 24, week: 168, month: 672 } as const;

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
};

export const AnalyticsQuery = z
  .strictObject({
    from: askedInstant,
    to: askedInstant.describe('RFC 3339, UTC; not this instant any more'),
    interval: z
      .enum(['hour', 'day', 'week', 'month'])
      .optional()
      .describe('Without it one row for the whole time'),
    timezone: z
      .string()
      .max(64)
      .regex(/^[A-Za-z][\w+/-]*$/)
      .refine(isZone, { error: 'must be a time zone such as Europe/Berlin' })
      .default('UTC')
      .describe('In which days, weeks and months begin (IANA name)'),
    group_by: z
      .enum(['channel', 'bot', 'operator'])
      .optional()
      .describe(
        'bot: the one that spoke, of a conversation the first one · operator: who wrote a message; first-response: who wrote the first answer by a person; feedback: who gave it; resolution: who wrote last before the end; where nobody wrote, and in other reports, who took the conversation last',
      ),
    channel_id: ChannelId.optional().describe('Only this channel'),
    bot_id: BotId.optional().describe('Only this bot: what `group_by=bot` counts for it'),
    format: z.enum(['json', 'csv']).default('json'),
  })
  .refine(({ from, to }) => from < to, { error: 'must be after from', path: ['to'] })
  .refine(({ from, to }) => hoursOf(from, to) <= DAYS_MAX * 24, {
    error: `must be at most ${DAYS_MAX} days after from`,
    path: ['to'],
  })
  .refine(({ from, to, interval }) => !interval || hoursOf(from, to) / HOURS[interval] <= BUCKETS_MAX, {
    error: `makes more than ${BUCKETS_MAX} rows of time`,
    path: ['interval'],
  });
export type AnalyticsQuery = z.infer<typeof AnalyticsQuery>;

const hoursOf = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 3_600_000;

export const AnalyticsRow = z
  .object({
    start: instant.nullable().describe('When the hour, day, week or month begins; null without an interval'),
    group: z
      .string()
      .nullable()
      .describe('An id, a node or a question; null for what belongs to none, and without a group'),
    group_name: z.string().nullable().describe('For people'),
    values: z
      .record(z.string(), z.number().nullable())
      .describe('As the report says; null where there is nothing to divide by'),
  })
  .meta({ id: 'AnalyticsRow' });
export type AnalyticsRow = z.infer<typeof AnalyticsRow>;

export const AnalyticsReport = z
  .object({
    report: AnalyticsReportName,
    from: instant,
    to: instant,
    timezone: z.string(),
    values: z.array(z.string()).describe('The names of the values, in the order of the columns of the CSV'),
    data: z
      .array(AnalyticsRow)
      .describe('By time, then by group; hours and days without anything are left out'),
  })
  .meta({ id: 'AnalyticsReport' });
export type AnalyticsReport = z.infer<typeof AnalyticsReport>;
