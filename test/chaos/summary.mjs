/**
 * One line that says what a run has shown.
 *
 * @param {import('./run.mjs').Outcome} outcome
 * @param {number} seed
 */
export function summary({ backend, violations, history, injector, drainMs, crashes }, seed) {
  const { sent, calls, rows } = history;
  const acked = sent.filter(({ ackedAt }) => ackedAt !== null).length;
  const posts = sent.reduce((sum, one) => sum + one.posts.length, 0);
  const refused = sent.reduce((sum, one) => sum + one.posts.filter(({ status }) => status === 503).length, 0);
  const kinds = [...injector.applied]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name} ${count}`);
  const statuses = count(rows.deliveries.map(({ status }) => status));
  return [
    `${backend}: seed ${seed}`,
    `${injector.total} faults (${kinds.join(', ')})`,
    `${injector.kills} kill -9${crashed(crashes)}`,
    `${acked} of ${sent.length} events acknowledged in ${posts} posts (${refused} answered 503)`,
    `acknowledged within ${slowest(sent)}`,
    `${rows.messages.filter(({ direction }) => direction === 'in').length} messages`,
    `${rows.turns.length} turns`,
    `${calls.length} provider calls`,
    `replies: ${statuses}`,
    `drained in ${(drainMs / 1_000).toFixed(1)} s`,
    `${violations.length} violations`,
  ].join(' · ');
}

/** How long an acknowledgement took, in words. @param {import('./checker.mjs').History['sent']} sent */
function slowest(sent) {
  const times = sent
    .flatMap(({ posts }) => posts)
    .filter(({ status }) => status >= 200 && status < 300)
    .map(({ sentAt, endedAt }) => endedAt - sentAt)
    .toSorted((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return `${at(0.5)} ms (p50), ${at(0.99)} ms (p99)`;
}

/** @param {ReadonlyMap<string, number>} crashes */
function crashed(crashes) {
  const points = [...crashes]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([point, times]) => `${point} ${times}`);
  return points.length > 0 ? `, and at named points: ${points.join(', ')}` : '';
}

/** @param {readonly string[]} list */
function count(list) {
  const counts = new Map();
  for (const item of list) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].map(([item, times]) => `${times} ${item}`).join(', ');
}

/** The first of each invariant, and how many more there are. @param {readonly import('./checker.mjs').Violation[]} violations */
export function complaints(violations) {
  const lines = [];
  for (const invariant of new Set(violations.map((one) => one.invariant))) {
    const all = violations.filter((one) => one.invariant === invariant);
    for (const { what, channel, thread } of all.slice(0, 5)) {
      lines.push(`  ${invariant} ${[channel, thread, what].filter(Boolean).join(' · ')}`);
    }
    if (all.length > 5) lines.push(`  ${invariant} and ${all.length - 5} more`);
  }
  return lines;
}
