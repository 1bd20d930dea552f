const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?(?:iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPad\b/, 'iPadOS'],
  [/\biPhone\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/**
 * A few words about a device, coarse on purpose: `phone, Chrome, Android`. Browsers pretend to be one another, so the
 * pretenders are looked for first.
 *
 * @param userAgent  the header of the request; may be empty
 * @returns null when it names nothing that is known
 */
export function deviceOf(userAgent: string): string | null {
  const browser = nameIn(BROWSERS, userAgent);
  const system = nameIn(SYSTEMS, userAgent);
  if (browser === undefined && system === undefined) return null;
  return [formOf(userAgent), browser, system].filter(Boolean).join(', ');
}

function formOf(userAgent: string): string {
  if (/\biPad\b/.test(userAgent) || (/\bAndroid\b/.test(userAgent) && !/\bMobile\b/.test(userAgent)))
    return 'tablet';
  return /\b(?:Mobile|iPhone)\b/.test(userAgent) ? 'phone' : 'computer';
}

const nameIn = (known: readonly (readonly [RegExp, string])[], text: string): string | undefined =>
  known.find(([mark]) => mark.test(text))?.[1];
