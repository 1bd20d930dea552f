import type { analyticsReports, AnalyticsReportName } from '#libs/model';
import type { analytics } from '../i18n/en/analytics.js';

/** What a number means. */
export type Unit = 'count' | 'seconds' | 'rate' | 'money' | 'score';

/** The name of a value that some report counts. */
export type ValueName = {
  [Name in AnalyticsReportName]: (typeof analyticsReports)[Name]['values'][number];
}[AnalyticsReportName];

/** A value that is drawn, and has a name for people. */
export type DrawnValue = keyof (typeof analytics)['value'] & ValueName;

/** One report as it is drawn over time. */
export interface ReportChart {
  report: Exclude<AnalyticsReportName, 'flows' | 'questions'>;
  kind: 'bars' | 'stack' | 'line';
  unit: Unit;
  /** In the order of drawing; each has a colour of its own in every chart. */
  series: readonly { value: DrawnValue; colour: string }[];
}

const c = (name: string): string => `var(--series-${name})`;

/** All of them, in their order. */
export const charts: readonly ReportChart[] = [
  {
    report: 'volume',
    kind: 'stack',
    unit: 'count',
    series: [
      { value: 'from_contacts', colour: c('blue') },
      { value: 'from_bot', colour: c('green') },
      { value: 'from_operators', colour: c('amber') },
      { value: 'from_api', colour: c('gray') },
    ],
  },
  {
    report: 'first-response',
    kind: 'line',
    unit: 'seconds',
    series: [
      { value: 'seconds_median', colour: c('green') },
      { value: 'seconds_p90', colour: c('amber') },
      { value: 'human_seconds_median', colour: c('blue') },
    ],
  },
  {
    report: 'resolution',
    kind: 'bars',
    unit: 'count',
    series: [
      { value: 'conversations', colour: c('gray') },
      { value: 'resolved', colour: c('green') },
    ],
  },
  {
    report: 'deflection',
    kind: 'line',
    unit: 'rate',
    series: [{ value: 'deflected_rate', colour: c('green') }],
  },
  {
    report: 'hand-over',
    kind: 'line',
    unit: 'count',
    series: [
      { value: 'requested', colour: c('amber') },
      { value: 'taken', colour: c('blue') },
      { value: 'returned', colour: c('green') },
    ],
  },
  {
    report: 'csat',
    kind: 'stack',
    unit: 'count',
    series: [
      { value: 'score_5', colour: c('green') },
      { value: 'score_4', colour: c('teal') },
      { value: 'score_3', colour: c('gray') },
      { value: 'score_2', colour: c('amber') },
      { value: 'score_1', colour: c('red') },
    ],
  },
  {
    report: 'deliveries',
    kind: 'stack',
    unit: 'count',
    series: [
      { value: 'failed', colour: c('red') },
      { value: 'expired', colour: c('amber') },
      { value: 'unknown', colour: c('violet') },
    ],
  },
  {
    report: 'answers',
    kind: 'stack',
    unit: 'count',
    series: [
      { value: 'rules', colour: c('green') },
      { value: 'flows', colour: c('teal') },
      { value: 'knowledge', colour: c('blue') },
      { value: 'agent', colour: c('violet') },
      { value: 'unanswered', colour: c('amber') },
      { value: 'failed', colour: c('red') },
    ],
  },
  {
    report: 'feedback',
    kind: 'stack',
    unit: 'count',
    series: [
      { value: 'up', colour: c('green') },
      { value: 'down', colour: c('amber') },
    ],
  },
  {
    report: 'cost',
    kind: 'bars',
    unit: 'money',
    series: [{ value: 'money_micros', colour: c('violet') }],
  },
];

/** The numbers at the top: one value of one report over the whole time. */
export const headlines = [
  { report: 'volume', value: 'conversations', unit: 'count' },
  { report: 'first-response', value: 'seconds_median', unit: 'seconds' },
  { report: 'resolution', value: 'resolved_rate', unit: 'rate' },
  { report: 'deflection', value: 'deflected_rate', unit: 'rate' },
  { report: 'csat', value: 'average', unit: 'score' },
  { report: 'deliveries', value: 'failed_rate', unit: 'rate' },
] as const satisfies readonly { report: AnalyticsReportName; value: ValueName; unit: Unit }[];

/** What is compared between channels, bots or operators: one column each. */
export const comparisons = [
  { report: 'volume', value: 'messages', unit: 'count' },
  { report: 'first-response', value: 'seconds_median', unit: 'seconds' },
  { report: 'resolution', value: 'resolved_rate', unit: 'rate' },
  { report: 'deflection', value: 'deflected_rate', unit: 'rate' },
  { report: 'hand-over', value: 'taken', unit: 'count' },
  { report: 'csat', value: 'average', unit: 'score' },
  { report: 'deliveries', value: 'failed_rate', unit: 'rate' },
  { report: 'cost', value: 'money_micros', unit: 'money' },
] as const satisfies readonly { report: AnalyticsReportName; value: ValueName; unit: Unit }[];
