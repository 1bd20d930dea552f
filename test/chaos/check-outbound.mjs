/** Deliveries that the provider must have accepted, and those that it must not have. */
const SENT = new Set(['sent', 'delivered', 'read']);
const ATTEMPTS_MAX = 12;

/** Each reply is one accepted call, or dead, or honestly unknown. @param {import('./checker.mjs').Books} books */
export function checkSends({ history, callsOf, deliveryById }, report) {
  for (const delivery of history.rows.deliveries) {
    const calls = callsOf(delivery.id);
    const accepted = calls.filter(({ isAccepted }) => isAccepted).length;
    const about = { thread: delivery.thread, channel: delivery.channelName };
    const named = `${delivery.id} (${delivery.class}, ${delivery.status})`;
    if (accepted > 1) report('I4', about, `${named} was accepted ${accepted} times`);
    if (SENT.has(delivery.status) && accepted === 0) report('I4', about, `${named} was never accepted`);
    if (delivery.status === 'dead' && accepted > 0) report('I4', about, `${named} was accepted`);
    if (delivery.status === 'unknown' && delivery.class !== 'blind' && delivery.attempts < ATTEMPTS_MAX)
      report('I4', about, `${named} need not be unknown`);
    checkDeath(delivery, calls, about, named, report);
    for (const { text } of calls) {
      if (text !== delivery.text) report('I8', about, `${named} reads "${text}" at the provider`);
    }
  }
  for (const call of history.calls) {
    if (!deliveryById.has(call.id)) report('I4', call, `${call.id} was called and is no delivery`);
  }
}

function checkDeath(delivery, calls, about, named, report) {
  const isRefused = calls.some(({ fate }) => fate === 'refused');
  const isDead = delivery.status === 'dead';
  if (isDead && !isRefused && delivery.attempts < ATTEMPTS_MAX)
    report('I6', about, `${named} died of nothing`);
  if (isRefused && !isDead) report('I6', about, `${named} was refused for good`);
  if (['expired', 'failed'].includes(delivery.status)) report('I6', about, `${named} has no reason to be so`);
}

/** What a person saw, they saw in the order of the replies. */
export function checkReplyOrder({ history, deliveryById }, report) {
  /** @type {Map<string, object>} */
  const last = new Map();
  for (const call of history.calls) {
    const delivery = deliveryById.get(call.id);
    if (!call.isAccepted || !delivery) continue;
    const before = last.get(delivery.conversation);
    if (before && (before.seq - delivery.seq || before.part - delivery.part) > 0)
      report('I5', call, `${before.text} was shown before ${delivery.text}`);
    last.set(delivery.conversation, delivery);
  }
}

/** Calls per account in any ten seconds: what its rate allows, and what two workers may have under way. */
export function checkRates({ history }, report) {
  const windowMs = 10_000;
  for (const { name, rate } of history.channels) {
    if (!rate) continue;
    const most = rate.burst + (rate.perSecond * windowMs) / 1_000 + history.sendsUnderWay;
    const times = history.calls.filter(({ channel }) => channel === name).map(({ at }) => at);
    for (let from = 0, to = 0; to < times.length; to++) {
      while (times[to] - times[from] > windowMs) from++;
      if (to - from + 1 > most) {
        report('I10', { channel: name }, `${to - from + 1} calls in ten seconds, ${most} allowed`);
        break;
      }
    }
  }
}
