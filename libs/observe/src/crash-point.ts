/**
 * The named places where the chaos suite kills a process, in the order in which a message meets them.
 *
 * Each stands between two steps that a crash could tear apart; each is met by the code, or it is not in this list.
 */
export const crashPoints = [
  'inbox.before-insert',
  'inbox.after-commit-before-ack',
  'mailbox.after-claim',
  'mailbox.after-turn-before-commit',
  'mailbox.after-commit-before-wake',
  'delivery.after-claim-before-call',
  'delivery.after-call-before-record',
  'delivery.inside-record',
  'delivery.after-record-before-wake',
  'receipt.before-record',
  'errand.before-signal',
  'errand.after-signal',
] as const;

/** One of the named places. */
export type CrashPoint = (typeof crashPoints)[number];

/** What happens at a crash point; must not return when it means to kill. */
export type CrashHook = (name: CrashPoint) => void;

let hook: CrashHook | undefined;

/**
 * Marks a place where a crash must lose nothing. Does nothing unless a hook was set.
 *
 * No setting of Parley sets one: only the test support module does, which a chaos run loads into the process with
 * `node --import`. In production the call is one comparison.
 */
export function crashPoint(name: CrashPoint): void {
  hook?.(name);
}

/** Sets or removes the hook; for tests, in the process they run in. */
export function setCrashHook(next: CrashHook | undefined): void {
  hook = next;
}
