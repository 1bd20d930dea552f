import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { askText, canary, replyText } from '../chaos/bot.mjs';
import { check } from '../chaos/checker.mjs';

/* eslint-disable-next-line typescript/no-explicit-any -- histories are bent out of shape on purpose */
type Bent = Record<string, any>;

const channel = {
  name: 'a/idempotent',
  workspace: 'a',
  id: 'chan_1',
  uuid: 'channel-1',
  workspaceUuid: 'workspace-a',
  delivery: 'idempotent',
  role: 'idempotent',
  rate: { perSecond: 1, burst: 1 },
  inboundSecret: 'in',
  outboundSecret: 'out',
};

const sentOf = (n: number) => {
  const body = `{"n":${n}}`;
  const firstSentAt = n * 1_000;
  return {
    channel: channel.name,
    thread: 't',
    key: `t-${n}`,
    n,
    kind: 'message',
    body,
    text: askText(n, false),
    isRefused: false,
    isTogether: false,
    copies: 1,
    lateMs: null,
    firstSentAt,
    ackedAt: firstSentAt + 10,
    posts: [{ sentAt: firstSentAt, endedAt: firstSentAt + 10, status: 200 }],
  };
};
const inboxOf = (n: number) => ({
  id: `event-${n}`,
  workspace: 'workspace-a',
  channel: channel.uuid,
  key: `t-${n}`,
  mailbox: 'mailbox-1',
  seq: n,
  status: 'done',
  message: `in-${n}`,
  hash: createHash('sha256').update(`{"n":${n}}`).digest('hex'),
});
const exchangeOf = (n: number) => {
  const shared = { workspace: 'workspace-a', conversation: 'conversation-1' };
  const asked = { direction: 'in', text: askText(n, false), provider: `t-${n}`, turn: null };
  const said = { direction: 'out', text: replyText('a', n, false), provider: null, turn: `turn-${n}` };
  return [
    { ...shared, ...asked, id: `in-${n}`, seq: 2 * n - 1, status: 'received' },
    { ...shared, ...said, id: `out-${n}`, seq: 2 * n, status: 'sent' },
  ];
};
const turnOf = (n: number) => ({
  id: `turn-${n}`,
  workspace: 'workspace-a',
  conversation: 'conversation-1',
  from: 2 * n - 1,
  through: 2 * n - 1,
  outcome: 'answered',
});
const deliveryOf = (n: number) => ({
  id: `dlv_${n}`,
  workspace: 'workspace-a',
  conversation: 'conversation-1',
  channel: channel.uuid,
  message: `out-${n}`,
  seq: 2 * n,
  part: 0,
  class: 'idempotent',
  status: 'sent',
  attempts: 1,
  text: replyText('a', n, false),
  error: null,
});
const callOf = (n: number) => ({
  at: n * 1_000 + 20,
  channel: channel.name,
  id: `dlv_${n}`,
  thread: 't',
  text: replyText('a', n, false),
  fate: 'ok',
  isAccepted: true,
  isRepeat: false,
  isGenuine: true,
});

const receipt = {
  ...inboxOf(0),
  id: 'event-r',
  key: 'receipt-1',
  mailbox: 'mailbox-2',
  seq: 1,
  message: null,
};

/** Two questions, asked and answered one after the other, as they should be. */
function good(): Bent {
  const ns = [1, 2];
  const conversation = { id: 'conversation-1', workspace: 'workspace-a', channel: channel.uuid, thread: 't' };
  return {
    sent: ns.map(sentOf),
    calls: ns.map(callOf),
    rows: {
      inbox: [...ns.map(inboxOf), receipt],
      messages: ns.flatMap(exchangeOf),
      conversations: [{ ...conversation, last: 4, answered: 4, lastEvent: 5, events: 5, owner: 'bot' }],
      turns: ns.map(turnOf),
      deliveries: ns.map(deliveryOf),
      mailboxes: [
        {
          id: 'mailbox-1',
          workspace: 'workspace-a',
          channel: channel.uuid,
          key: 't:t',
          last: 2,
          isBusy: false,
        },
      ],
    },
    receipts: [{ channel: channel.name, key: 'receipt-1' }],
    forged: [{ key: 't-1-forged', channel: channel.name, status: 401 }],
    channels: [channel],
    findings: [],
    standstills: [],
    sendsUnderWay: 1,
  };
}

/** The invariants that a bent history breaks. */
function broken(bend: (history: Bent) => void): string[] {
  const history = good();
  bend(history);
  return [...new Set(check(history as never).map(({ invariant }) => invariant))];
}

const swap = (list: Bent[], field: string): void => {
  [list[0]![field], list[1]![field]] = [list[1]![field], list[0]![field]];
};

describe('the checker of chaos runs', () => {
  it('has nothing to say about a good history', () => {
    expect(check(good() as never)).toEqual([]);
  });

  it('names the conversation of a violation', () => {
    const history = good();
    history['rows'].inbox.shift();
    expect(check(history as never)[0]).toMatchObject({
      invariant: 'I1',
      thread: 't',
      channel: 'a/idempotent',
    });
  });

  const bends: [invariant: string, what: string, bend: (history: Bent) => void][] = [
    ['I1', 'an acknowledged event is gone', ({ rows }) => rows.inbox.splice(1, 1)],
    ['I1', 'a receipt is gone', ({ rows }) => rows.inbox.pop()],
    ['I1', 'an event is done and no message', ({ rows }) => rows.messages.splice(2, 1)],
    ['I1', 'a message was never answered', ({ rows }) => rows.turns.pop()],
    ['I1', 'a message was ignored', ({ rows }) => (rows.inbox[1].status = 'ignored')],
    ['I2', 'an event is stored twice', ({ rows }) => rows.inbox.push({ ...inboxOf(2), id: 'again', seq: 3 })],
    ['I2', 'an event became two messages', ({ rows }) => (rows.messages[2].provider = 't-1')],
    ['I2', 'a message was answered twice', ({ rows }) => (rows.turns[1].from = 1)],
    ['I3', 'a later message stands before an earlier one', ({ rows }) => swapQuestions(rows.messages)],
    ['I3', 'a mailbox has a gap', ({ rows }) => (rows.mailboxes[0].last = 3)],
    ['I3', 'a mailbox has a number twice', ({ rows }) => (rows.inbox[1].seq = 1)],
    ['I3', 'the messages have a gap', ({ rows }) => (rows.conversations[0].last = 5)],
    ['I3', 'the log has a gap', ({ rows }) => (rows.conversations[0].events = 4)],
    ['I4', 'a reply was accepted twice', ({ calls }) => calls.push(callOf(2))],
    ['I4', 'a sent reply was never accepted', ({ calls }) => calls.pop()],
    ['I4', 'a call belongs to no delivery', ({ calls }) => (calls[1].id = 'dlv_9')],
    ['I4', 'a dead reply was accepted', ({ rows }) => (rows.deliveries[1].status = 'dead')],
    ['I4', 'what can be sent again is unknown', ({ rows }) => (rows.deliveries[1].status = 'unknown')],
    ['I5', 'replies were shown in the wrong order', ({ calls }) => calls.push(calls.shift())],
    ['I6', 'a healthy event is dead', ({ rows }) => (rows.inbox[1].status = 'dead')],
    ['I6', 'a poison event is not dead', ({ sent }) => (sent[1].kind = 'poison')],
    [
      'I6',
      'a reply died of nothing',
      ({ rows, calls }) => [(rows.deliveries[1].status = 'dead'), (calls[1].isAccepted = false)],
    ],
    ['I6', 'a reply that was refused is not dead', ({ calls }) => (calls[1].fate = 'refused')],
    ['I6', 'a reply has expired', ({ rows }) => (rows.deliveries[1].status = 'expired')],
    ['I7', 'an event is pending', ({ rows }) => (rows.inbox[1].status = 'pending')],
    ['I7', 'a mailbox is held', ({ rows }) => (rows.mailboxes[0].isBusy = true)],
    ['I7', 'a reply is queued', ({ rows }) => (rows.deliveries[1].status = 'queued')],
    ['I7', 'an event was never taken', ({ sent }) => (sent[1].ackedAt = null)],
    ['I8', 'an event was altered', ({ rows }) => (rows.inbox[1].hash = 'other')],
    ['I8', 'a message was altered', ({ rows }) => (rows.messages[2].text = 'q2 other')],
    ['I8', 'a reply was altered', ({ calls }) => (calls[1].text = replyText('a', 1, false))],
    ['I8', 'a forged event was taken', ({ forged }) => (forged[0].status = 200)],
    ['I8', 'a forged event was stored', ({ rows }) => (rows.inbox[1].key = 't-1-forged')],
    ['I8', 'an event was never sent', ({ sent }) => sent.pop()],
    [
      'I8',
      'a turn answered something else',
      ({ rows }) => (rows.messages[3].text = replyText('a', 1, false)),
    ],
    ['I9', 'a row is in another workspace', ({ rows }) => (rows.turns[1].workspace = 'workspace-b')],
    ['I9', 'a call was signed by another channel', ({ calls }) => (calls[1].isGenuine = false)],
    [
      'I9',
      "a reply has another workspace's words",
      ({ calls }) => (calls[1].text = replyText('b', 2, false)),
    ],
    [
      'I10',
      'an account is called too often',
      ({ calls }) => calls.push(...Array.from({ length: 12 }, (_, n) => ({ ...callOf(2), at: 2_000 + n }))),
    ],
    [
      'I11',
      'a log holds what was said',
      ({ findings }) => findings.push(`the log of worker-1 holds ${canary}`),
    ],
    ['I12', 'an acknowledgement came late', ({ sent }) => (sent[1].posts[0].endedAt += 3_000)],
  ];

  it.each(bends)('finds %s: %s', (invariant, _what, bend) => {
    expect(broken(bend)).toContain(invariant);
  });

  it('excuses a late acknowledgement of a gateway that was stopped', () => {
    const bend = ({ sent, standstills }: Bent) => {
      sent[1].posts[0].endedAt += 4_000;
      standstills.push({ from: 2_100, to: 5_000 });
    };
    expect(broken(bend)).toEqual([]);
  });

  it('takes as late what it is told is late', () => {
    const bend = (history: Bent) => {
      history.sent[1].posts[0].endedAt += 3_000;
      history.lateMs = 10_000;
    };
    expect(broken(bend)).toEqual([]);
  });

  it('lets a blind reply be unknown, whether it was shown or not', () => {
    const blind = ({ rows }: Bent) =>
      Object.assign(rows.deliveries[1], { class: 'blind', status: 'unknown', error: 'x' });
    expect(broken(blind)).toEqual([]);
    expect(
      broken((history) => {
        blind(history);
        history['calls'][1].isAccepted = false;
      }),
    ).toEqual([]);
  });

  it('lets a reply that was refused be dead', () => {
    const bend = ({ rows, calls }: Bent) => {
      rows.deliveries[1].status = 'dead';
      Object.assign(calls[1], { fate: 'refused', isAccepted: false });
    };
    expect(broken(bend)).toEqual([]);
  });

  it('takes either order of messages that were sent together', () => {
    const bend = ({ sent, rows, calls }: Bent) => {
      sent[1].firstSentAt = sent[0].firstSentAt;
      swap(rows.inbox, 'seq');
      swapQuestions(rows.messages);
      swapReplies(rows, calls);
    };
    expect(broken(bend)).toEqual([]);
  });

  it('lets one turn answer a burst with an answer to the newest', () => {
    const bend = ({ rows, calls }: Bent) => {
      rows.messages = [exchangeOf(1)[0], { ...exchangeOf(2)[0], seq: 2 }, { ...exchangeOf(2)[1], seq: 3 }];
      rows.turns = [{ ...turnOf(2), from: 1, through: 2 }];
      rows.deliveries = [{ ...deliveryOf(2), seq: 3 }];
      rows.conversations[0].last = 3;
      calls.shift();
    };
    expect(broken(bend)).toEqual([]);
  });
});

/** Both questions change places, with their answers left where they were. */
function swapQuestions(messages: Bent[]): void {
  [messages[0]!['seq'], messages[2]!['seq']] = [messages[2]!['seq'], messages[0]!['seq']];
}

function swapReplies(rows: Bent, calls: Bent[]): void {
  swap([rows['turns'][0], rows['turns'][1]], 'from');
  swap([rows['turns'][0], rows['turns'][1]], 'through');
  swap([rows['deliveries'][0], rows['deliveries'][1]], 'seq');
  swap([rows['messages'][1], rows['messages'][3]], 'seq');
  calls.push(calls.shift()!);
}
