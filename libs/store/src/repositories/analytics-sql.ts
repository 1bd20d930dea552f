import type { AnalyticsQuery, AnalyticsReportName } from '#libs/model';

/**
 * Reports as statements over the event log. They count again every time, so that an event which comes late is in the next
 * answer, whatever its time. Parameters: $1 workspace, $2 from, $3 to, $4 time zone, $5 interval or null, $6 channel or null,
 * and, of one bot only, $7 its id as text.
 */

/** How a report is cut: what its rows are grouped by, and whether it is about one bot only. */
export interface ReportCut {
  by: AnalyticsQuery['group_by'];
  isOneBot: boolean;
}

/** When the row of an instant begins. */
const bucket = (at: string): string =>
  `case when $5::text is not null then date_trunc($5::text, ${at}, $4::text) end`;

const inTime = (at: string): string => `${at} >= $2::timestamptz and ${at} < $3::timestamptz`;

/** An operator wrote, and it is known which one; what was written before releases that tell it is not. */
const isWritten = (of: string): string =>
  `${of}.type = 'message.created' and ${of}.data->>'by' = 'operator' and ${of}.data ? 'actor'`;

/** A person of ours took a conversation, or wrote in it: who, by the newest such event before another. */
const operatorBefore = `
  left join lateral (
    select coalesce(o.data->>'actor', o.data->>'by') as operator from event o
    where o.workspace_id = $1::uuid and o.conversation_id = e.conversation_id and o.seq < e.seq
      and (o.type = 'control.changed' and o.data->>'to' in ('operator', 'desk') or ${isWritten('o')})
    order by o.seq desc limit 1
  ) taken on true`;

/** The bot that had a turn last before another event. */
const botBefore = `
  left join lateral (
    select o.data->>'bot' as bot from event o
    where o.workspace_id = $1::uuid and o.conversation_id = e.conversation_id and o.seq < e.seq
      and o.type = 'turn.completed'
    order by o.seq desc limit 1
  ) turned on true`;

/** Events of the time, one line each, with what they are grouped by. */
function eventsOf(
  types: readonly string[],
  { by, isOneBot }: ReportCut,
  key: { bot: string; operator: string },
): string {
  const keys = { channel: 't.channel_id::text', bot: key.bot, operator: key.operator };
  const joins = [
    key.operator.includes('taken.') && by === 'operator' ? operatorBefore : '',
    key.bot.includes('turned.') && (by === 'bot' || isOneBot) ? botBefore : '',
  ].join('');
  return `
    select e.conversation_id as c, e.seq, e.type, e.data, ${bucket('e.occurred_at')} as start,
      ${by ? keys[by] : 'null::text'} as key
    from event e
    join conversation t on t.workspace_id = e.workspace_id and t.id = e.conversation_id
    ${joins}
    where e.workspace_id = $1::uuid and e.type in (${types.map((type) => `'${type}'`).join(', ')})
      and ${inTime('e.occurred_at')} and ($6::uuid is null or t.channel_id = $6::uuid)
      ${isOneBot ? `and ${key.bot} = $7::text` : ''}`;
}

const spokenBy = {
  bot: `e.data->>'bot'`,
  operator: `case when e.data->>'by' = 'operator' then coalesce(e.data->>'actor', taken.operator) end`,
};
const aboutTurns = { bot: `e.data->>'bot'`, operator: 'null::text' };
const aboutTalks = { bot: 'turned.bot', operator: 'taken.operator' };

const rows = (values: string): string => `
  select start, key, ${values} from line group by start, key order by start nulls first, key nulls first`;

/** The first, in the order of the log, of the events that a condition is true of. */
const first = (what: string, condition: string): string =>
  `(array_agg(${what} order by seq) filter (where ${condition}))[1]`;
const isSpoken = `type = 'message.created' and data->>'by' <> 'contact'`;

/** The first answer by a person or a program: who wrote it, when it was a person. */
const whoAnswered = 'coalesce(human_by, operator)';
/** Who wrote last, until the conversation came to its end. */
const whoResolved = `coalesce((
  select w.by from unnest(wrote_by, wrote_seqs) as w (by, seq)
  where resolved_seq is null or w.seq < resolved_seq order by w.seq desc limit 1), operator)`;

/**
 * Conversations that began in the time, one line each: what became of them, whenever that was.
 *
 * @param operator  whom a conversation counts for; default: who took it last
 */
function talksOf({ by, isOneBot }: ReportCut, operator = 'operator'): string {
  const keys = { channel: 'channel_id::text', bot: 'bot', operator };
  const isHuman = `seq > asked_seq and ${isSpoken} and data->>'by' <> 'bot'`;
  const isResolved = `seq > asked_seq and (type in ('session.ended', 'goal.reached')
    or type = 'conversation.updated' and data->>'state' = 'closed')`;
  return `
    with talk as materialized (
      select e.conversation_id as c, e.occurred_at as at, t.channel_id
      from event e
      join conversation t on t.workspace_id = e.workspace_id and t.id = e.conversation_id
      where e.workspace_id = $1::uuid and e.type = 'conversation.created' and ${inTime('e.occurred_at')}
        and ($6::uuid is null or t.channel_id = $6::uuid)
    ), said as (
      select k.c, k.at, k.channel_id, e.seq, e.type, e.data, e.occurred_at,
        min(e.seq) filter (where e.type = 'message.created' and e.data->>'by' = 'contact') over (partition by k.c) as asked_seq
      from talk k
      join event e on e.workspace_id = $1::uuid and e.conversation_id = k.c
      where e.type in ('message.created', 'turn.completed', 'turn.failed', 'handoff.requested', 'control.changed',
        'conversation.updated', 'session.ended', 'goal.reached')
    ), fact as (
      select c, at, channel_id,
        max(occurred_at) filter (where seq = asked_seq) as asked_at,
        ${first('occurred_at', `seq > asked_seq and ${isSpoken}`)} as answered_at,
        ${first('occurred_at', isHuman)} as human_at,
        ${first(`case when data->>'by' = 'operator' then data->>'actor' end`, isHuman)} as human_by,
        ${first('occurred_at', isResolved)} as resolved_at,
        ${first('seq', isResolved)} as resolved_seq,
        array_agg(data->>'actor' order by seq) filter (where ${isWritten('said')}) as wrote_by,
        array_agg(seq order by seq) filter (where ${isWritten('said')}) as wrote_seqs,
        ${first(
          'occurred_at',
          `type = 'handoff.requested' or type = 'control.changed' and data->>'to' = 'queue'`,
        )} as requested_at,
        ${first('occurred_at', `type = 'control.changed' and data->>'to' in ('operator', 'desk')`)} as taken_at,
        bool_or(type = 'control.changed' and data->>'to' = 'bot') as is_returned,
        bool_or(type = 'turn.completed' and data->>'outcome' = 'answered') as is_bots,
        (array_agg(type order by seq desc) filter (where type in ('turn.completed', 'turn.failed')))[1] as last_turn,
        ${first(`data->>'bot'`, `type = 'turn.completed'`)} as bot,
        (array_agg(data->>'by' order by seq desc)
          filter (where type = 'control.changed' and data->>'to' in ('operator', 'desk')))[1] as operator
      from said group by c, at, channel_id
    ), line as (
      select *, ${bucket('at')} as start, ${by ? keys[by] : 'null::text'} as key from fact
      ${isOneBot ? 'where bot = $7::text' : ''}
    )`;
}

const ratio = (part: string, whole: string): string => `(${part})::float8 / nullif(${whole}, 0)`;
const count = (condition: string): string => `count(*) filter (where ${condition})`;
/** Seconds between two instants; clocks of two machines may differ, and nothing takes less than no time. */
const seconds = (from: string, to: string): string =>
  `case when ${to} - ${from} is not null then greatest(0, extract(epoch from ${to} - ${from}))::float8 end`;
const averageOf = (value: string): string => `avg(${value})`;
const percentile = (at: number, value: string): string =>
  `percentile_cont(${at}) within group (order by ${value})`;

function firstResponse(cut: ReportCut): string {
  const answer = seconds('asked_at', 'answered_at');
  return `${talksOf(cut, whoAnswered)}
    select start, key, count(*) as conversations, count(answered_at) as answered,
      ${averageOf(answer)} as seconds_average, ${percentile(0.5, answer)} as seconds_median,
      ${percentile(0.9, answer)} as seconds_p90, count(human_at) as human_answered,
      ${percentile(0.5, seconds('asked_at', 'human_at'))} as human_seconds_median
    from line where asked_at is not null group by start, key order by start nulls first, key nulls first`;
}

function resolution(cut: ReportCut): string {
  const taken = seconds('asked_at', 'resolved_at');
  return `${talksOf(cut, whoResolved)}
    select start, key, count(*) as conversations, count(resolved_at) as resolved,
      ${ratio('count(resolved_at)', 'count(*)')} as resolved_rate,
      ${averageOf(taken)} as seconds_average, ${percentile(0.5, taken)} as seconds_median
    from line where asked_at is not null group by start, key order by start nulls first, key nulls first`;
}

function deflection(cut: ReportCut): string {
  const isDeflected = count(`requested_at is null and taken_at is null and last_turn = 'turn.completed'`);
  return `${talksOf(cut)}
    select start, key, count(*) as conversations, ${isDeflected} as deflected,
      ${ratio(isDeflected, 'count(*)')} as deflected_rate
    from line where is_bots and asked_at is not null group by start, key order by start nulls first, key nulls first`;
}

function handOver(cut: ReportCut): string {
  const wait = seconds('requested_at', 'taken_at');
  return `${talksOf(cut)}
    select start, key, count(*) as conversations, count(requested_at) as requested, count(taken_at) as taken,
      ${count('is_returned')} as returned, ${averageOf(wait)} as wait_seconds_average,
      ${percentile(0.5, wait)} as wait_seconds_median
    from line where requested_at is not null or taken_at is not null
    group by start, key order by start nulls first, key nulls first`;
}

const volume = (cut: ReportCut): string => `
  with line as (${eventsOf(['conversation.created', 'message.created'], cut, spokenBy)})
  ${rows(
    [
      `${count(`type = 'conversation.created'`)} as conversations`,
      `${count(`type = 'message.created'`)} as messages`,
      ...[
        ['contact', 'contacts'],
        ['bot', 'bot'],
        ['operator', 'operators'],
        ['api', 'api'],
      ].map(([by, name]) => `${count(`type = 'message.created' and data->>'by' = '${by}'`)} as from_${name}`),
    ].join(', '),
  )}`;

const csat = (cut: ReportCut): string => {
  const score = `(data->>'score')::numeric`;
  return `
  with line as (
    select * from (${eventsOf(['csat.received'], cut, aboutTalks)}) x where data->>'score' ~ '^[1-5]$'
  )
  ${rows(
    [
      'count(*) as answers',
      `avg(${score})::float8 as average`,
      `${ratio(count(`${score} >= 4`), 'count(*)')} as positive_rate`,
      ...[1, 2, 3, 4, 5].map((one) => `${count(`${score} = ${one}`)} as score_${one}`),
    ].join(', '),
  )}`;
};

const deliveries = (cut: ReportCut): string => `
  with spoken as materialized (
    select * from (${eventsOf(['message.created'], cut, spokenBy)}) x where data->>'by' <> 'contact'
  ), told as (
    select e.conversation_id as c, e.data->>'message' as message,
      (array_agg(e.data->>'status' order by e.seq desc))[1] as status
    from event e
    where e.workspace_id = $1::uuid and e.type = 'message.status' and e.conversation_id in (select c from spoken)
    group by 1, 2
  ), line as (
    select s.start, s.key, coalesce(t.status, s.data->>'status', 'queued') as status
    from spoken s left join told t on t.c = s.c and t.message = s.data->>'message'
  )
  ${rows(
    [
      'count(*) as messages',
      `${count(`status in ('queued', 'sending')`)} as open`,
      ...['sent', 'delivered', 'read', 'failed', 'expired', 'unknown'].map(
        (status) => `${count(`status = '${status}'`)} as ${status}`,
      ),
      `${ratio(count(`status in ('failed', 'expired')`), 'count(*)')} as failed_rate`,
    ].join(', '),
  )}`;

const turns = (cut: ReportCut): string =>
  `with line as (${eventsOf(['turn.completed', 'turn.failed'], cut, aboutTurns)})`;

const cost = (cut: ReportCut): string => {
  const micros = `coalesce(sum((data->>'money_micros')::numeric), 0)`;
  return `${turns(cut)} ${rows(`count(*) as turns,
    coalesce(sum((data->>'tokens')::numeric), 0)::float8 as tokens, ${micros}::float8 as money_micros,
    ${ratio(micros, 'count(*)')} as money_micros_per_turn`)}`;
};

/** Who answers by rules, whatever the responder calls itself. */
const byRules = `('rules', 'intents', 'phrases')`;
const named = `('rules', 'intents', 'phrases', 'flows', 'knowledge', 'agent', 'fallback')`;

const answers = (cut: ReportCut): string => {
  const answered = `data->>'outcome' = 'answered'`;
  const by = `data->>'answered_by'`;
  return `${turns(cut)} ${rows(`count(*) as turns,
    ${count(`${answered} and ${by} in ${byRules}`)} as rules,
    ${['flows', 'knowledge', 'agent'].map((one) => `${count(`${answered} and ${by} = '${one}'`)} as ${one}`).join(', ')},
    ${count(`${answered} and coalesce(${by}, '') not in ${named}`)} as other,
    ${count(`${answered} and ${by} = 'fallback'`)} as unanswered,
    ${count(`type = 'turn.completed' and data->>'outcome' <> 'answered'`)} as silent,
    ${count(`type = 'turn.failed'`)} as failed`)}`;
};

/** What somebody thinks of a message is what they said of it last, whenever that was. */
const feedback = (cut: ReportCut): string => {
  const who = (event: string): string => `coalesce(${event}data->>'actor', ${event}data->>'by')`;
  const of = `data->>'rating'`;
  const by = `data->>'answered_by'`;
  const down = (condition: string): string => count(`${of} = 'down' and ${condition}`);
  const opinions = eventsOf(['message.feedback'], cut, {
    bot: `e.data->>'bot'`,
    operator: `e.data->>'actor'`,
  });
  return `
  with line as (
    select * from (${opinions}) x where not exists (
      select from event o
      where o.workspace_id = $1::uuid and o.conversation_id = x.c and o.seq > x.seq and o.type = 'message.feedback'
        and o.data->>'message' = x.data->>'message' and ${who('o.')} = ${who('x.')})
  )
  ${rows(
    [
      'count(*) as opinions',
      `${count(`${of} = 'up'`)} as up`,
      `${count(`${of} = 'down'`)} as down`,
      `${ratio(count(`${of} = 'up'`), 'count(*)')} as up_rate`,
      `${count(`data->>'by' = 'contact'`)} as from_contacts`,
      `${down(`${by} in ${byRules}`)} as down_rules`,
      ...['flows', 'knowledge', 'agent'].map((one) => `${down(`${by} = '${one}'`)} as down_${one}`),
      `${down(`coalesce(${by}, '') not in ('rules', 'intents', 'phrases', 'flows', 'knowledge', 'agent')`)} as down_other`,
    ].join(', '),
  )}`;
};

const flows = ({ isOneBot }: ReportCut): string => `
  with line as materialized (
    select * from (${eventsOf(['turn.completed'], { by: undefined, isOneBot }, aboutTurns)}) x where data ? 'flow' and data ? 'node'
  ), ended as (
    select e.conversation_id as c, max(e.seq) as seq from event e
    where e.workspace_id = $1::uuid and e.type = 'turn.completed' and e.conversation_id in (select c from line)
    group by 1
  ), place as (
    select concat_ws('/', l.data->>'bot', l.data->>'flow', l.data->>'node') as key, l.c, bool_or(l.seq = d.seq) as is_end
    from line l join ended d using (c) group by 1, 2
  )
  select null::timestamptz as start, key, count(*) as reached, ${count('not is_end')} as went_on,
    ${count('is_end')} as dropped, ${ratio(count('is_end'), 'count(*)')} as dropped_rate
  from place group by key order by reached desc, key limit 1000`;

const questions = ({ isOneBot }: ReportCut): string => `
  select null::timestamptz as start, g.id::text as key, g.example as name, g.times
  from knowledge_gap g
  where g.workspace_id = $1::uuid and g.state = 'open' and ${inTime('g.last_at')}
    and $4::text is not null and ($5::text is null or true) and ($6::uuid is null or true)
    ${isOneBot ? 'and g.bot_id::text = $7::text' : ''}
  order by g.times desc, g.id limit 500`;

const statements: Record<AnalyticsReportName, (cut: ReportCut) => string> = {
  volume,
  'first-response': firstResponse,
  resolution,
  deflection,
  'hand-over': handOver,
  csat,
  deliveries,
  cost,
  answers,
  feedback,
  flows,
  questions,
};

/** The statement of a report: rows of `start`, `key` and one column per value. */
export const reportStatement = (report: AnalyticsReportName, cut: ReportCut): string =>
  statements[report](cut);
