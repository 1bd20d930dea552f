import { type Content, parseMarkdown, plainText as plainMarkdown } from '#libs/model';

/** What a person reads of a message, as one line of plain text; empty where there are no words. */
export function plainText(contents: readonly Content[]): string {
  return contents.map(wordsOf).filter(Boolean).join(' ').replaceAll(/\s+/g, ' ').trim();
}

function wordsOf(content: Content): string {
  switch (content.type) {
    case 'text':
    case 'choices':
    case 'list':
      return plainMarkdown(parseMarkdown(content.text));
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return content.caption ?? content.file_name ?? '';
    case 'card':
      return [content.title, content.text ?? ''].join(' ');
    case 'carousel':
      return content.cards.map(({ title, text }) => `${title} ${text ?? ''}`).join(' ');
    case 'location':
      return content.name ?? content.address ?? '';
    case 'contact':
      return content.name;
    case 'form':
      return content.title;
    case 'template':
      return content.fallback_text ?? content.name;
    case 'choice_taken':
      return content.label;
    case 'form_taken':
      return Object.values(content.fields).join(' · ');
  }
}

/**
 * The piece of a text in which a word was found.
 *
 * @param words  in lower case; the text may hold them as the beginning of longer ones
 * @param max  characters of the piece
 */
export function excerptOf(text: string, words: readonly string[], max = 160): string {
  if (text.length <= max) return text;
  const lower = text.toLowerCase();
  const places = words.map((word) => lower.indexOf(word)).filter((place) => place >= 0);
  const at = Math.max(0, Math.min(...(places.length > 0 ? places : [0])) - 40);
  const piece = text.slice(at, at + max);
  return `${at > 0 ? '…' : ''}${piece}${at + max < text.length ? '…' : ''}`;
}
