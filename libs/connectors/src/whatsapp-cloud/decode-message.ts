import { contentLimits, type Address, type Content, type InboundEvent } from '#libs/model';
import { timeOf } from './time.js';
import { WireMessage, type WireValue } from './wire.js';

/** @returns why there is no event, where there is none */
export function decodeMessage(item: unknown, value: WireValue): InboundEvent | string {
  const parsed = WireMessage.safeParse(item);
  if (!parsed.success) return 'a message that lacks what its type needs';
  const message = parsed.data;
  const from = senderOf(message, value);
  if (!from) return 'a message without a sender';
  const common = {
    event_key: `m:${message.id}`,
    thread: message.group_id ?? from.value,
    from,
    ...timeOf(message.timestamp),
  };
  if (message.type === 'reaction') return reactionOf(message, common);
  const taken = takenOf(message);
  if (taken) return { kind: 'choice', ...common, provider_id: message.id, ...taken };
  const content = contentOf(message);
  if (content.length === 0) return reasonOf(message);
  const { context } = message;
  return {
    kind: 'message',
    ...common,
    provider_id: message.id,
    content,
    ...(context?.id && { reply_to: context.id }),
    ...metadataOf(message),
  };
}

function senderOf(message: WireMessage, { contacts = [] }: WireValue): Address | null {
  const { from, from_user_id } = message;
  const value = from ? `+${from.replace(/^\+/, '')}` : from_user_id;
  if (!value) return null;
  const contact = contacts.find(({ wa_id, user_id }) => wa_id === from || user_id === from_user_id);
  const name = contact?.profile?.name?.trim().slice(0, 200);
  return { kind: from ? 'phone' : 'whatsapp', value, ...(name && { name }) };
}

function reactionOf(
  { reaction, id }: WireMessage,
  common: { event_key: string; thread: string; from: Address },
): InboundEvent | string {
  if (!reaction) return 'a reaction to nothing';
  const emoji = reaction.emoji ?? '';
  const event = {
    kind: 'reaction' as const,
    ...common,
    event_key: `m:${id}`,
    provider_id: reaction.message_id,
  };
  // Taking a reaction back names none: what was taken back is whatever this person had put there.
  return emoji === '' ? { ...event, emoji: '*', removed: true } : { ...event, emoji, removed: false };
}

function takenOf({ interactive, button }: WireMessage): { option_id: string; label: string } | null {
  const reply = interactive?.button_reply ?? interactive?.list_reply;
  if (reply) return { option_id: reply.id.slice(0, 128), label: reply.title.slice(0, 200) };
  if (!button) return null;
  return { option_id: (button.payload || button.text).slice(0, 128), label: button.text.slice(0, 200) };
}

function contentOf(message: WireMessage): Content[] {
  const { type, text, location, contacts, order, interactive } = message;
  if (type === 'text' && text && text.body !== '') return [textOf(text.body)];
  if (type === 'location' && location) return locationOf(location);
  if (type === 'contacts' && contacts) return contacts.slice(0, contentLimits.piecesMax).map(contactOf);
  if (type === 'order' && order) return [textOf(orderText(order))];
  if (interactive?.nfm_reply) return formOf(interactive.nfm_reply.response_json);
  return mediaOf(message);
}

const textOf = (text: string): Content => ({ type: 'text', text: text.slice(0, contentLimits.textMax) });

const mediaTypes = {
  image: 'image',
  sticker: 'image',
  audio: 'audio',
  video: 'video',
  document: 'file',
} as const;

function mediaOf(message: WireMessage): Content[] {
  if (!Object.hasOwn(mediaTypes, message.type)) return [];
  const kind = message.type as keyof typeof mediaTypes;
  const media = message[kind];
  if (!media) return [];
  const caption = media.caption?.trim() ?? '';
  const isShort = caption.length <= contentLimits.descriptionMax;
  const fileName = media.filename?.slice(0, contentLimits.fileNameMax);
  const piece: Content = {
    type: mediaTypes[kind],
    url: `media:${encodeURIComponent(media.id)}`,
    ...(media.mime_type && { mime_type: media.mime_type }),
    ...(fileName && { file_name: fileName }),
    ...(caption && isShort && { caption }),
  };
  return isShort ? [piece] : [piece, textOf(caption)];
}

function locationOf({ latitude, longitude, name, address }: NonNullable<WireMessage['location']>): Content[] {
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return [];
  const shortName = name?.trim().slice(0, contentLimits.labelMax).trim();
  const shortAddress = address?.slice(0, contentLimits.descriptionMax);
  return [
    {
      type: 'location',
      latitude,
      longitude,
      ...(shortName && { name: shortName }),
      ...(shortAddress && { address: shortAddress }),
    },
  ];
}

function contactOf({
  name,
  phones = [],
  emails = [],
  org,
}: NonNullable<WireMessage['contacts']>[number]): Content {
  const organization = org?.company?.trim().slice(0, contentLimits.labelMax).trim();
  const numbers = phones.flatMap(({ phone, wa_id }) => phone ?? (wa_id ? `+${wa_id}` : []));
  return {
    type: 'contact',
    name: name.formatted_name.trim().slice(0, contentLimits.labelMax).trim() || '?',
    phones: numbers.filter((one) => one !== '' && one.length <= 40).slice(0, 10),
    emails: emails
      .flatMap(({ email = '' }) => (email.length > 2 && email.length < 255 ? email : []))
      .slice(0, 10),
    ...(organization && { organization }),
  };
}

function orderText({ text, product_items }: NonNullable<WireMessage['order']>): string {
  const lines = product_items.map(({ product_retailer_id, quantity, item_price, currency }) => {
    const price = item_price === undefined ? '' : ` (${item_price} ${currency ?? ''})`.replace(' )', ')');
    return `- ${quantity} × ${product_retailer_id}${price}`;
  });
  return [text, ...lines].filter(Boolean).join('\n') || '-';
}

/** What a WhatsApp Flow gave back: its fields, as texts. */
function formOf(json: string): Content[] {
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch {
    return [];
  }
  if (typeof given !== 'object' || given === null) return [];
  const fields = Object.entries(given).map(([name, value]) => [
    name.slice(0, 128),
    (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, contentLimits.descriptionMax),
  ]);
  return [{ type: 'form_taken', fields: Object.fromEntries(fields) as Record<string, string> }];
}

function metadataOf({ context, referral }: WireMessage): { metadata?: Record<string, string> } {
  const told = Object.entries(referral ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' ? [[`referral_${name}`.slice(0, 64), value.slice(0, 1_000)]] : [],
  );
  const all = [...(context?.forwarded ? [['forwarded', 'true']] : []), ...told.slice(0, 20)];
  return all.length === 0 ? {} : { metadata: Object.fromEntries(all) as Record<string, string> };
}

function reasonOf({ type, errors }: WireMessage): string {
  const [error] = errors ?? [];
  const why = error ? `: ${error.code ?? ''} ${error.title ?? ''}` : '';
  return `a message of type ${type}${why}`;
}
