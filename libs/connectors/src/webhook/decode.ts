import { createHash } from 'node:crypto';
import { fault, toFieldErrors } from '#libs/faults';
import type { Content, InboundEvent } from '#libs/model';
import { z } from 'zod';
import type { Decoded, DecodedEvent, HookRequest } from '../connector.js';
import { parseJson } from '../shared/parse-json.js';
import { eventSlices } from './slices.js';
import { EVENTS_MAX, items, type ItemType } from './wire.js';

type JsonRecord = Record<string, unknown>;

const Body = z.union([
  z.strictObject({ events: z.array(z.record(z.string(), z.unknown())).min(1).max(EVENTS_MAX) }),
  z.looseObject({ type: z.string() }),
]);

/**
 * One event, or up to 100 in `events`, in their order.
 *
 * An item that is of an unknown type, or lacks what its type needs, becomes `ignored` with the reason, which the
 * answer repeats; its key is made from its content, so that the corrected item is taken under its own id.
 *
 * @throws Fault `input/invalid` when the body as a whole is neither
 */
export function decode(request: HookRequest): Decoded {
  const body = Body.safeParse(parseJson(request.body));
  if (!body.success) {
    throw fault('input/invalid', {
      detail: `The body is neither an event with a type nor events: [1 to ${EVENTS_MAX} of them].`,
    });
  }
  const events = Array.isArray(body.data.events)
    ? decodeAll(body.data.events, eventSlices(request.body))
    : [decodeItem(body.data, request.body)];
  return { events, reply: replyTo(events) };
}

function decodeAll(items: readonly JsonRecord[], slices: readonly Uint8Array[]): DecodedEvent[] {
  return items.map((item, index) => decodeItem(item, slices[index]!));
}

function decodeItem(item: JsonRecord, raw: Uint8Array): DecodedEvent {
  const type = item['type'];
  if (!isItemType(type)) return ignored(`unknown type ${JSON.stringify(type ?? null).slice(0, 64)}`, raw);
  const { type: _, ...fields } = item;
  const parsed = items[type].safeParse(fields);
  if (parsed.success) return { event: toEvent(type, parsed.data), raw };
  const [first] = toFieldErrors(parsed.error.issues);
  return ignored(`${type} is not valid: ${first?.pointer}: ${first?.detail}`, raw);
}

function isItemType(type: unknown): type is ItemType {
  return typeof type === 'string' && Object.hasOwn(items, type);
}

interface ParsedItem {
  id: string;
  event_key?: string | undefined;
  thread?: string | undefined;
  from?: { value: string };
  provider_id?: string | undefined;
  content?: Content[] | undefined;
  text?: string | undefined;
}

/** Fills in what an item may leave out. */
function toEvent(type: ItemType, item: ParsedItem): InboundEvent {
  const { id, text, event_key = id, thread = item.from?.value ?? id, ...rest } = item;
  const needsId = type === 'message' || type === 'choice';
  return {
    kind: type,
    ...rest,
    event_key,
    thread,
    ...(needsId && { provider_id: item.provider_id ?? id }),
    ...(text !== undefined && { content: [{ type: 'text', text }] }),
  } as InboundEvent;
}

function ignored(reason: string, raw: Uint8Array): DecodedEvent {
  const digest = createHash('sha256').update(raw).digest('hex');
  return { event: { kind: 'ignored', event_key: `ignored:${digest}`, reason: reason.slice(0, 500) }, raw };
}

function replyTo(events: readonly DecodedEvent[]): Decoded['reply'] {
  const reasons = events.flatMap(({ event }, index) =>
    event.kind === 'ignored' ? [{ index, reason: event.reason }] : [],
  );
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accepted: events.length - reasons.length, ignored: reasons }),
  };
}
