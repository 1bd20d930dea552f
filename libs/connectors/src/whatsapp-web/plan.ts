import { optionsOf, type Content, type JsonObject } from '#libs/model';
import type { Part, Plan } from '../connector.js';
import { cutText } from '../shared/cut-text.js';
import { escaped } from '../shared/numbered-choices.js';
import { changeOf, plainText } from '../shared/plain.js';
import { whatsappText } from '../shared/whatsapp-text.js';
import { CAPTION_MAX, TEXT_MAX } from './manifest.js';

/** What one call of the browser sends; `url` of a file is resolved when it is sent. */
export interface WebMessage {
  text?: string;
  file?: { url: string; kind: 'image' | 'audio' | 'video' | 'file'; name?: string };
  location?: { latitude: number; longitude: number; name?: string };
}

/** Texts and files; whatever asks becomes numbered text, with numbers that run on over the whole message. */
export function plan(contents: readonly Content[]): Plan {
  const parts: Part[] = [];
  const lost: string[] = [];
  let nextNumber = 1;
  for (const content of contents) {
    const messages = nativeOf(content);
    if (messages) {
      parts.push(...messages.map(partOf));
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

const partOf = (message: WebMessage): Part => ({
  body: { message } as unknown as JsonObject,
  rendering: message.file?.kind ?? (message.location ? 'location' : 'text'),
});

function nativeOf(content: Content): WebMessage[] | null {
  switch (content.type) {
    case 'text':
      return textMessages(content.text);
    case 'image':
    case 'audio':
    case 'video':
    case 'file': {
      const words = content.caption ?? (content.type === 'image' ? (content.alt ?? '') : '');
      const caption = words === '' ? '' : whatsappText(words);
      const holds = content.type !== 'audio' && caption !== '' && caption.length <= CAPTION_MAX;
      const { url, file_name: name } = content;
      const file = { url, kind: content.type, ...(name !== undefined && { name }) };
      return [{ file, ...(holds && { text: caption }) }, ...(holds ? [] : textMessages(words))];
    }
    case 'location': {
      const { latitude, longitude } = content;
      const name = [content.name, content.address].filter(Boolean).join('\n');
      return [{ location: { latitude, longitude, ...(name !== '' && { name }) } }];
    }
    default:
      return null;
  }
}

const textMessages = (markdown: string): WebMessage[] =>
  markdown === '' ? [] : cutText(whatsappText(markdown), TEXT_MAX).map((text) => ({ text }));

export const messageOf = (part: Part): WebMessage => part.body['message'] as unknown as WebMessage;
