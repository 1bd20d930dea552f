import { fault } from '#libs/faults';
import type { Destination, Io, Part, Receipt, Refusal } from '../connector.js';
import { callGraph, faultOfGraph, jsonOf } from './graph.js';
import { WINDOW_MS } from './limits.js';
import type { WhatsAppCloudSettings } from './manifest.js';
import type { CloudMessage } from './plan.js';
import { SendAnswer } from './wire.js';

/**
 * One `POST /messages`. The key travels along as `biz_opaque_callback_data` and comes back in the statuses.
 *
 * @throws the faults of {@link faultOfGraph}; `channel/outcome-unknown` for a 2xx without a message id
 */
export async function deliver(
  part: Part,
  to: Destination,
  key: string,
  io: Io<WhatsAppCloudSettings>,
): Promise<Receipt> {
  const body = JSON.stringify({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: (to.address?.value ?? to.thread).replace(/^\+/, ''),
    ...(await withLinks(messageOf(part), io)),
    biz_opaque_callback_data: key,
  });
  const answer = await callGraph(io, `${io.settings.phone_number_id}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (answer.status < 200 || answer.status > 299) throw faultOfGraph(answer, io.now());
  const parsed = SendAnswer.safeParse(jsonOf(answer));
  if (!parsed.success) {
    throw fault('channel/outcome-unknown', {
      detail: 'Meta answered 2xx without the id of a message.',
      facts: { status: answer.status, bytes: answer.body.length },
    });
  }
  return { providerRef: parsed.data.messages[0]!.id };
}

/** 24 hours after the person's last message only templates may go out; Meta would answer 131047. */
export function refuses(
  part: Part,
  to: Destination,
  _settings: WhatsAppCloudSettings,
  now: number,
): Refusal | null {
  if (messageOf(part).type === 'template') return null;
  if (to.lastInboundAt !== null && now - to.lastInboundAt < WINDOW_MS) return null;
  const since =
    to.lastInboundAt === null
      ? 'The person has not written on this number yet'
      : `The person last wrote on ${new Date(to.lastInboundAt).toISOString()}, more than 24 hours ago`;
  return {
    code: 'outside-window',
    reason: `${since}: WhatsApp takes only approved templates then. Send a template, or wait until they write.`,
  };
}

/** Read mark and typing sign for the person's last message; best effort. */
export async function typing(to: Destination, io: Io<WhatsAppCloudSettings>): Promise<void> {
  if (to.lastInboundRef === null) return;
  await callGraph(io, `${io.settings.phone_number_id}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: to.lastInboundRef,
      typing_indicator: { type: 'text' },
    }),
  });
}

export const messageOf = (part: Part): CloudMessage => part.body['message'] as CloudMessage;

/** Files of ours are given as links that Meta can open for an hour. */
async function withLinks(message: CloudMessage, io: Io<WhatsAppCloudSettings>): Promise<CloudMessage> {
  const copy = structuredClone(message);
  for (const holder of linkHolders(copy)) {
    if (holder.link.startsWith('media:')) holder.link = await io.linkTo(holder.link);
  }
  return copy;
}

function linkHolders(value: unknown): { link: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(linkHolders);
  return 'link' in value && typeof value.link === 'string' ? [value as { link: string }, ...below] : below;
}
