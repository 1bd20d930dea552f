/** Messages of the longest conversation. */
export const longest = 8;
/** Stands in everything that is said, so that no log may hold it. */
export const canary = 'zephyrquill';

/**
 * Answers the newest question it has not answered: q3 with a3. Its order is therefore visible at the provider, also when
 * one turn answers several messages.
 *
 * @param {string} workspace  said too, so that an answer that strays shows whose it is
 */
export function chaosBot(workspace) {
  const numbers = Array.from({ length: longest }, (_, index) => longest - index);
  const rule = (id, words, text) => ({ id, when: { words }, reply: [{ type: 'text', text }] });
  return {
    persona: { name: 'Chaos' },
    rules: numbers.flatMap((n) => [
      rule(`reject-${n}`, [`refuse q${n}`], replyText(workspace, n, true)),
      rule(`q${n}`, [`q${n}`], replyText(workspace, n, false)),
    ]),
    fallback: [{ type: 'text', text: 'fallback' }],
  };
}

/** @param {string} workspace @param {number} n @param {boolean} isRefused  the provider will refuse it for good */
export function replyText(workspace, n, isRefused) {
  return `a${n} ${workspace} ${canary}${isRefused ? ' refuse' : ''}`;
}

/** What a person writes as the n-th message. @param {number} n @param {boolean} isRefused */
export function askText(n, isRefused) {
  return `${isRefused ? 'refuse ' : ''}q${n} ${canary}`;
}

/** The number in a question or an answer; 0 when there is none. @param {string} text */
export function numberIn(text) {
  return Number(/\b[qa](\d+)\b/.exec(text)?.[1] ?? 0);
}
