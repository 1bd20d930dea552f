import { uuidOf, type Content, type InboundMessage } from '#libs/model';
import type { InboxOutcome, PendingEvent } from '#libs/store';

/** How long the parts of a message are waited for; then what is there is the message. */
const GIVE_UP_MS = 60_000;

export interface Joined {
  /** What can be handled now, in sequence: whole messages in the place of the part that made them whole. */
  events: PendingEvent[];
  /** Parts that are in another event's message. */
  absorbed: InboxOutcome[];
  /** How many events stay pending, and in how many milliseconds to look again although nothing comes; null when none waits. */
  wait: { ms: number; parts: number } | null;
}

/**
 * Joins messages that a network brought in parts, in whatever order. Parts that are not complete stay pending; everything else
 * goes on. Pure.
 *
 * @param now  milliseconds since 1970
 */
export function joinParts(events: readonly PendingEvent[], now: number): Joined {
  const groups = new Map<string, PendingEvent[]>();
  for (const pending of events) {
    const key = keyOf(pending);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), pending]);
  }
  if (groups.size === 0) return { events: [...events], absorbed: [], wait: null };
  const joined: Joined = { events: [], absorbed: [], wait: null };
  for (const pending of events) {
    const key = keyOf(pending);
    if (key === null) {
      joined.events.push(pending);
      continue;
    }
    const group = groups.get(key)!;
    if (group.at(-1) !== pending) continue; // judged at its last part
    judge(joined, group, now);
  }
  return joined;
}

function judge(joined: Joined, group: readonly PendingEvent[], now: number): void {
  const total = partOf(group[0]!)!.total;
  const present = new Set(group.map((pending) => partOf(pending)!.part));
  const leftMs = Math.min(...group.map(receivedAt)) + GIVE_UP_MS - now;
  if (present.size < total && leftMs > 0) {
    const ms = Math.max(100, Math.min(joined.wait?.ms ?? leftMs, leftMs));
    joined.wait = { ms, parts: (joined.wait?.parts ?? 0) + group.length };
    return;
  }
  const last = group.at(-1)!;
  joined.events.push({ ...last, event: wholeOf(group) });
  for (const { inboxEventId } of group.slice(0, -1)) {
    joined.absorbed.push({ inboxEventId, status: 'done', reason: `It is a part of ${last.inboxEventId}.` });
  }
}

/** The first part's message, with the words of all. A part that came twice counts once. */
function wholeOf(group: readonly PendingEvent[]): InboundMessage {
  const byPart = new Map(group.map((pending) => [partOf(pending)!.part, pending.event as InboundMessage]));
  const parts = [...byPart].toSorted(([a], [b]) => a - b).map(([, event]) => event);
  const { join: _, ...first } = parts[0]!;
  const words = parts.flatMap(({ content, join }) => {
    const texts = content.flatMap((one) => (one.type === 'text' ? [one.text] : []));
    return [halfOf(join?.halves?.first), ...texts, halfOf(join?.halves?.last)];
  });
  const rest = parts.flatMap(({ content }) => content.filter(({ type }) => type !== 'text'));
  const text: Content[] = words.some((word) => word !== '')
    ? [{ type: 'text', text: words.join('').replace(/\p{Surrogate}/gu, '\ufffd') }]
    : [];
  return { ...first, content: [...text, ...rest] };
}

const halfOf = (unit: number | undefined): string => (unit === undefined ? '' : String.fromCharCode(unit));

function partOf({ event }: PendingEvent): NonNullable<InboundMessage['join']> | undefined {
  return event.kind === 'message' ? event.join : undefined;
}

function keyOf(pending: PendingEvent): string | null {
  const join = partOf(pending);
  if (!join || pending.event.kind !== 'message') return null;
  return JSON.stringify([pending.event.from.kind, pending.event.from.value, join.of, join.total]);
}

/** A version 7 UUID begins with its milliseconds. */
function receivedAt({ inboxEventId }: PendingEvent): number {
  return Number.parseInt(uuidOf(inboxEventId).replaceAll('-', '').slice(0, 12), 16);
}
