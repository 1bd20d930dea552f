import { idOf, idPrefixes, type IdKind, type Json, type JsonObject, type Message } from '#libs/model';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Makes the data of an event as streams carry it from its stored form, which names things by UUID: `turn: <uuid>`
 * becomes `turn_id: turn_…`, and `message: <uuid>` becomes `message_id` and the whole message under `message`.
 *
 * @param message  the message that the event names, as it is now; null when it names none, or it is gone
 */
export function eventData(stored: JsonObject, message: Message | null): Record<string, unknown> {
  const entries = Object.entries(stored).map(([name, value]) => publicEntry(name, value));
  return { ...Object.fromEntries(entries), ...(message && { message }) };
}

function publicEntry(name: string, value: Json): [string, Json] {
  const isReference = name in idPrefixes && typeof value === 'string' && UUID.test(value);
  return isReference ? [`${name}_id`, idOf(name as IdKind, value)] : [name, value];
}
