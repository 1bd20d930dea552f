import { refused, sentenceMax, understood, type Answered } from './answer.js';

/** One address somewhere in a sentence; each part has one way to match, so the time is linear. */
const address =
  /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}_%+-]+(?:\.[\p{L}\p{N}_%+-]+)*@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;

/**
 * The addresses in a text, each once, the domain in lower case.
 *
 * @see RFC 5321 §4.5.3.1: 64 octets before the @, 254 in all
 */
export function emailsIn(text: string): readonly string[] {
  const found = text.slice(0, sentenceMax).match(address) ?? [];
  return [...new Set(found.map(normalized))].filter(isPlausible);
}

/** Understands one address, alone or in a sentence. Two different ones are no answer. */
export function readEmail(text: string): Answered {
  const found = emailsIn(text);
  if (found.length === 1) return understood(found[0]!);
  return refused(found.length === 0 ? 'no address' : 'more than one address');
}

function normalized(found: string): string {
  const at = found.lastIndexOf('@');
  return found.slice(0, at) + found.slice(at).toLowerCase();
}

function isPlausible(found: string): boolean {
  const at = found.lastIndexOf('@');
  const labels = found.slice(at + 1).split('.');
  const areLabelsFine = labels.every((label) => label.length <= 63 && !/^-|-$/.test(label));
  return at <= 64 && found.length <= 254 && areLabelsFine && /^(?:\p{L}{2,}|xn--.+)$/u.test(labels.at(-1)!);
}
