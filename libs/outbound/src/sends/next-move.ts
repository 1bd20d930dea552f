import type { Message, MessageId } from '#libs/model';
import type { TriedStep } from '#libs/store';

/** What to do about a send now. */
export type Move = {
  /** Messages that shall not go out any more, as far as they have not. */
  withdraw: MessageId[];
} & (
  | { do: 'begin'; index: number }
  | { do: 'wait'; againMs: number }
  | { do: 'finish'; state: 'sent' | 'failed'; reason: string | null }
);

/** Milliseconds between two looks at a message: soon at first, then less often. */
const LOOK_MS = { first: 500, last: 30_000 };

const RANK: Partial<Record<Message['status'], number>> = { sent: 1, delivered: 2, read: 3 };
const rank = (status: Message['status'] | null): number => (status === null ? 0 : (RANK[status] ?? 0));

/**
 * What comes next for a send. Pure.
 *
 * A message that has come far enough ends it, on whatever channel, and what waits on the others is withdrawn. The next
 * channel begins when one has failed, or after its time; what had not left by then is withdrawn first, and a channel that
 * is at it in that moment is waited for, so that nothing is said twice. Of an unknown outcome a person decides.
 *
 * @param now  milliseconds since 1970
 */
export function nextMove(steps: readonly TriedStep[], expiresAt: number, now: number): Move {
  const served = steps.find(({ status, success }) => rank(status) >= rank(success));
  if (served) {
    const others = steps.filter((step) => step !== served);
    return { do: 'finish', state: 'sent', reason: null, withdraw: openOf(others) };
  }
  const index = steps.findLastIndex(({ at }) => at !== null);
  const current = steps[index];
  if (!current) return begin(0, steps, expiresAt, now);
  if (current.skipped !== null) return begin(index + 1, steps, expiresAt, now);
  switch (current.status) {
    case 'unknown':
      return failed('Nobody knows whether the message went out: see the dead letters.');
    case 'queued':
    case 'sending':
    case 'sent':
    case 'delivered':
    case 'read':
      return waitOrGoOn(index, current, steps, expiresAt, now);
    default:
      // Failed, expired, or not there any more.
      return begin(index + 1, steps, expiresAt, now);
  }
}

function waitOrGoOn(
  index: number,
  current: TriedStep,
  steps: readonly TriedStep[],
  expiresAt: number,
  now: number,
): Move {
  const begunAt = current.at?.getTime() ?? now;
  const isLast = index === steps.length - 1;
  const until = isLast ? expiresAt : Math.min(begunAt + current.waitMs, expiresAt);
  if (now < until) {
    const againMs = Math.min(Math.max((now - begunAt) / 4, LOOK_MS.first), LOOK_MS.last, until - now);
    return { do: 'wait', againMs: Math.ceil(againMs), withdraw: [] };
  }
  // Its parts end as expired before the next channel begins.
  const open = openOf([current]);
  if (open.length > 0) return { do: 'wait', againMs: LOOK_MS.first, withdraw: open };
  if (isLast || now >= expiresAt) {
    return {
      do: 'finish',
      state: 'sent',
      reason: 'It was sent; no receipt said more in time.',
      withdraw: [],
    };
  }
  return begin(index + 1, steps, expiresAt, now);
}

function begin(index: number, steps: readonly TriedStep[], expiresAt: number, now: number): Move {
  if (index >= steps.length) {
    const hasLeft = steps.some(({ status }) => rank(status) > 0);
    return hasLeft
      ? { do: 'finish', state: 'sent', reason: 'It was sent; no receipt said more in time.', withdraw: [] }
      : failed('No channel could send it.');
  }
  if (now >= expiresAt) return failed('Its time was over before it could be sent.');
  return { do: 'begin', index, withdraw: [] };
}

function failed(reason: string): Move {
  return { do: 'finish', state: 'failed', reason, withdraw: [] };
}

function openOf(steps: readonly TriedStep[]): MessageId[] {
  return steps.flatMap(({ messageId, status }) =>
    messageId !== null && (status === 'queued' || status === 'sending') ? [messageId] : [],
  );
}
