import { toMarkup, type MarkupStyle } from './markup.js';

/**
 * WhatsApp's signs. It has no escapes: a lone sign in a text stays what the person sees.
 *
 * @see https://faq.whatsapp.com/539178204879377 (read 2026-11-21)
 */
const whatsapp: MarkupStyle = {
  marks: { bold: '*', italic: '_', strike: '~' },
  code: '`',
  quote: '> ',
  bullet: '- ',
  link: (words, url) => `${words} (${url})`,
  escape: (text) => text,
};

/** A text in the Markdown subset as WhatsApp writes it; never blank unless the text is. */
export function whatsappText(markdown: string): string {
  const text = toMarkup(markdown, whatsapp);
  return text.trim() === '' ? markdown : text;
}
