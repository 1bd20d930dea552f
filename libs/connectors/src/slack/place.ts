/**
 * Names of things in Slack, as Parley writes them.
 *
 * A conversation's thread is `D…` for a direct message, `C…:<ts of the first message>` for a thread in a channel, and `C…` for
 * what belongs to no thread, such as a slash command. A message is `C…:<ts>`: a ts is unique in its channel only.
 */
export interface Place {
  channel: string;
  /** The first message of the thread; absent for none. */
  threadTs?: string;
}

/** The thread of a message; `ts` is its own, `threadTs` that of the thread's first message, when it is in one. */
export function threadOf(channel: string, ts: string | undefined, threadTs?: string): string {
  if (isDirect(channel)) return channel;
  const first = threadTs ?? ts;
  return first === undefined ? channel : `${channel}:${first}`;
}

export function placeOf(thread: string): Place {
  const [channel = thread, threadTs] = thread.split(':');
  return threadTs === undefined ? { channel } : { channel, threadTs };
}

/** Direct messages are one conversation, whatever threads people open in them. */
export const isDirect = (channel: string): boolean => channel.startsWith('D');

export const messageIdOf = (channel: string, ts: string): string => `${channel}:${ts}`;

/** Slack's time of a message: seconds since 1970, the fraction makes it unique. */
export function timeOf(ts: string | undefined): { sent_at?: string } {
  const milliseconds = Number(ts) * 1_000;
  return milliseconds > 0 && milliseconds < 8.64e15 ? { sent_at: new Date(milliseconds).toISOString() } : {};
}

/** A time as Slack's methods want it in `oldest`. */
export const tsOf = (milliseconds: number): string => (Math.max(0, milliseconds) / 1_000).toFixed(6);
