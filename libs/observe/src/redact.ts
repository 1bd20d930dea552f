import { hidePrivateNumbers } from './private-numbers.js';

/** What stands in a log line instead of a value that must not. */
export const REDACTED = '[redacted]';

/** Names whose values are secrets or what people said, in any case and with any `_` or `-` between the words. */
const HIDDEN_NAMES = new Set(
  [
    'authorization proxyauthorization cookie setcookie password passphrase credentials secret secrets bearer',
    'key apikey privatekey signingsecret clientsecret signature token connectionstring databaseurl redisurl',
    'body rawbody raw payload content parts text caption html markdown headers query values parameters',
    'email phone phonenumber address displayname',
  ].flatMap((line) => line.split(' ')),
);

/** Endings that make any name hidden: `slackBotToken`, `webhook_secret`. */
const HIDDEN_ENDINGS = /(token|secret|password|apikey|privatekey|signature)$/;

/** Deeper values are cut off: a log line is no place for a document. */
const DEPTH_MAX = 6;
/** Longer arrays and strings are cut off, for the same reason. */
const ITEMS_MAX = 50;
const TEXT_MAX = 2_000;

/**
 * Copies a value for the log: values under hidden names are replaced, user and password in addresses too.
 *
 * Plain objects, arrays, maps, sets and dates are copied; errors keep name, message, code and stack; bytes become
 * their length; cycles and everything deeper than 6 levels become a word.
 */
export function redact(value: unknown): unknown {
  return copy(value, 0, []);
}

/** Says whether values under this name never reach the log. */
export function isHiddenName(name: string): boolean {
  const bare = name.toLowerCase().replaceAll(/[_-]/g, '');
  return HIDDEN_NAMES.has(bare) || HIDDEN_ENDINGS.test(bare);
}

/**
 * Hides bearer tokens, our own keys, user:password in addresses, and numbers of cards, accounts and telephones inside free
 * text; cuts it after 2,000 characters.
 */
export function redactText(text: string): string {
  const short = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
  return hidePrivateNumbers(short)
    .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`)
    .replaceAll(/\b([a-z][a-z\d+.-]*:\/\/)[^\s/@]+@/gi, `$1${REDACTED}@`)
    .replaceAll(/\b(parley_[0-9a-z]{26}_)\w{8,}/g, `$1${REDACTED}`)
    .replaceAll(/\b(whsec_|[ps]k_(?:live_|test_)?|eyJ[\w-]+\.)[\w+/=.-]{8,}/g, `$1${REDACTED}`);
}

function copy(value: unknown, depth: number, above: readonly object[]): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? '[function]' : value;
  if (value instanceof Date) return value;
  if (value instanceof Error) return copyError(value, depth, above);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (above.includes(value)) return '[circular]';
  if (depth >= DEPTH_MAX) return '[deep]';
  return copyInside(value, depth + 1, [...above, value]);
}

function copyInside(value: object, depth: number, above: readonly object[]): unknown {
  if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).map((item) => copy(item, depth, above));
  if (value instanceof Set) return [...value].slice(0, ITEMS_MAX).map((item) => copy(item, depth, above));
  const entries: [string, unknown][] =
    value instanceof Map ? [...value].map(([key, inner]) => [String(key), inner]) : Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, isHiddenName(name) ? REDACTED : copy(inner, depth, above)]),
  );
}

function copyError(error: Error & { code?: unknown }, depth: number, above: readonly object[]): unknown {
  if (above.includes(error)) return '[circular]';
  return {
    name: error.name,
    message: redactText(error.message),
    ...(typeof error.code === 'string' || typeof error.code === 'number' ? { code: error.code } : {}),
    ...(error.stack ? { stack: redactText(error.stack) } : {}),
    ...(error.cause !== undefined && depth < DEPTH_MAX
      ? { cause: copy(error.cause, depth + 1, [...above, error]) }
      : {}),
  };
}
