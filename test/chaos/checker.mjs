import {
  checkAnswers,
  checkInbox,
  checkMessages,
  checkOrder,
  checkPhantoms,
  checkReceipts,
  groupBy,
} from './check-inbound.mjs';
import { checkAckTimes, checkHygiene, checkIsolation, checkLiveness, checkRolling } from './check-house.mjs';
import { checkRates, checkReplyOrder, checkSends } from './check-outbound.mjs';

/**
 * Three independent records of one run: what was posted and acknowledged, what the provider saw, what the database says.
 *
 * @typedef {object} History
 * @property {import('./sender.mjs').SentEvent[]} sent
 * @property {import('./sender.mjs').Sender['forged']} forged      posted by somebody without the secret
 * @property {import('./sender.mjs').Sender['receipts']} receipts  posted and acknowledged
 * @property {import('./provider.mjs').Call[]} calls              in the order in which they came
 * @property {import('./dump.mjs').Rows} rows
 * @property {import('./tenants.mjs').ChaosChannel[]} channels
 * @property {boolean} [isRolling]                             nothing but replacements of processes went on
 * @property {string[]} findings                                  what is wrong in logs and processes
 * @property {number} [lateMs]                                 after which an acknowledgement is late; default: what providers say
 * @property {{ from: number, to: number }[]} standstills         when a gateway, or its way, was stopped
 * @property {number} sendsUnderWay                               calls that all workers may make at the same time
 *
 * @typedef {{ invariant: string, what: string, channel?: string, thread?: string }} Violation
 * @typedef {(invariant: string, about: { channel?: string, thread?: string } | null, what: string) => void} Report
 * @typedef {ReturnType<typeof bookKeep>} Books
 */

const checks = [
  checkInbox,
  checkReceipts,
  checkMessages,
  checkPhantoms,
  checkOrder,
  checkAnswers,
  checkSends,
  checkReplyOrder,
  checkRates,
  checkLiveness,
  checkIsolation,
  checkHygiene,
  checkAckTimes,
  checkRolling,
];

/**
 * Everything that must always hold and did not. Pure.
 *
 * @param {History} history
 * @returns {Violation[]} by invariant
 */
export function check(history) {
  /** @type {Violation[]} */
  const violations = [];
  /** @type {Report} */
  const report = (invariant, about, what) => {
    violations.push({ invariant, what, ...(about && { channel: about.channel, thread: about.thread }) });
  };
  const books = bookKeep(history);
  for (const one of checks) one(books, report);
  return violations.sort((a, b) => Number(a.invariant.slice(1)) - Number(b.invariant.slice(1)));
}

/** The records, indexed. @param {History} history */
function bookKeep(history) {
  const { rows, channels, sent, calls } = history;
  const by = (list, field) => new Map(list.map((item) => [item[field], item]));
  const channelByUuid = by(channels, 'uuid');
  const conversationById = by(rows.conversations, 'id');
  const conversationByName = new Map(rows.conversations.map((one) => [`${one.channel} ${one.thread}`, one]));
  const messages = groupBy(rows.messages, 'conversation');
  const turns = groupBy(rows.turns, 'conversation');
  const callsById = groupBy(calls, 'id');
  const deliveries = rows.deliveries.map((delivery) => ({
    ...delivery,
    thread: conversationById.get(delivery.conversation)?.thread,
    channelName: channelByUuid.get(delivery.channel)?.name,
  }));
  const named = { ...history, rows: { ...rows, deliveries } };
  const messagesOf = (conversation) => messages.get(conversation) ?? [];
  return {
    history: named,
    channelByUuid,
    channelByName: by(channels, 'name'),
    conversationById,
    deliveryById: by(deliveries, 'id'),
    inboxByName: groupBy(
      rows.inbox.map((row) => ({ ...row, name: `${row.channel} ${row.key}` })),
      'name',
    ),
    sentByConversation: groupBy(
      sent
        .filter(({ kind }) => kind === 'message')
        .map((one) => ({ ...one, conversation: `${one.channel} ${one.thread}` })),
      'conversation',
    ),
    messagesOf,
    messagesIn: (channel, thread) => messagesOf(conversationByName.get(`${channel} ${thread}`)?.id),
    turnsOf: (conversation) => turns.get(conversation) ?? [],
    callsOf: (id) => callsById.get(id) ?? [],
  };
}
