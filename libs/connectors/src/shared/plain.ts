import { optionsOf, type Content, type FormContent, type LocationContent } from '#libs/model';
import { asTheyAre, isAsking, numberedText, type WriteWords } from './numbered-choices.js';

/** A message in plain text. */
export interface PlainMessage {
  /** Markdown texts in order, one for each piece of content that has one; none empty. */
  texts: string[];
  /** What was changed or left out, in words for the author. */
  lost: string[];
}

/** Writes a whole message as Markdown text; the numbers of its options run on over all of it. */
export function toPlain(contents: readonly Content[]): PlainMessage {
  const message: PlainMessage = { texts: [], lost: [] };
  let next = 1;
  for (const content of contents) {
    const text = plainText(content, next);
    next += optionsOf(content).length;
    if (text !== '') message.texts.push(text);
    const change = changeOf(content, text);
    if (change) message.lost.push(change);
  }
  return message;
}

/** What plain text costs a piece of content; null when nothing is lost. */
export function changeOf(content: Content, text: string): string | null {
  if (content.type === 'text' || content.type === 'choice_taken') return null;
  if (text === '') return `${content.type} → nothing`;
  return `${content.type} → ${optionsOf(content).length > 0 ? 'numbered text' : 'text'}`;
}

/**
 * One piece of content as Markdown text; empty when nothing of it can be said in text.
 *
 * @param firstNumber  number of its first option, when it has options
 * @param write  how labels, names and other words that are no Markdown are written
 */
export function plainText(content: Content, firstNumber = 1, write: WriteWords = asTheyAre): string {
  if (isAsking(content)) return numberedText(content, firstNumber, write);
  const words = (text: string | undefined) => text && write(text);
  switch (content.type) {
    case 'text':
      return content.text;
    case 'image':
      return lines(content.caption ?? words(content.alt), content.url);
    case 'audio':
    case 'video':
    case 'file':
      return lines(content.caption ?? words(content.file_name), content.url);
    case 'location':
      return lines(words(content.name), words(content.address), mapUrl(content));
    case 'contact':
      return lines(...[content.name, content.organization, ...content.phones, ...content.emails].map(words));
    case 'form':
      return formText(content, write);
    case 'template':
      return content.fallback_text ?? '';
    case 'choice_taken':
      return write(content.label);
    case 'form_taken':
      return lines(
        ...Object.entries(content.fields).map(([field, answer]) => `${write(field)}: ${write(answer)}`),
      );
  }
}

function formText({ title, text, fields }: FormContent, write: WriteWords): string {
  const questions = fields.map(({ label, options }) => {
    const labels = options.map((option) => write(option.label)).join(', ');
    return `- ${write(label)}${labels && ` (${labels})`}`;
  });
  return [lines(`**${write(title)}**`, text), questions.join('\n')].join('\n\n');
}

function mapUrl({ latitude, longitude }: LocationContent): string {
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}`;
}

function lines(...all: (string | undefined)[]): string {
  return all.filter(Boolean).join('\n');
}
