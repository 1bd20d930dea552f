/** One or two letters for a picture that there is not. */
export function initialsOf(name: string): string {
  const letters = name
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 63));
  return [...letters.slice(0, 1), ...letters.slice(1).slice(-1)].join('').toUpperCase() || '?';
}

/** One of eight calm colours, always the same for the same text. */
export function hueOf(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)!) % 1_009;
  return (sum % 8) * 45;
}

/**
 * Where a stored file can be fetched from here; null for an address elsewhere, which nothing of ours may load: whoever wrote
 * it would learn that it was looked at.
 */
export function ownAddressOf(url: string): string | null {
  const parsed = URL.canParse(url, window.location.origin) ? new URL(url, window.location.origin) : null;
  return parsed && /^\/media\/med_[0-9a-z]{26}$/.test(parsed.pathname)
    ? parsed.pathname + parsed.search
    : null;
}
