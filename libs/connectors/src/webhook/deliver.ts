import { fault } from '#libs/faults';
import type { Content } from '#libs/model';
import type { Destination, EgressResponse, Io, Part, Receipt } from '../connector.js';
import { faultOfStatus } from '../shared/fault-of-status.js';
import { signWebhook } from '../shared/standard-webhooks.js';
import type { WebhookSettings } from './manifest.js';
import { Answer, Refusal, type OutboundPost } from './wire.js';

/**
 * One signed post to the receiver; `webhook-id` is the key, so that repetitions can be told.
 *
 * @throws Fault `channel/throttled`, `channel/credentials`, `channel/rejected`; `channel/unreachable` also for every
 *   5xx, because receivers answer so only when they kept nothing; `channel/outcome-unknown` also for a 2xx whose body
 *   is not what we ask for
 */
export async function deliver(
  part: Part,
  to: Destination,
  key: string,
  io: Io<WebhookSettings>,
): Promise<Receipt> {
  const now = io.now();
  const body = JSON.stringify(postOf(part, to, key, now));
  const signature = signWebhook({ id: key, now, body }, [io.settings.outbound_secret]);
  const headers = { 'content-type': 'application/json', ...signature };
  const answer = await io.fetch(io.settings.url, { method: 'POST', headers, body, signal: io.signal });
  return receiptOf(answer, key, now);
}

/**
 * Asks the receiver whether it has kept the message with this key.
 *
 * @returns null when it answers 404
 * @throws what `deliver` throws
 */
export async function lookup(
  key: string,
  _to: Destination,
  io: Io<WebhookSettings>,
): Promise<Receipt | null> {
  const { lookup_url, outbound_secret } = io.settings;
  if (!lookup_url) throw fault('channel/rejected', { detail: 'The channel has no lookup_url.' });
  const url = new URL(lookup_url);
  url.searchParams.set('id', key);
  const now = io.now();
  const headers = signWebhook({ id: key, now, body: '' }, [outbound_secret]);
  const answer = await io.fetch(url.href, { headers, signal: io.signal });
  return answer.status === 404 ? null : receiptOf(answer, key, now);
}

function postOf(part: Part, to: Destination, key: string, now: number): OutboundPost {
  return {
    type: 'message',
    id: key,
    conversation_id: to.conversationId,
    thread: to.thread,
    to: to.address,
    content: part.body['content'] as unknown as Content[],
    sent_at: new Date(now).toISOString(),
  };
}

function receiptOf(answer: EgressResponse, key: string, now: number): Receipt {
  if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, now);
  const parsed = Answer.safeParse(jsonOf(answer) ?? {});
  if (!parsed.success || (answer.body.length > 0 && jsonOf(answer) === undefined)) {
    throw fault('channel/outcome-unknown', {
      detail: 'The receiver answered 2xx with a body that is neither empty nor {"id": "…"}.',
      facts: { status: answer.status, bytes: answer.body.length },
    });
  }
  const { id, status } = parsed.data;
  return { providerRef: id ?? key, ...(status && { status }) };
}

function refusalOf(answer: EgressResponse, now: number): Error {
  const said = Refusal.safeParse(jsonOf(answer)).data;
  return faultOfStatus(answer, {
    name: 'webhook',
    now,
    serverError: 'channel/unreachable',
    ...(said && { said }),
  });
}

function jsonOf(answer: EgressResponse): unknown {
  try {
    return JSON.parse(answer.text());
  } catch {
    return undefined;
  }
}
