/** Nothing is left to do. @param {import('./checker.mjs').Books} books @param {import('./checker.mjs').Report} report */
export function checkLiveness({ history }, report) {
  const { inbox, mailboxes, deliveries } = history.rows;
  for (const { key, status } of inbox) if (status === 'pending') report('I7', null, `${key} is pending`);
  for (const { key, isBusy } of mailboxes)
    if (isBusy) report('I7', { thread: key }, 'the mailbox is due or held');
  for (const { id, status, attempts, error } of deliveries) {
    if (status === 'queued' || status === 'sending')
      report('I7', null, `${id} is ${status} after ${attempts} attempts (${error})`);
  }
  for (const { key, ackedAt } of history.sent)
    if (ackedAt === null) report('I7', null, `${key} was never taken`);
}

/** Every row belongs to the workspace of its channel, and every call was signed by its channel. */
export function checkIsolation(
  { history, channelByUuid, channelByName, conversationById, deliveryById },
  report,
) {
  const { inbox, mailboxes, conversations, messages, turns, deliveries } = history.rows;
  const foreign = (kind, row, channel) => {
    if (channelByUuid.get(channel)?.workspaceUuid !== row.workspace)
      report('I9', null, `${kind} ${row.id} is in another workspace`);
  };
  for (const row of inbox) foreign('inbox event', row, row.channel);
  for (const row of mailboxes) foreign('mailbox', row, row.channel);
  for (const row of conversations) foreign('conversation', row, row.channel);
  for (const row of deliveries) foreign('delivery', row, row.channel);
  for (const row of messages) foreign('message', row, conversationById.get(row.conversation)?.channel);
  for (const row of turns) foreign('turn', row, conversationById.get(row.conversation)?.channel);
  for (const call of history.calls) {
    const { workspace, uuid } = channelByName.get(call.channel);
    if (!call.isGenuine) report('I9', call, `${call.id} was not signed by its channel`);
    if (!call.text.split(' ').includes(workspace))
      report('I9', call, `${call.id} says another workspace's words`);
    const delivery = deliveryById.get(call.id);
    if (delivery && delivery.channel !== uuid) report('I9', call, `${call.id} went to another channel`);
  }
}

/** No log holds a secret or what people said, and no process ended by itself. */
export function checkHygiene({ history }, report) {
  for (const finding of history.findings) report('I11', null, finding);
}

/** Providers count us as down after 3 s: a later 200 is one that nobody hears. */
const LATE_MS = 3_000;

/** What was acknowledged was acknowledged in time; a process, or a machine, that stood still cannot keep time. */
export function checkAckTimes({ history }, report) {
  const { lateMs = LATE_MS } = history;
  for (const sent of history.sent) {
    for (const { sentAt, endedAt, status } of sent.posts) {
      const tookMs = endedAt - sentAt;
      if (status < 200 || status > 299 || tookMs <= lateMs) continue;
      if (tookMs - stillWithin(history.standstills, sentAt, endedAt) > lateMs)
        report('I12', sent, `${sent.key} was acknowledged after ${tookMs} ms`);
    }
  }
}

/** How much of a time somebody stood still, in milliseconds; the same moment counts once. */
function stillWithin(standstills, begin, end) {
  const within = standstills
    .map(({ from, to }) => ({ from: Math.max(from, begin), to: Math.min(to, end) }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  let sum = 0;
  let counted = begin;
  for (const { from, to } of within) {
    sum += Math.max(0, to - Math.max(from, counted));
    counted = Math.max(counted, to);
  }
  return sum;
}

/** Who replaces processes one after the other turns nobody away and leaves nothing in the dark. */
export function checkRolling({ history }, report) {
  if (!history.isRolling) return;
  for (const sent of history.sent) {
    for (const { status } of sent.posts) {
      if (status < 200 || status > 299)
        report('I12', sent, `${sent.key} was answered ${status || 'not at all'}`);
    }
  }
  for (const { id, status } of history.rows.deliveries)
    if (status === 'unknown') report('I4', null, `${id} is unknown`);
}
