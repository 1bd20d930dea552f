import type { Content } from '#libs/model';
import type { Plan } from '../../connector.js';
import { cutText } from '../../shared/cut-text.js';
import { toPlain } from '../../shared/plain.js';
import { TEXT_MAX } from './manifest.js';

/** Everything as text, each piece of content by itself, cut to the provider's limit. */
export function plan(contents: readonly Content[]): Plan {
  const { texts, lost } = toPlain(contents);
  const pieces = texts.flatMap((text) => cutText(text, TEXT_MAX));
  return { parts: pieces.map((words) => ({ body: { words }, rendering: 'text' })), lost };
}
