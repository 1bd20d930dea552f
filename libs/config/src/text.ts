import { createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const DURATION_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SIZE_BYTES = { B: 1, kB: 1_000, KB: 1_000, MB: 1_000_000, GB: 1_000_000_000 } as const;

/** Bounds of a parsed number, both included, in its own unit. */
interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A length of time as text with its unit (`500ms`, `20s`, `5m`, `1h`, `2d`) → milliseconds. */
export function duration({ min, max }: Bounds) {
  return measured(
    /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/,
    DURATION_MS,
    'a length of time such as 500ms, 20s or 5m',
  ).refine((ms) => ms >= min && ms <= max, `must lie between ${min} ms and ${max} ms`);
}

/** How much may be asked for: so many at once after a rest, and one more every `refillMs`. */
export interface Rate {
  readonly burst: number;
  /** Milliseconds. */
  readonly refillMs: number;
}

/** A count in a time (`600/1m`) → an allowance of that size which comes back within that time; `none` → null. */
export function allowance() {
  return z.string().transform((text, context): Rate | null => {
    if (text === 'none') return null;
    const [, digits, amount, unit = ''] = /^(\d{1,9})\/(\d{1,6})(ms|s|m|h|d)$/.exec(text) ?? [];
    const factor = DURATION_MS[unit as keyof typeof DURATION_MS] as number | undefined;
    const burst = Number(digits);
    if (factor !== undefined && burst > 0 && Number(amount) > 0) {
      return { burst, refillMs: (Number(amount) * factor) / burst };
    }
    context.addIssue({ code: 'custom', message: 'must be a count and a time such as 600/1m, or none' });
    return z.NEVER;
  });
}

/** An amount of data as text with its unit (`512kB`, `2MB`; a kB is 1,000 bytes) → bytes. */
export function size({ min, max }: Bounds) {
  return measured(/^(\d+(?:\.\d+)?)(B|kB|KB|MB|GB)$/, SIZE_BYTES, 'a size such as 512kB or 2MB').refine(
    (bytes) => bytes >= min && bytes <= max,
    `must lie between ${min} and ${max} bytes`,
  );
}

/** Days (`90d`) → their number; `none` → null. */
export function days({ min, max }: Bounds) {
  const words = `must lie between ${min}d and ${max}d, or be none`;
  return z
    .string()
    .regex(/^(\d{1,5}d|none)$/, words)
    .transform((text) => (text === 'none' ? null : Number(text.slice(0, -1))))
    .refine((value) => value === null || (value >= min && value <= max), words);
}

/** A whole number in decimal digits → number. */
export function count({ min, max }: Bounds) {
  const words = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, words)
    .transform(Number)
    .refine((value) => value >= min && value <= max, words);
}

/** Items between commas → array without empty items, each parsed by `item`; `none` and empty text are an empty array. */
export function list<T extends z.ZodType<unknown, string>>(item: T) {
  return z
    .string()
    .transform((text) =>
      (text === 'none' ? '' : text)
        .split(',')
        .map((piece) => piece.trim())
        .filter((piece) => piece !== ''),
    )
    .pipe(z.array(item));
}

/** A key with the version that is written beside everything it seals. */
export interface VersionedKey {
  /** 1–65535; a version never means two keys. */
  readonly version: number;
  /** 32 bytes; prints as nothing. */
  readonly key: KeyObject;
}

/** `version:base64` or, for version 1, the base64 of 32 bytes alone → {@link VersionedKey}. */
export function versionedKey() {
  const words = 'must be 32 bytes in base64, with its version in front when it is not the first: 2:…';
  return z.string().transform((text, context): VersionedKey => {
    const match = /^(?:([1-9]\d{0,4}):)?([A-Za-z0-9+/]{43}=)$/.exec(text);
    const version = Number(match?.[1] ?? 1);
    if (match?.[2] === undefined || version > 65_535) {
      context.addIssue({ code: 'custom', message: words });
      return z.NEVER;
    }
    return { version, key: createSecretKey(match[2], 'base64') };
  });
}

function measured(pattern: RegExp, factors: Readonly<Record<string, number>>, words: string) {
  return z.string().transform((text, context) => {
    const match = pattern.exec(text);
    const factor = factors[match?.[2] ?? ''];
    if (!match || factor === undefined) {
      context.addIssue({ code: 'custom', message: `must be ${words}` });
      return z.NEVER;
    }
    return Math.round(Number(match[1]) * factor);
  });
}
