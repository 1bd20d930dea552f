/**
 * Bugs that the harness must catch, each one that somebody has written somewhere. A mutant is a change to a copy of the
 * build (`files`) or to the functions of its database (`sql`): nothing of it is in what is shipped, and no switch for it.
 *
 * @typedef {object} Mutant
 * @property {string} bug                   in words
 * @property {string} expected              the invariant that must catch it
 * @property {readonly { file: string, from: string, to: string }[]} [files]   below `dist`; `from` stands there once
 * @property {readonly { of: string, from: string, to: string }[]} [functions] signatures; `from` stands in it once
 * @property {readonly string[]} [statements]
 * @property {Partial<import('./plans.mjs').Plan>} plan  in place of the parts of `base`
 */

const base = { events: 500, seconds: 14, pause: [150, 500], drainMs: 10_000 };
const deaths = {
  'kill-gateway': 3,
  'kill-worker': 3,
  'kill-postgres': 1,
  'refuse-postgres': 2,
  'cut-postgres': 2,
};
const inboxKeys = [
  'alter table inbox_event drop constraint if exists inbox_event_channel_id_event_key_key',
  'drop index if exists inbox_event_channel_id_event_key_key',
];

/** @type {Readonly<Record<string, Mutant>>} */
export const mutants = {
  'thanks-too-early': {
    bug: 'answers 200 before the commit',
    expected: 'I1',
    files: [
      {
        file: 'apps/gateway/src/hooks/hook-service.js',
        from: 'await door.accept(channel, decoded.events);',
        to: 'void this.door.accept(channel, decoded.events).catch(() => undefined);',
      },
    ],
    plan: { faults: deaths },
  },
  'key-without-channel': {
    bug: 'tells events apart by their id alone, not by channel and id',
    expected: 'I1',
    statements: [...inboxKeys, 'create unique index chaos_key on inbox_event (event_key)'],
    functions: [
      {
        of: 'inbox_accept(text, json, json)',
        from: 'on conflict (channel_id, event_key) do nothing',
        to: 'on conflict (event_key) do nothing',
      },
      { of: 'inbox_accept(text, json, json)', from: 'if v_added <> v_fresh then', to: 'if false then' },
    ],
    plan: { seconds: 8, faults: {} },
  },
  'looks-at-a-replica': {
    bug: 'looks for a duplicate where the last moment is not yet visible, without a unique key behind it',
    expected: 'I2',
    statements: inboxKeys,
    functions: [
      {
        of: 'inbox_accept(text, json, json)',
        from: 'on i.channel_id = e.c and i.event_key = e.k',
        to: `on i.channel_id = e.c and i.event_key = e.k and i.received_at < clock_timestamp() - interval '100 ms'`,
      },
      {
        of: 'inbox_accept(text, json, json)',
        from: 'on conflict (channel_id, event_key) do nothing',
        to: '',
      },
    ],
    plan: { seconds: 8, faults: {} },
  },
  'newest-first': {
    bug: 'takes what waits in a mailbox newest first',
    expected: 'I3',
    functions: [{ of: 'mailbox_open(text, int, int)', from: 'order by e.seq)', to: 'order by e.seq desc)' }],
    plan: { faults: { 'freeze-worker': 1 }, together: 0 },
  },
  'sends-again': {
    bug: 'sends again when nobody knows whether it went out',
    expected: 'I4',
    files: [
      {
        file: 'libs/outbound/src/judge.js',
        from: "return delivery.isLapsed || delivery.error?.['code'] === 'channel/outcome-unknown';",
        to: 'return false;',
      },
    ],
    plan: { channels: { 'look-up': 1 }, faults: {} },
  },
  'believes-in-success': {
    bug: 'counts a send as sent whatever became of the call',
    expected: 'I4',
    files: [
      {
        file: 'libs/outbound/src/delivery-sender.js',
        from: 'const { outcome, ...rest } = judge(delivery, thrown, Math.random());',
        to: "return end({ status: 'sent', spent: 1 }, 'sent');",
      },
    ],
    plan: { seconds: 8, faults: {} },
  },
  'trusts-its-lease': {
    bug: 'does not look whether its lease still holds, before a call that cannot be undone',
    expected: 'I4',
    files: [
      {
        file: 'libs/queue/src/lease-keeper.js',
        from: 'if (item.lost.signal.aborted || this.#held.get(id) !== item)\n            return false;',
        to: 'return true;',
      },
      {
        file: 'libs/queue/src/lease-keeper.js',
        from: 'return (!item.lost.signal.aborted &&',
        to: 'return true || (!item.lost.signal.aborted &&',
      },
    ],
    plan: { events: 1_200, seconds: 24, channels: { 'look-up': 1 }, faults: { 'stall-worker': 1 } },
  },
  'races-replies': {
    bug: 'sends the replies of a conversation at the same time',
    expected: 'I5',
    functions: [
      {
        of: 'mailbox_write(text, text, json)',
        from: 'order by b.o, b.part) = 1 and not exists (',
        to: 'order by b.o, b.part) >= 1 or not exists (',
      },
    ],
    plan: { faults: { 'provider-storm': 1 } },
  },
  'burst-dies': {
    bug: 'gives up a whole burst for one message that cannot be handled',
    expected: 'I6',
    files: [
      {
        file: 'libs/inbound/src/turn-scope.js',
        from: 'if (failures >= failuresTogether && size > 1)',
        to: 'if (failures < 0)',
      },
      { file: 'libs/inbound/src/turn-scope.js', from: 'isAlone: size === 1,', to: 'isAlone: true,' },
    ],
    plan: { seconds: 8, faults: {}, poison: 0.04, together: 0.6 },
  },
  'never-sweeps': {
    bug: 'believes in the bell, and never looks by itself',
    expected: 'I7',
    files: [
      {
        file: 'libs/queue/src/pump.js',
        from: 'this.#sweep = setInterval(() => void this.poke(), this.options.sweepEveryMs);',
        to: '',
      },
    ],
    plan: { faults: { 'flush-redis': 3, 'kill-redis': 2, 'kill-worker': 2 }, drainMs: 15_000 },
  },
  'opens-to-anyone': {
    bug: 'decodes and stores requests with a wrong signature',
    expected: 'I8',
    files: [
      { file: 'apps/gateway/src/hooks/hook-service.js', from: 'if (verdict.genuine)', to: 'if (verdict)' },
    ],
    plan: { seconds: 8, faults: {} },
  },
  'keeps-what-it-read': {
    bug: 'stores what it understood of a request instead of its bytes',
    expected: 'I8',
    files: [
      {
        file: 'libs/inbound/src/door.js',
        from: 'eventKey: event.event_key,\n        event,\n        raw,',
        to: 'eventKey: event.event_key,\n        event,\n        raw: Buffer.from(JSON.stringify(event)),',
      },
    ],
    plan: { seconds: 8, faults: {} },
  },
  'borrows-a-channel': {
    bug: "sends with the settings of another workspace's channel",
    expected: 'I9',
    files: [
      {
        file: 'libs/outbound/src/delivery-sender.js',
        from: 'await this.#untilStored(lost, () => this.channels.load(delivery.channelId));',
        to: '(this.first ??= await this.#untilStored(lost, () => this.channels.load(delivery.channelId)));',
      },
    ],
    plan: { seconds: 8, faults: {}, drainMs: 5_000 },
  },
  'forgets-the-pace': {
    bug: 'does not write down that an account was used',
    expected: 'I10',
    functions: [
      {
        of: 'delivery_take(text, int, int, uuid[])',
        from: 'update pace x set next_at = greatest(x.next_at, v_now) + make_interval(secs => s.n * x.interval_us / 1e6)',
        to: 'update pace x set next_at = x.next_at',
      },
    ],
    plan: { events: 900, seconds: 10, channels: { paced: 1 }, faults: {} },
  },
  'tells-its-log': {
    bug: 'writes what people say into its log',
    expected: 'I11',
    files: [
      {
        file: 'libs/inbound/src/door.js',
        from: 'const accepted = await this.inbox.accept(events);',
        to: 'const accepted = await this.inbox.accept(events); console.log(JSON.stringify(events));',
      },
    ],
    plan: { events: 100, seconds: 4, faults: {} },
  },
  'takes-its-time': {
    bug: 'answers whenever the database does',
    expected: 'I12',
    files: [
      {
        file: 'apps/gateway/src/hooks/answer-within.js',
        from: 'await within(ms, work, LATE)',
        to: 'await within(60_000, work, LATE)',
      },
      { file: 'libs/store/src/pipeline/inbox.js', from: '}, ANSWER_WITHIN_MS);', to: '}, 60_000);' },
      {
        file: 'libs/store/src/database.js',
        from: 'const HOT_WITHIN_MS = 4_000;',
        to: 'const HOT_WITHIN_MS = 60_000;',
      },
      {
        file: 'libs/store/src/pool.js',
        from: 'connectionTimeoutMillis: 2_000,',
        to: 'connectionTimeoutMillis: 60_000,',
      },
    ],
    plan: { faults: { 'still-postgres': 1 } },
  },
};

/** @param {string} name @returns {import('./plans.mjs').Plan} */
export function planOf(name) {
  return { ...base, ...mutants[name].plan };
}
