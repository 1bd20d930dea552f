import { createHash } from 'node:crypto';
import { numberIn } from './bot.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
/** Where an event of each kind must end. */
const ends = { message: 'done', poison: 'dead', unreadable: 'quarantined', unknown: 'ignored' };

/** The key under which an event is stored. @param {import('./sender.mjs').SentEvent} event */
export function keyOf({ kind, key, body }) {
  if (kind === 'unreadable') return `unreadable:${sha256(body)}`;
  return kind === 'unknown' ? `ignored:${sha256(body)}` : key;
}

/** @param {import('./checker.mjs').Books} books @param {import('./checker.mjs').Report} report */
export function checkInbox({ history, inboxByName, channelByName }, report) {
  for (const sent of history.sent) {
    const name = `${channelByName.get(sent.channel).uuid} ${keyOf(sent)}`;
    const rows = inboxByName.get(name) ?? [];
    if (rows.length === 0 && sent.ackedAt !== null)
      report('I1', sent, `${sent.key} was acknowledged and is not there`);
    if (rows.length > 1) report('I2', sent, `${sent.key} is stored ${rows.length} times`);
    for (const row of rows) checkEnd(sent, row, report);
  }
}

function checkEnd(sent, row, report) {
  if (row.hash !== sha256(sent.body)) report('I8', sent, `${sent.key} was altered`);
  if (row.status === 'pending' || row.status === ends[sent.kind]) return; // what is pending is for I7
  const isDeath = row.status === 'dead' || sent.kind === 'poison';
  report(isDeath ? 'I6' : 'I1', sent, `${sent.key} ended as ${row.status}, not ${ends[sent.kind]}`);
}

/** What the provider told us of our sends is there, and was taken in. */
export function checkReceipts({ history, inboxByName, channelByName }, report) {
  for (const { channel, key } of history.receipts) {
    const rows = inboxByName.get(`${channelByName.get(channel).uuid} ${key}`) ?? [];
    if (rows.length > 1) report('I2', { channel }, `${key} is stored ${rows.length} times`);
    if (rows.length === 0) report('I1', { channel }, `${key} was acknowledged and is not there`);
    for (const { status } of rows) {
      if (status !== 'done' && status !== 'pending') report('I1', { channel }, `${key} ended as ${status}`);
    }
  }
}

/** Every message that was said stands in its conversation once, unaltered, and was answered in exactly one turn. */
export function checkMessages(books, report) {
  const { history, inboxByName, channelByName, messagesIn, turnsOf } = books;
  for (const sent of history.sent) {
    if (sent.kind !== 'message' && sent.kind !== 'poison') continue;
    const channel = channelByName.get(sent.channel);
    const [row] = inboxByName.get(`${channel.uuid} ${sent.key}`) ?? [];
    const messages = messagesIn(channel.uuid, sent.thread).filter(({ provider }) => provider === sent.key);
    if (messages.length > 1) report('I2', sent, `${sent.key} became ${messages.length} messages`);
    if (!row || (row.status !== 'done' && row.status !== 'dead')) continue;
    const [message] = messages;
    if (!message) report('I1', sent, `${sent.key} is done and no message`);
    if (!message) continue;
    if (message.text !== sent.text) report('I8', sent, `${sent.key} reads "${message.text}"`);
    const turns = turnsOf(message.conversation).filter(
      ({ from, through }) => from <= message.seq && message.seq <= through,
    );
    if (turns.length === 0) report('I1', sent, `${sent.key} was never answered`);
    if (turns.length > 1) report('I2', sent, `${sent.key} was answered in ${turns.length} turns`);
  }
}

/** No row without a person who said it, and no thanks to somebody who only pretends to be the provider. */
export function checkPhantoms({ history, channelByName, conversationById }, report) {
  for (const { key, channel, status } of history.forged) {
    if (status >= 200 && status < 300) report('I8', { channel }, `${key} was forged and taken`);
  }
  const keys = [
    ...history.sent.map((sent) => [sent.channel, keyOf(sent)]),
    ...history.receipts.map(({ channel, key }) => [channel, key]),
  ];
  const said = new Set(keys.map(([channel, key]) => `${channelByName.get(channel).uuid} ${key}`));
  for (const row of history.rows.inbox) {
    if (!said.has(`${row.channel} ${row.key}`)) report('I8', null, `${row.key} was never sent`);
  }
  for (const { provider, direction, conversation } of history.rows.messages) {
    if (direction !== 'in') continue;
    const { channel, thread } = conversationById.get(conversation);
    if (!said.has(`${channel} ${provider}`)) report('I8', { thread }, `message ${provider} was never sent`);
  }
}

/** What was acknowledged before another was first sent stands before it; sequences have no gaps. */
export function checkOrder(books, report) {
  for (const events of books.sentByConversation.values()) {
    const { channel, thread } = events[0];
    const seqs = new Map(
      books
        .messagesIn(books.channelByName.get(channel).uuid, thread)
        .map(({ provider, seq }) => [provider, seq]),
    );
    for (const a of events) {
      for (const b of events) {
        if (a.ackedAt === null || a.ackedAt > b.firstSentAt) continue;
        if (seqs.get(a.key) > seqs.get(b.key)) report('I3', a, `${a.key} stands behind ${b.key}`);
      }
    }
  }
  checkGaps(books, report);
}

function checkGaps({ history, messagesOf }, report) {
  const { inbox, mailboxes, conversations } = history.rows;
  const inMailbox = groupBy(inbox, 'mailbox');
  for (const { id, key, last } of mailboxes) {
    const seqs = (inMailbox.get(id) ?? []).map(({ seq }) => seq);
    if (!isGapFree(seqs, last)) report('I3', { thread: key }, `mailbox ${id} has gaps: ${seqs} of ${last}`);
  }
  for (const { id, thread, last, events, lastEvent } of conversations) {
    const seqs = messagesOf(id).map(({ seq }) => seq);
    if (!isGapFree(seqs, last)) report('I3', { thread }, `messages have gaps: ${seqs} of ${last}`);
    if (events !== lastEvent) report('I3', { thread }, `the log has ${events} of ${lastEvent} events`);
  }
}

function isGapFree(seqs, last) {
  return seqs.length === last && new Set(seqs).size === last && seqs.every((seq) => seq >= 1 && seq <= last);
}

/** @template T @param {readonly T[]} list @param {keyof T} field */
export function groupBy(list, field) {
  const groups = new Map();
  for (const item of list) {
    const group = groups.get(item[field]);
    if (group) group.push(item);
    else groups.set(item[field], [item]);
  }
  return groups;
}

/** The newest question of a turn is the one that was answered. */
export function checkAnswers({ messagesOf, turnsOf, history }, report) {
  for (const { id, thread } of history.rows.conversations) {
    const messages = messagesOf(id);
    for (const { id: turn, from, through, outcome } of turnsOf(id)) {
      const asked = messages.filter(
        ({ direction, seq }) => direction === 'in' && seq >= from && seq <= through,
      );
      const newest = Math.max(0, ...asked.map(({ text }) => numberIn(text)));
      const answers = messages.filter((message) => message.turn === turn && message.direction === 'out');
      const isRight = answers.length === 1 && numberIn(answers[0].text) === newest;
      if (outcome !== 'failed' && !isRight) {
        report(
          'I8',
          { thread },
          `a turn over q${newest} said ${answers.map(({ text }) => text).join(' and ') || 'nothing'}`,
        );
      }
    }
  }
}
