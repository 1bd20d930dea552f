import { z } from 'zod';
import { contentLimits } from './content-limits.js';

export { contentLimits };

const label = z.string().trim().min(1).max(contentLimits.labelMax);
const optionId = z
  .string()
  .min(1)
  .max(128)
  .describe('What comes back when the option is taken; unique within its message');
const url = z
  .url({ protocol: /^https?$/ })
  .max(contentLimits.urlMax)
  .describe('An absolute http or https address');

/** Text in the Markdown subset of `markdown.ts`. */
export const TextContent = z
  .strictObject({
    type: z.literal('text'),
    text: z.string().min(1).max(contentLimits.textMax).describe('Markdown subset; never HTML'),
  })
  .meta({ id: 'TextContent' });

/** A stored file of ours (`media:med_…`) or, in what a connector decodes, one that is still at the provider. */
const mediaUrl = z
  .union([
    url,
    z
      .string()
      .regex(/^media:[\x21-\x7e]+$/)
      .max(contentLimits.urlMax),
  ])
  .describe('An absolute http or https address, or `media:` and the id of a stored file');
const media = {
  url: mediaUrl.describe('Where the file can be fetched'),
  mime_type: z
    .string()
    .max(255)
    .optional()
    .describe('Media type as declared; verified by sniffing before use'),
  size_bytes: z.int().nonnegative().optional().describe('Size in bytes as declared'),
  caption: z.string().max(contentLimits.descriptionMax).optional(),
  file_name: z.string().min(1).max(contentLimits.fileNameMax).optional(),
  status: z
    .enum(['pending', 'stored', 'failed'])
    .optional()
    .describe('How far a file of ours is; only in what Parley shows, and ignored in what it is given'),
  reason: z.string().max(500).optional().describe('Why a file failed; only in what Parley shows'),
};

export const ImageContent = z
  .strictObject({
    type: z.literal('image'),
    ...media,
    alt: z.string().max(contentLimits.descriptionMax).optional(),
  })
  .meta({ id: 'ImageContent' });
export const AudioContent = z
  .strictObject({ type: z.literal('audio'), ...media, duration_ms: z.int().nonnegative().optional() })
  .meta({ id: 'AudioContent' });
export const VideoContent = z
  .strictObject({ type: z.literal('video'), ...media, duration_ms: z.int().nonnegative().optional() })
  .meta({ id: 'VideoContent' });
export const FileContent = z.strictObject({ type: z.literal('file'), ...media }).meta({ id: 'FileContent' });

export const LocationContent = z
  .strictObject({
    type: z.literal('location'),
    latitude: z.number().min(-90).max(90).describe('Degrees, WGS 84'),
    longitude: z.number().min(-180).max(180).describe('Degrees, WGS 84'),
    name: label.optional(),
    address: z.string().max(contentLimits.descriptionMax).optional(),
  })
  .meta({ id: 'LocationContent' });

export const ContactCardContent = z
  .strictObject({
    type: z.literal('contact'),
    name: label,
    phones: z.array(z.string().min(1).max(40)).max(10).default([]),
    emails: z.array(z.string().min(3).max(254)).max(10).default([]),
    organization: label.optional(),
  })
  .meta({ id: 'ContactCardContent' });

export const Option = z
  .strictObject({
    id: optionId,
    label: label.describe('What the person sees and may type'),
    description: z.string().max(contentLimits.descriptionMax).optional(),
    url: url.optional().describe('Opens this address instead of answering; the option still has an id'),
  })
  .meta({ id: 'Option' });

const uniqueOptionIds = (options: readonly { id: string }[]): boolean =>
  new Set(options.map((option) => option.id)).size === options.length;

/** A question with options: quick replies disappear after the answer, buttons stay. */
export const ChoicesContent = z
  .strictObject({
    type: z.literal('choices'),
    text: z.string().min(1).max(contentLimits.textMax).describe('The question, Markdown subset'),
    style: z.enum(['quick_replies', 'buttons']).default('quick_replies'),
    options: z
      .array(Option)
      .min(1)
      .max(contentLimits.optionsMax)
      .refine(uniqueOptionIds, { error: 'option ids must be unique' }),
  })
  .meta({ id: 'ChoicesContent' });

const card = {
  title: label,
  text: z.string().max(contentLimits.descriptionMax).optional(),
  image_url: mediaUrl.optional(),
  options: z.array(Option).max(contentLimits.actionsMax).default([]),
};
export const Card = z.strictObject(card).meta({ id: 'Card' });
export const CardContent = z.strictObject({ type: z.literal('card'), ...card }).meta({ id: 'CardContent' });
export const CarouselContent = z
  .strictObject({ type: z.literal('carousel'), cards: z.array(Card).min(1).max(contentLimits.cardsMax) })
  .meta({ id: 'CarouselContent' });

export const ListContent = z
  .strictObject({
    type: z.literal('list'),
    text: z.string().min(1).max(contentLimits.textMax),
    button: label.describe('Label of the control that opens the list, where a channel has one'),
    sections: z
      .array(
        z.strictObject({
          title: label.optional(),
          options: z.array(Option).min(1).max(contentLimits.rowsMax),
        }),
      )
      .min(1)
      .max(contentLimits.sectionsMax),
  })
  .meta({ id: 'ListContent' });

export const FormField = z
  .strictObject({
    id: optionId,
    label,
    kind: z.enum(['text', 'email', 'phone', 'number', 'date', 'choice']),
    required: z.boolean().default(true),
    options: z.array(Option).max(contentLimits.optionsMax).default([]),
  })
  .meta({ id: 'FormField' });
/** What a form asks: fields with names of their own. */
export const FormFields = z
  .array(FormField)
  .min(1)
  .max(contentLimits.fieldsMax)
  .refine((fields) => new Set(fields.map(({ id }) => id)).size === fields.length, {
    error: 'two fields have the same id',
  });
export const FormContent = z
  .strictObject({
    type: z.literal('form'),
    title: label,
    text: z.string().max(contentLimits.textMax).optional(),
    submit: label.default('Send'),
    fields: FormFields,
  })
  .meta({ id: 'FormContent' });

/** A text the provider has approved beforehand, named and filled in. */
export const TemplateContent = z
  .strictObject({
    type: z.literal('template'),
    name: z.string().min(1).max(512),
    language: z.string().min(2).max(35).describe('BCP 47 language tag'),
    variables: z.record(z.string().max(64), z.string().max(1_024)).default({}),
    fallback_text: z
      .string()
      .max(contentLimits.textMax)
      .optional()
      .describe('Sent where a channel has no templates'),
  })
  .meta({ id: 'TemplateContent' });

/** The option a person took, kept beside what they wrote or pressed. Only in what people send. */
export const ChoiceTakenContent = z
  .strictObject({
    type: z.literal('choice_taken'),
    option_id: optionId,
    label: z.string().max(contentLimits.labelMax),
    question_message_id: z
      .string()
      .max(64)
      .optional()
      .describe('The message that offered the option, when known'),
  })
  .meta({ id: 'ChoiceTakenContent' });

/** The answers to a form. Only in what people send. */
export const FormTakenContent = z
  .strictObject({
    type: z.literal('form_taken'),
    fields: z.record(z.string().max(128), z.string().max(contentLimits.descriptionMax)),
  })
  .meta({ id: 'FormTakenContent' });

/** One piece of what a message is made of. */
export const Content = z
  .discriminatedUnion('type', [
    TextContent,
    ImageContent,
    AudioContent,
    VideoContent,
    FileContent,
    LocationContent,
    ContactCardContent,
    ChoicesContent,
    CardContent,
    CarouselContent,
    ListContent,
    FormContent,
    TemplateContent,
    ChoiceTakenContent,
    FormTakenContent,
  ])
  .meta({ id: 'Content' });

/** Everything a message says, in order; never empty. */
export const Contents = z.array(Content).min(1).max(contentLimits.piecesMax);

export type TextContent = z.infer<typeof TextContent>;
export type ImageContent = z.infer<typeof ImageContent>;
export type AudioContent = z.infer<typeof AudioContent>;
export type VideoContent = z.infer<typeof VideoContent>;
export type FileContent = z.infer<typeof FileContent>;
export type LocationContent = z.infer<typeof LocationContent>;
export type ContactCardContent = z.infer<typeof ContactCardContent>;
export type ChoicesContent = z.infer<typeof ChoicesContent>;
export type Option = z.infer<typeof Option>;
export type Card = z.infer<typeof Card>;
export type CardContent = z.infer<typeof CardContent>;
export type CarouselContent = z.infer<typeof CarouselContent>;
export type ListContent = z.infer<typeof ListContent>;
export type FormField = z.infer<typeof FormField>;
export type FormContent = z.infer<typeof FormContent>;
export type TemplateContent = z.infer<typeof TemplateContent>;
export type ChoiceTakenContent = z.infer<typeof ChoiceTakenContent>;
export type FormTakenContent = z.infer<typeof FormTakenContent>;
export type Content = z.infer<typeof Content>;
export type ContentType = Content['type'];

/** The options a piece of content offers, in reading order; empty for content that asks nothing. */
export function optionsOf(content: Content): readonly Option[] {
  if (content.type === 'choices' || content.type === 'card') return content.options;
  if (content.type === 'carousel') return content.cards.flatMap((card) => card.options);
  if (content.type === 'list') return content.sections.flatMap((section) => section.options);
  return [];
}

/** An option with the number by which a person can take it where a channel has nothing to press. */
export interface NumberedOption {
  /** From 1, through the whole message: the same number is never used twice in a message. */
  number: number;
  option: Option;
}

/**
 * The options of a message with their numbers, in reading order over all its pieces.
 *
 * Whoever writes options as numbered text uses these numbers, and the bot core understands these: that is how no
 * choice is lost.
 */
export function numberedOptions(contents: readonly Content[]): readonly NumberedOption[] {
  return contents.flatMap(optionsOf).map((option, index) => ({ number: index + 1, option }));
}

/** What a piece of content says in plain words: for search, summaries and the rules of a bot. May be empty. */
export function plainTextOf(content: Content): string {
  switch (content.type) {
    case 'text':
    case 'choices':
    case 'list':
      return content.text;
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return content.caption ?? '';
    case 'location':
      return [content.name, content.address].filter(Boolean).join(', ');
    case 'contact':
      return content.name;
    case 'card':
      return [content.title, content.text].filter(Boolean).join('\n');
    case 'carousel':
      return content.cards.map((card) => card.title).join('\n');
    case 'form':
      return [content.title, content.text].filter(Boolean).join('\n');
    case 'template':
      return content.fallback_text ?? '';
    case 'choice_taken':
      return content.label;
    case 'form_taken':
      return Object.values(content.fields).join('\n');
  }
}
