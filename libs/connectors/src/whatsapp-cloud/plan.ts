import { optionsOf, type Content, type JsonObject, type Option } from '#libs/model';
import type { Part, Plan } from '../connector.js';
import { cutText } from '../shared/cut-text.js';
import { escaped } from '../shared/numbered-choices.js';
import { changeOf, plainText } from '../shared/plain.js';
import { whatsappText } from '../shared/whatsapp-text.js';
import { whatsappLimits as limits } from './limits.js';

/** One message of the Cloud API without its recipient: what stands beside `to`. */
export type CloudMessage = JsonObject & { type: string };

/**
 * Content as messages of the Cloud API. Options become buttons or rows where every label fits whole, and numbered text where
 * one does not; the numbers run on over the whole message.
 */
export function plan(contents: readonly Content[]): Plan {
  const parts: Part[] = [];
  const lost: string[] = [];
  let nextNumber = 1;
  for (const content of contents) {
    const made = messagesOf(content);
    if (made) {
      parts.push(...made.map(partOf));
    } else {
      const text = plainText(content, nextNumber, escaped);
      parts.push(...textMessages(text).map(partOf));
      const change = changeOf(content, text);
      if (change) lost.push(change);
    }
    nextNumber += optionsOf(content).length;
  }
  return { parts, lost };
}

const partOf = (message: CloudMessage): Part => ({
  body: { message },
  rendering: message.type === 'interactive' ? kindOf(message) : message.type,
});
const kindOf = ({ interactive }: CloudMessage): string => (interactive as { type: string }).type;

/** @returns null for content that only text can carry */
function messagesOf(content: Content): CloudMessage[] | null {
  switch (content.type) {
    case 'text':
      return textMessages(content.text);
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return mediaMessages(content);
    case 'location':
      return [locationMessage(content)];
    case 'contact':
      return [contactMessage(content)];
    case 'template':
      return [templateMessage(content)];
    case 'choices':
      return asked(content.text, content.options);
    case 'list':
      return listMessages(content) ?? asked(content.text, optionsOf(content));
    case 'card':
      return cardMessages(content);
    case 'carousel':
      return cardsMessages(content.cards);
    default:
      return null;
  }
}

const textMessage = (body: string): CloudMessage => ({
  type: 'text',
  text: { body, preview_url: /https?:\/\//.test(body) },
});
const textMessages = (markdown: string): CloudMessage[] =>
  markdown === '' ? [] : cutText(whatsappText(markdown), limits.text).map(textMessage);

type MediaContent = Extract<Content, { type: 'image' | 'audio' | 'video' | 'file' }>;

function mediaMessages(content: MediaContent): CloudMessage[] {
  const type = content.type === 'file' ? 'document' : content.type;
  const caption = whatsappText(content.caption ?? (content.type === 'image' ? (content.alt ?? '') : ''));
  const holdsCaption = type !== 'audio' && caption !== '' && caption.length <= limits.caption;
  const media: JsonObject = {
    link: content.url,
    ...(holdsCaption && { caption }),
    ...(type === 'document' && content.file_name !== undefined && { filename: content.file_name }),
  };
  const rest = holdsCaption || caption === '' ? [] : cutText(caption, limits.text).map(textMessage);
  return [{ type, [type]: media }, ...rest];
}

function locationMessage(content: Extract<Content, { type: 'location' }>): CloudMessage {
  const { latitude, longitude, name, address } = content;
  return {
    type: 'location',
    location: {
      latitude: String(latitude),
      longitude: String(longitude),
      ...(name !== undefined && { name }),
      ...(address !== undefined && { address }),
    },
  };
}

function contactMessage(content: Extract<Content, { type: 'contact' }>): CloudMessage {
  const { name, phones, emails, organization } = content;
  return {
    type: 'contacts',
    contacts: [
      {
        name: { formatted_name: name, first_name: name },
        ...(phones.length > 0 && { phones: phones.map((phone) => ({ phone })) }),
        ...(emails.length > 0 && { emails: emails.map((email) => ({ email })) }),
        ...(organization !== undefined && { org: { company: organization } }),
      },
    ],
  };
}

/** Variables that are numbers are placed by them, others are named. */
function templateMessage({
  name,
  language,
  variables,
}: Extract<Content, { type: 'template' }>): CloudMessage {
  const entries = Object.entries(variables);
  const isPositional = entries.every(([key]) => /^\d+$/.test(key));
  const ordered = isPositional ? entries.toSorted(([a], [b]) => Number(a) - Number(b)) : entries;
  const parameters = ordered.map(([key, text]) => ({
    type: 'text',
    ...(!isPositional && { parameter_name: key }),
    text,
  }));
  return {
    type: 'template',
    template: {
      name,
      language: { policy: 'deterministic', code: language.replace('-', '_') },
      ...(parameters.length > 0 && { components: [{ type: 'body', parameters }] }),
    },
  };
}

/** @returns null when the labels do not fit, or one only opens an address */
function asked(question: string, options: readonly Option[]): CloudMessage[] | null {
  return buttonMessages(question, options) ?? rowMessages(question, options);
}

function buttonMessages(
  question: string,
  options: readonly Option[],
  header?: JsonObject,
): CloudMessage[] | null {
  const isFitting =
    options.length <= limits.buttons &&
    options.every((option) => fits(option, limits.buttonTitle) && !option.description) &&
    areDistinct(options);
  if (!isFitting) return null;
  const buttons = options.map(({ id, label }) => ({ type: 'reply', reply: { id, title: label } }));
  return withQuestion(question, { type: 'button', ...(header && { header }), action: { buttons } });
}

function rowMessages(question: string, options: readonly Option[]): CloudMessage[] | null {
  if (!areRows(options)) return null;
  return withQuestion(question, {
    type: 'list',
    action: { button: 'Choose', sections: [{ rows: options.map(rowOf) }] },
  });
}

function listMessages({ text, button, sections }: Extract<Content, { type: 'list' }>): CloudMessage[] | null {
  const areTitled = sections.length === 1 || sections.every(({ title }) => title !== undefined);
  const isFitting =
    areTitled &&
    areRows(sections.flatMap(({ options }) => options)) &&
    sections.every(({ title }) => title === undefined || isLine(title, limits.sectionTitle)) &&
    isLine(button, limits.buttonTitle);
  if (!isFitting) return null;
  const written = sections.map(({ title, options }) => ({
    ...(title !== undefined && { title }),
    rows: options.map(rowOf),
  }));
  return withQuestion(text, { type: 'list', action: { button, sections: written } });
}

type Card = Omit<Extract<Content, { type: 'card' }>, 'type'>;

function cardsMessages(cards: readonly Card[]): CloudMessage[] | null {
  const made = cards.map(cardMessages);
  return made.every((messages) => messages !== null) ? made.flat() : null;
}

/** An image stands above buttons as their header, and alone with the words as its caption where nothing is asked. */
function cardMessages({ title, text, image_url, options }: Card): CloudMessage[] | null {
  const words = [`**${escaped(title)}**`, text].filter(Boolean).join('\n');
  if (options.length === 0) {
    return image_url === undefined
      ? textMessages(words)
      : mediaMessages({ type: 'image', url: image_url, caption: words });
  }
  const header = image_url === undefined ? undefined : { type: 'image', image: { link: image_url } };
  const buttons = buttonMessages(words, options, header);
  if (buttons) return buttons;
  const rows = rowMessages(words, options);
  if (!rows) return null;
  return image_url === undefined ? rows : [...mediaMessages({ type: 'image', url: image_url }), ...rows];
}

/** A question that is too long goes ahead, but for its last piece. */
function withQuestion(question: string, interactive: JsonObject): CloudMessage[] {
  const pieces = cutText(whatsappText(question), limits.body);
  const body = { text: pieces.at(-1) ?? '…' };
  return [
    ...pieces.slice(0, -1).map(textMessage),
    { type: 'interactive', interactive: { ...interactive, body } },
  ];
}

function areRows(options: readonly Option[]): boolean {
  const isFitting = (option: Option): boolean =>
    fits(option, limits.rowTitle) &&
    (option.description === undefined || isLine(option.description, limits.rowDescription));
  return (
    options.length > 0 && options.length <= limits.rows && options.every(isFitting) && areDistinct(options)
  );
}

const rowOf = ({ id, label, description }: Option) => ({
  id,
  title: label,
  ...(description && { description }),
});

/** Whether an option can be pressed: Meta's buttons and rows answer, they do not open addresses. */
const fits = ({ label, url }: Option, max: number): boolean => url === undefined && isLine(label, max);
const isLine = (text: string, max: number): boolean =>
  text.length <= max && !/[\r\n\t\v]/.test(text) && text.trim() !== '';
const areDistinct = (options: readonly Option[]): boolean =>
  new Set(options.map(({ label }) => label)).size === options.length;
