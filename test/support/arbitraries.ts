import fc from 'fast-check';
import {
  contentLimits,
  type Address,
  type Card,
  type Content,
  type InboundEvent,
  type InboundMessage,
  type Option,
} from '#libs/model';

/**
 * Random values of the model, valid by construction, for property tests in every room. Everything generated parses
 * with its schema, and parsing changes nothing (defaults are filled in already).
 */

type Arbitrary<T> = fc.Arbitrary<T>;

/** Text of any script: plain letters, accents, emoji with joiners, right-to-left, Markdown signs; never blank. */
export function text(maxLength: number = 200): Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.stringMatching(/^[a-zA-Z0-9 ,.!?-]{1,12}$/) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('👩‍👩‍👧‍👦', 'é', '🇩🇪', 'مرحبا', '你好', 'ไทย', '*b*', '`c`', '\n', '<b>', '1. x'),
    },
  );
  return fc
    .array(piece, { minLength: 1, maxLength: Math.max(1, Math.ceil(maxLength / 8)) })
    .map((pieces) => cutWhole(pieces.join(''), maxLength))
    .map((made) => (made.trim() === '' ? 'x' : made));
}

/** A label as the schemas keep it: trimmed, 1 to `maxLength` UTF-16 units. */
export function label(maxLength: number = contentLimits.labelMax): Arbitrary<string> {
  return text(Math.min(maxLength, 60)).map((made) => made.trim());
}

/** An absolute https address. */
export function url(): Arbitrary<string> {
  return fc
    .webUrl({ validSchemes: ['https'], withQueryParameters: true })
    .filter((made) => URL.canParse(made));
}

/** An option without an address, so that taking it is an answer. */
export function option(): Arbitrary<Option> {
  return optional({ id: id(), label: label() }, { description: text(100) });
}

/** Options with ids that differ; labels may be alike. */
export function options(minLength: number = 1, maxLength: number = 10): Arbitrary<Option[]> {
  return fc.uniqueArray(option(), { minLength, maxLength, selector: (made) => made.id });
}

const media = {
  mime_type: fc.constantFrom('image/png', 'image/jpeg', 'audio/ogg', 'video/mp4', 'application/pdf'),
  size_bytes: fc.nat({ max: 20_000_000 }),
  caption: text(120),
  file_name: fc.stringMatching(/^[a-z0-9]{1,20}\.[a-z]{3}$/),
};
const duration_ms = fc.nat({ max: 3_600_000 });
const latitude = fc.double({ min: -90, max: 90, noNaN: true }).map(withoutMinusZero);
const longitude = fc.double({ min: -180, max: 180, noNaN: true }).map(withoutMinusZero);

const card: Arbitrary<Card> = optional(
  { title: label(), options: options(0, 4) },
  { text: text(100), image_url: url() },
);

const formField = fc.record({
  id: id(),
  label: label(),
  kind: fc.constantFrom('text', 'email', 'phone', 'number', 'date', 'choice'),
  required: fc.boolean(),
  options: options(0, 3),
});

/** Every kind of content that we send, with all optional fields now there and now absent. */
const sendable = {
  text: fc.record({ type: fc.constant('text'), text: text(400) }),
  image: optional({ type: fc.constant('image'), url: url() }, { ...media, alt: text(60) }),
  audio: optional({ type: fc.constant('audio'), url: url() }, { ...media, duration_ms }),
  video: optional({ type: fc.constant('video'), url: url() }, { ...media, duration_ms }),
  file: optional({ type: fc.constant('file'), url: url() }, media),
  location: optional(
    { type: fc.constant('location'), latitude, longitude },
    { name: label(), address: text(80) },
  ),
  contact: optional(
    {
      type: fc.constant('contact'),
      name: label(),
      phones: fc.array(fc.stringMatching(/^\+[1-9][0-9]{6,13}$/), { maxLength: 3 }),
      emails: fc.array(fc.stringMatching(/^[a-z]{1,10}@[a-z]{1,10}\.example$/), { maxLength: 3 }),
    },
    { organization: label() },
  ),
  choices: fc.record({
    type: fc.constant('choices'),
    text: text(200),
    style: fc.constantFrom('quick_replies', 'buttons'),
    options: options(1, 12),
  }),
  card: card.map((made) => ({ type: 'card' as const, ...made })),
  carousel: fc.record({
    type: fc.constant('carousel'),
    cards: fc.array(card, { minLength: 1, maxLength: 4 }),
  }),
  list: fc.record({
    type: fc.constant('list'),
    text: text(200),
    button: label(),
    sections: fc.array(optional({ options: options(1, 5) }, { title: label() }), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  form: optional(
    {
      type: fc.constant('form'),
      title: label(),
      submit: label(),
      fields: fc.array(formField, { minLength: 1, maxLength: 4 }),
    },
    { text: text(100) },
  ),
  template: optional(
    {
      type: fc.constant('template'),
      name: fc.stringMatching(/^[a-z_]{1,30}$/),
      language: fc.constantFrom('en', 'de', 'pt-BR'),
      variables: fc.dictionary(fc.stringMatching(/^[a-z0-9]{1,10}$/), text(40), { maxKeys: 4 }),
    },
    { fallback_text: text(100) },
  ),
} satisfies Record<string, Arbitrary<Content>>;

const receivable = {
  choice_taken: optional(
    { type: fc.constant('choice_taken'), option_id: id(), label: label() },
    { question_message_id: fc.stringMatching(/^[a-z0-9]{1,20}$/) },
  ),
  form_taken: fc.record({
    type: fc.constant('form_taken'),
    fields: fc.dictionary(fc.stringMatching(/^[a-z0-9_]{1,10}$/), text(40), { maxKeys: 4 }),
  }),
} satisfies Record<string, Arbitrary<Content>>;

/** Content as a bot, an operator or the API sends it; of one kind when a kind is named. */
export function content(kind?: keyof typeof sendable): Arbitrary<Content> {
  return kind ? sendable[kind] : fc.oneof(...Object.values<Arbitrary<Content>>(sendable));
}

/** Content as it can stand in any message, in or out. */
export function anyContent(): Arbitrary<Content> {
  return fc.oneof(...Object.values<Arbitrary<Content>>({ ...sendable, ...receivable }));
}

/** What a message says, as we send it: 1 to `maxLength` pieces. */
export function contents(maxLength: number = 5): Arbitrary<Content[]> {
  return fc.array(content(), { minLength: 1, maxLength });
}

/** A person's address: a phone number, an e-mail address or a visitor. */
export function address(): Arbitrary<Address> {
  const known = fc.oneof(
    fc.record({ kind: fc.constant('phone'), value: fc.stringMatching(/^\+[1-9][0-9]{6,13}$/) }),
    fc.record({ kind: fc.constant('email'), value: fc.stringMatching(/^[a-z]{1,10}@[a-z]{1,10}\.example$/) }),
    fc.record({ kind: fc.constant('visitor'), value: fc.uuid() }),
  );
  return fc
    .tuple(known, fc.option(text(40), { nil: undefined }))
    .map(([made, name]) => (name === undefined ? made : { ...made, name }));
}

const common = { event_key: key(), thread: key() };
const sent_at = fc
  .date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2035-01-01T00:00:00Z'), noInvalidDate: true })
  .map((at) => at.toISOString());
const from = address();
const provider_id = key();

/** A message as a connector decodes it. */
export function inboundMessage(): Arbitrary<InboundMessage> {
  const content = fc.array(anyContent(), { minLength: 1, maxLength: 3 });
  return optional(
    { kind: fc.constant('message'), ...common, from, provider_id, content },
    {
      sent_at,
      reply_to: key(),
      metadata: fc.dictionary(fc.stringMatching(/^[a-z]{1,10}$/), text(40), { maxKeys: 3 }),
    },
  );
}

/** Any event as a connector decodes it. */
export function inboundEvent(): Arbitrary<InboundEvent> {
  const error = fc.record({ name: label(64), code: fc.stringMatching(/^[0-9]{1,6}$/), message: text(100) });
  const status = fc.constantFrom('sent', 'delivered', 'read', 'failed');
  const emoji = fc.constantFrom('👍', '❤️', '👩‍👩‍👧‍👦');
  const content = fc.array(anyContent(), { minLength: 1, maxLength: 3 });
  const who = { ...common, from };
  return fc.oneof(
    inboundMessage(),
    optional({ kind: fc.constant('edit'), ...who, provider_id, content }, { sent_at }),
    optional({ kind: fc.constant('deletion'), ...who, provider_id }, { sent_at }),
    optional(
      { kind: fc.constant('reaction'), ...who, provider_id, emoji, removed: fc.boolean() },
      { sent_at },
    ),
    optional({ kind: fc.constant('receipt'), ...common, provider_ref: key(), status }, { sent_at, error }),
    optional({ kind: fc.constant('typing'), ...who, active: fc.boolean() }, { sent_at }),
    optional(
      { kind: fc.constant('choice'), ...who, provider_id, option_id: id(), label: label() },
      { sent_at },
    ),
    fc.record({ kind: fc.constant('ignored'), event_key: key(), reason: text(100) }),
  );
}

/** What names an option, a field: ids of callers may be anything printable. */
function id(): Arbitrary<string> {
  return fc.oneof(fc.stringMatching(/^[a-z][a-z0-9_-]{0,15}$/), fc.uuid());
}

/** What names something at a provider. */
function key(): Arbitrary<string> {
  return fc.oneof(fc.uuid(), fc.stringMatching(/^[A-Za-z0-9@.:_-]{1,40}$/));
}

/** An object with some fields that are always there and some that may be absent (never undefined). */
function optional<Always extends object, Maybe extends object>(
  always: { [Key in keyof Always]: Arbitrary<Always[Key]> },
  maybe: { [Key in keyof Maybe]: Arbitrary<Maybe[Key]> },
): Arbitrary<Always & { [Key in keyof Maybe]?: Maybe[Key] }> {
  const model = { ...always, ...maybe };
  const requiredKeys = Object.keys(always);
  return fc.record(model, { requiredKeys, noNullPrototype: true } as never) as never;
}

/** Cuts to a length in UTF-16 units without leaving half a surrogate pair. */
function cutWhole(made: string, maxLength: number): string {
  const cut = made.slice(0, maxLength);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** JSON has no minus zero, so a value with one would not survive it. */
function withoutMinusZero(made: number): number {
  return made === 0 ? 0 : made;
}
