import { toUSVString } from 'node:util';
import type { Json } from '#libs/model';

const hole = /\{([a-z][a-z0-9_]*)\}/g;

/** The inputs that an address template has places for; each once. */
export function holesOf(template: string): readonly string[] {
  return [...new Set(Array.from(template.matchAll(hole), ([, name]) => name!))];
}

/**
 * Fills inputs into the path and query of an address: each stays one piece, whatever it holds.
 *
 * @returns null when the result would lead elsewhere: another host, another depth of path, or nothing to put in
 */
export function fillAddress(template: string, values: Readonly<Record<string, Json>>): URL | null {
  const like = template.replaceAll(hole, 'x');
  if (!URL.canParse(like)) return null;
  let isComplete = true;
  const filled = template.replaceAll(hole, (_, name: string) => {
    const value = values[name];
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const text = isPlain ? String(value) : '';
    if (text === '' || text === '.' || text === '..' || toUSVString(text) !== text) isComplete = false;
    return encodeURIComponent(toUSVString(text));
  });
  if (!isComplete || !URL.canParse(filled)) return null;
  const [meant, made] = [new URL(like), new URL(filled)];
  const depth = ({ pathname }: URL): number => pathname.split('/').length;
  return meant.origin === made.origin && depth(meant) === depth(made) ? made : null;
}
