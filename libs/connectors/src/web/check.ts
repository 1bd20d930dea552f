import type { Check } from '../connector.js';
import type { WebSettings } from './manifest.js';

/** Always usable; says which pages may show the chat and warns of a list that contradicts itself. */
export function check({ allowed_origins }: WebSettings): Check {
  const named = allowed_origins.filter((origin) => origin !== '*');
  if (named.length === 0) return { state: 'healthy', reason: 'Every page may show this chat.' };
  if (named.length < allowed_origins.length) {
    const reason =
      'Every page may show this chat, because the list of origins contains *: remove it to keep the others only.';
    return { state: 'degraded', reason, fields: { allowed_origins: 'remove * or all the others' } };
  }
  return { state: 'healthy', reason: `Pages of ${named.join(', ')} may show this chat.` };
}
