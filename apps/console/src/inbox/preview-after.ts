/**
 * What an operator sees of an answer that is being written, after one more piece of it.
 *
 * A piece that takes back what was said, or that begins anew, leaves nothing of what came before; a piece without its
 * beginning makes no sense, and the whole is waited for.
 *
 * @param data  of an event `message.delta`
 */
export function previewAfter(preview: string, data: Readonly<Record<string, unknown>>): string {
  const { text, index, reset } = data;
  if (reset === true || typeof text !== 'string') return '';
  if (index === 0) return text;
  return preview === '' ? '' : preview + text;
}
