import { contentLimits } from '../content-limits.js';
import type { MarkdownMeter } from './tree.js';

/** Two schemes with a host, two with an address; the rest of the alphabet of tricks has no place in a chat. */
const fine = /^(?:https?:\/\/[^\s/?#@]|mailto:[^\s@]+@[^\s@]+$|tel:\+?[0-9])/i;
const forbidden = /[\s<>"\\\p{Cc}]/u;
const bareStart = /https?:\/\//iy;
const stop = /[\s<>"]/;
const bareEnd = /[\s<>"[\]]/;
const trailing = new Set('.,;:!?\'")]}*_~`');

/** Whether an address may become a link. */
export function isLinkable(url: string): boolean {
  return url.length <= contentLimits.urlMax && fine.test(url) && !forbidden.test(url);
}

/** What is shown of a link that has no words of its own. */
export function shownOf(url: string): string {
  return url.replace(/^(?:mailto|tel):/i, '');
}

/**
 * The address `<…>` that begins at a position.
 *
 * @param at  where the `<` stands
 * @returns null when there is none; looks no further than the next angle bracket, space or quote
 */
export function autolinkAt(text: string, at: number, meter: MarkdownMeter): string | null {
  let end = at + 1;
  while (end < text.length && !stop.test(text[end]!)) end++;
  meter.steps += end - at;
  const url = text.slice(at + 1, end);
  return text[end] === '>' && isLinkable(url) ? url : null;
}

/**
 * The stretch that begins like a web address at a position: up to the next space, quote or bracket, without
 * the punctuation of the sentence around it.
 *
 * @returns null when nothing begins there
 */
export function bareUrlAt(text: string, at: number, meter: MarkdownMeter): string | null {
  bareStart.lastIndex = at;
  if (!bareStart.test(text)) return null;
  let end = bareStart.lastIndex;
  while (end < text.length && !bareEnd.test(text[end]!)) end++;
  meter.steps += end - at;
  while (end > at && trailing.has(text[end - 1]!)) end--;
  return text.slice(at, end);
}

/**
 * The address in parentheses behind the words of a link.
 *
 * Stops at a square bracket, so that no two looks overlap; parentheses inside must be balanced or escaped.
 *
 * @param at  where the `(` stands
 * @returns the address and the position behind the `)`, or null
 */
export function targetAt(
  text: string,
  at: number,
  meter: MarkdownMeter,
): { url: string; end: number } | null {
  let url = '';
  let open = 0;
  for (let i = at + 1; i < text.length; i++) {
    meter.steps++;
    const char = text[i]!;
    if (char === ')' && open === 0) return isLinkable(url) ? { url, end: i + 1 } : null;
    if (bareEnd.test(char)) return null;
    if (char === '(') open++;
    if (char === ')') open--;
    const isEscape = char === '\\' && /[()[\]\\]/.test(text[i + 1] ?? '');
    url += isEscape ? text[++i]! : char;
  }
  return null;
}
