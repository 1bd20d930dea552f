import { createHash } from 'node:crypto';
import type { InboundEvent } from '#libs/model';
import type { Decoded, HookRequest } from '../../connector.js';
import { parseJson } from '../../shared/parse-json.js';
import { Update } from './wire.js';

/**
 * One event for each request; what is not known becomes `ignored`.
 *
 * @throws Fault `input/invalid` when the body is not JSON
 */
export function decode(request: HookRequest): Decoded {
  const update = Update.safeParse(parseJson(request.body));
  const event = update.success ? toEvent(update.data) : ignored(request.body);
  return { events: [{ event, raw: request.body }], reply: { status: 200 } };
}

function toEvent(update: Update): InboundEvent {
  const common = { event_key: update.no, thread: update.user };
  if (update.event === 'arrived') {
    return { kind: 'receipt', ...common, provider_ref: update.ref, status: 'delivered' };
  }
  const from = { kind: 'toy', value: update.user };
  return {
    kind: 'message',
    ...common,
    from,
    provider_id: update.no,
    content: [{ type: 'text', text: update.words }],
  };
}

function ignored(body: Uint8Array): InboundEvent {
  const digest = createHash('sha256').update(body).digest('hex');
  return { kind: 'ignored', event_key: `ignored:${digest}`, reason: 'not an event that we know' };
}
