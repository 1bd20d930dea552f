import type { Content } from '#libs/model';

const PREVIEW_MAX = 80;

/** A few words of a message, to recognise a conversation by; may be empty. Marks of Markdown are left out. */
export function previewOf(parts: readonly Content[]): string {
  const words = parts.map(wordsOf).find((each) => each !== '') ?? '';
  return words
    .replace(/[*_`~#>]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, PREVIEW_MAX);
}

function wordsOf(part: Content): string {
  if ('text' in part && part.text !== undefined) return part.text;
  if ('label' in part) return part.label;
  if ('title' in part) return part.title;
  if ('file_name' in part) return part.file_name ?? '';
  return '';
}
