import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AnalyticsQuery,
  AnalyticsReportName,
  type AnalyticsReport,
  idOf,
  newId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Analytics } from '#libs/store';
import { type Grouping, NaiveAnalytics, type PlainEvent } from '../support/naive-analytics.js';
import { makeChannel, openTestStore, type TestStore } from '../support/test-store.js';

let store: TestStore;
let analytics: Analytics;

beforeAll(async () => {
  store = await openTestStore();
  analytics = new Analytics(store.database);
});
afterAll(() => store?.close());

const ZONE = 'Europe/Berlin';
const FROM = Date.parse('2026-03-20T00:00:00Z');
const TO = Date.parse('2026-04-10T00:00:00Z');
const HOUR = 3_600_000;

const day = new Intl.DateTimeFormat('sv', { timeZone: ZONE, dateStyle: 'short' });

const pick = <const T>(...all: T[]): fc.Arbitrary<T> => fc.constantFrom(...all);
const bots = [newId('bot'), newId('bot')].map(uuidOf);
const operators = ['member:a', 'member:b'];

/** One event of a conversation but its first, with its time before or after the times that are asked for, or in them. */
const happening = fc.record({
  at: fc.integer({ min: FROM - 60 * HOUR, max: TO + 60 * HOUR }),
  what: fc.oneof(
    fc.record({
      type: pick('message.created'),
      by: pick('contact', 'bot', 'operator', 'api'),
      bot: pick(...bots),
      // Empty: written before it was told who wrote.
      actor: pick(...operators, 'member:c', ''),
    }),
    fc.record({
      type: pick('message.status'),
      status: pick('queued', 'sent', 'delivered', 'read', 'failed', 'expired', 'unknown'),
      of: fc.nat(7),
    }),
    fc.record({
      type: pick('turn.completed'),
      outcome: pick('answered', 'silent'),
      bot: pick(...bots),
      answered_by: pick('rules', 'intents', 'flows', 'knowledge', 'agent', 'fallback', 'guard'),
      tokens: fc.nat(5_000),
      money_micros: fc.nat(100_000),
      place: pick('', 'lead/email', 'lead/phone'),
    }),
    fc.record({ type: pick('turn.failed'), bot: pick(...bots) }),
    fc.record({ type: pick('handoff.requested'), to: pick('queue') }),
    fc.record({
      type: pick('control.changed'),
      to: pick('bot', 'queue', 'operator', 'desk'),
      by: pick(...operators),
    }),
    fc.record({ type: pick('csat.received'), score: pick(1, 2, 3, 4, 5) }),
    fc.record({
      type: pick('message.feedback'),
      rating: pick('up', 'down'),
      bot: pick(...bots),
      by: pick('contact', 'operator'),
      actor: pick(...operators),
      answered_by: pick('rules', 'flows', 'knowledge', 'agent', 'fallback', 'guard'),
      // Few messages and few people, so that many think again.
      of: fc.nat(1),
    }),
    fc.record({ type: pick('goal.reached'), goal: pick('lead') }),
    fc.record({ type: pick('conversation.updated'), state: pick('open', 'closed') }),
    fc.record({ type: pick('session.ended') }),
  ),
});

const history = fc.record({
  talks: fc.array(
    fc.record({
      begins: fc.integer({ min: FROM - 60 * HOUR, max: TO + 60 * HOUR }),
      channel: fc.nat(1),
      happenings: fc.array(happening, { maxLength: 14 }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  seed: fc.nat(),
  grouping: fc.constantFrom<Grouping>(undefined, 'channel', 'bot', 'operator'),
  interval: fc.constantFrom<'day' | undefined>(undefined, 'day'),
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

/** Events as the log holds them: places in their conversation in the order in which they happened to it. */
function eventsOf({ talks }: History, channels: readonly string[]): PlainEvent[] {
  return talks.flatMap(({ begins, channel, happenings }) => {
    const conversation = uuidOf(newId('conversation'));
    const at = { conversation, channel: channels[channel]! };
    const messages: string[] = [];
    const rest = happenings.map(({ at: time, what }, index): PlainEvent => {
      const { type, ...data } = what;
      if ('of' in data) Object.assign(data, { message: messages[data.of] ?? 'nobody' });
      const isPersons = type === 'message.feedback' && 'by' in data && data.by === 'contact';
      if (isPersons) Reflect.deleteProperty(data, 'actor');
      if ('by' in data && type === 'message.created') {
        messages.push(`m${index}`);
        Object.assign(data, { message: `m${index}` });
        if (data.by !== 'bot') Reflect.deleteProperty(data, 'bot');
        if ('actor' in data && (data.by !== 'operator' || data.actor === ''))
          Reflect.deleteProperty(data, 'actor');
      }
      if ('place' in data) {
        const [flow, node] = data.place.split('/');
        if (node) Object.assign(data, { flow, node });
        if (data.outcome === 'silent') Reflect.deleteProperty(data, 'answered_by');
      }
      return { ...at, seq: index + 2, type, at: time, data };
    });
    return [{ ...at, seq: 1, type: 'conversation.created', at: begins, data: {} }, ...rest];
  });
}

async function write(workspaceId: WorkspaceId, events: readonly PlainEvent[], seed: number): Promise<void> {
  const w = uuidOf(workspaceId);
  const contact = uuidOf(newId('contact'));
  await store.owner.query('insert into contact (workspace_id, id) values ($1, $2)', [w, contact]);
  const talks = new Map(events.map(({ conversation, channel }) => [conversation, channel]));
  for (const [id, channel] of talks) {
    await store.owner.query(
      'insert into conversation (workspace_id, id, channel_id, contact_id, thread) values ($1, $2, $3, $4, $5)',
      [w, id, channel, contact, id],
    );
  }
  // Whatever came first is written last, or in between.
  const shuffled = events
    .map((event, index) => ({ event, order: Math.sin(seed + index * 7.3) }))
    .toSorted((a, b) => a.order - b.order);
  for (const { event } of shuffled) {
    await store.owner.query(
      `insert into event (workspace_id, conversation_id, seq, type, data, occurred_at) values ($1, $2, $3, $4, $5, $6)`,
      [w, event.conversation, event.seq, event.type, event.data, new Date(event.at)],
    );
  }
}

/** A report as the naive count writes it. */
function flat({ data }: AnalyticsReport): Map<string, Record<string, number | null>> {
  return new Map(
    data.map(({ start, group, values }) => {
      const [owner = '', ...rest] = group?.split('/') ?? [];
      const plain = /^(chan|bot)_/.test(owner) ? uuidOf(owner) : owner;
      const key = group === null ? '-' : [plain, ...rest].join('/');
      return [`${start ? day.format(new Date(start)) : '-'} ${key}`, values];
    }),
  );
}

const rounded = (all: Map<string, Record<string, number | null>>): object =>
  Object.fromEntries(
    [...all]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([key, values]) => [
        key,
        Object.fromEntries(
          Object.entries(values).map(([name, value]) => [
            name,
            value === null ? null : Number(value.toFixed(3)),
          ]),
        ),
      ]),
  );

describe('every report', () => {
  it('equals a naive recount, over random histories with events arriving in any order', async () => {
    const { workspaceId, channelId } = await makeChannel(store, 'Counted');
    const second = uuidOf(newId('channel'));
    await store.owner.query(
      `insert into channel (workspace_id, id, connector, name, settings) select workspace_id, $2, connector, 'Second', settings from channel where id = $1`,
      [uuidOf(channelId), second],
    );
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(history, async (drawn) => {
        await store.owner.query('delete from conversation where workspace_id = $1', [uuidOf(workspaceId)]);
        const events = eventsOf(drawn, [uuidOf(channelId), second]);
        await write(workspaceId, events, drawn.seed);
        const { grouping, interval } = drawn;
        for (const report of AnalyticsReportName.options) {
          const query = AnalyticsQuery.parse({
            from: new Date(FROM).toISOString(),
            to: new Date(TO).toISOString(),
            timezone: ZONE,
            ...(grouping && { group_by: grouping }),
            ...(interval && { interval }),
          });
          const dayOf = (at: number): string => (interval ? day.format(at) : '-');
          const naive = new NaiveAnalytics(events, FROM, TO, dayOf, grouping).report(report);
          const counted = await analytics.report(workspaceId, report, query);
          const what = `${report} by ${grouping ?? 'nothing'}, ${interval ?? 'as a whole'}`;
          expect(rounded(flat(counted)), what).toEqual(rounded(naive));
          compared += counted.data.length;
        }
      }),
      { numRuns: 12 },
    );
    expect(compared).toBeGreaterThan(50);
  }, 120_000);

  it('of one bot counts what grouping by bots counts for it', async () => {
    const { workspaceId, channelId } = await makeChannel(store, 'One bot');
    const [drawn] = fc.sample(history, { seed: 7, numRuns: 1 });
    const [mine = ''] = bots;
    const turn = { type: 'turn.completed', outcome: 'answered', answered_by: 'rules', place: '' } as const;
    const talks = Array.from({ length: 12 }, (_, index) => ({
      begins: FROM + index * HOUR,
      channel: 0,
      happenings: [
        {
          at: FROM + index * HOUR,
          what: { type: 'message.created' as const, by: 'contact' as const, bot: mine, actor: '' },
        },
        {
          at: FROM + index * HOUR,
          what: { ...turn, bot: bots[index % 2]!, tokens: index, money_micros: 10 },
        },
        { at: FROM + (index + 1) * HOUR, what: { type: 'csat.received' as const, score: 4 as const } },
      ],
    }));
    const events = eventsOf({ ...drawn!, talks }, [uuidOf(channelId)]);
    await write(workspaceId, events, 3);
    const asked = { from: new Date(FROM).toISOString(), to: new Date(TO).toISOString() };
    let compared = 0;
    for (const report of AnalyticsReportName.options) {
      if (report === 'flows' || report === 'questions') continue;
      const grouped = await analytics.report(
        workspaceId,
        report,
        AnalyticsQuery.parse({ ...asked, group_by: 'bot' }),
      );
      const one = AnalyticsQuery.parse({ ...asked, bot_id: idOf('bot', mine) });
      const alone = await analytics.report(workspaceId, report, one);
      const expected = grouped.data.filter(({ group }) => group === idOf('bot', mine));
      expect(
        alone.data.map(({ values }) => values),
        report,
      ).toEqual(expected.map(({ values }) => values));
      compared += expected.length;
    }
    expect(compared).toBeGreaterThanOrEqual(5);
  });

  it('of questions holds those of the time that nobody has put aside, the most asked first', async () => {
    const { workspaceId, channelId } = await makeChannel(store, 'Asked');
    const { bot_id: botId } = await store.channels.get(workspaceId, channelId);
    const ask = async (example: string, times: number, at: number, state = 'open'): Promise<string> => {
      const id = newId('knowledgeGap');
      await store.owner.query(
        `insert into knowledge_gap (workspace_id, id, bot_id, words, example, times, last_message, state, last_at)
         values ($1, $2, $3, $4, $4, $5, $2, $6, $7)`,
        [uuidOf(workspaceId), uuidOf(id), uuidOf(botId!), example, times, state, new Date(at)],
      );
      return id;
    };
    const seldom = await ask('do you ship to Norway', 2, FROM);
    const often = await ask('where is my parcel', 7, TO - 1);
    await ask('too late', 9, TO);
    await ask('too early', 9, FROM - 1);
    await ask('put aside', 9, FROM, 'closed');
    const asked = { from: new Date(FROM).toISOString(), to: new Date(TO).toISOString() };
    const report = async (more: object = {}) =>
      (await analytics.report(workspaceId, 'questions', AnalyticsQuery.parse({ ...asked, ...more }))).data;
    const expected = [
      { start: null, group: often, group_name: 'where is my parcel', values: { times: 7 } },
      { start: null, group: seldom, group_name: 'do you ship to Norway', values: { times: 2 } },
    ];
    expect(await report()).toEqual(expected);
    expect(await report({ bot_id: botId, interval: 'day', group_by: 'channel' })).toEqual(expected);
    expect(await report({ bot_id: newId('bot') })).toEqual([]);
    const other = await makeChannel(store, 'Not asked');
    const theirs = await analytics.report(other.workspaceId, 'questions', AnalyticsQuery.parse(asked));
    expect(theirs.data).toEqual([]);
  });

  it('names channels, bots and nodes, and counts nothing of another workspace', async () => {
    const { workspaceId, channelId } = await makeChannel(store, 'Named');
    const { bot_id: botId } = await store.channels.get(workspaceId, channelId);
    const data = { bot: uuidOf(botId!), outcome: 'silent', flow: 'lead', node: 'email' };
    const at = { conversation: uuidOf(newId('conversation')), channel: uuidOf(channelId), at: FROM };
    await write(
      workspaceId,
      [
        { ...at, seq: 1, type: 'conversation.created', data: {} },
        { ...at, seq: 2, type: 'turn.completed', data },
      ],
      1,
    );
    const query = AnalyticsQuery.parse({
      from: new Date(FROM).toISOString(),
      to: new Date(TO).toISOString(),
      group_by: 'channel',
    });
    const volume = await analytics.report(workspaceId, 'volume', query);
    expect(volume.data).toMatchObject([
      { start: null, group: channelId, group_name: 'Chat', values: { conversations: 1 } },
    ]);
    const flows = await analytics.report(workspaceId, 'flows', query);
    expect(flows.data).toMatchObject([{ group: `${botId}/lead/email`, group_name: 'Bot / lead / email' }]);
    const other = await makeChannel(store, 'Other');
    for (const report of AnalyticsReportName.options) {
      expect((await analytics.report(other.workspaceId, report, query)).data, report).toEqual([]);
    }
    const elsewhere = { ...query, channel_id: idOf('channel', uuidOf(newId('channel'))) };
    expect((await analytics.report(workspaceId, 'volume', elsewhere)).data).toEqual([]);
  });
});
