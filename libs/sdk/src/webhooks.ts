import type { Shape, WebhookType } from './api-types.js';
import { SignatureError } from './errors.js';

/** The body of a webhook, for a type of event. */
export type WebhookEvent<Type extends WebhookType = WebhookType> = Omit<Shape<'WebhookPayload'>, 'type'> & {
  type: Type;
};

/** The headers of a request, as frameworks give them. */
export type HeadersIn =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | Iterable<readonly [string, string]>;

const TOLERANCE_S = 300;
type Key = Parameters<typeof crypto.subtle.verify>[1];

const encoder = new TextEncoder();

/** Proves that webhooks come from Parley, and makes ones that do in tests. */
export const webhooks = {
  /**
   * Reads a webhook that is genuine.
   *
   * @param body  the exact bytes or text of the request: a body that was parsed and printed again does not match
   * @param secret  `whsec_…`; several while one is being rotated
   * @param now  milliseconds since 1970
   * @throws SignatureError when no signature fits, or its time is off by more than five minutes
   * @see https://www.standardwebhooks.com (specification 1.0.0, read 2026-11-21)
   */
  async verify(
    body: string | Uint8Array,
    headers: HeadersIn,
    secret: string | readonly string[],
    now: number = Date.now(),
  ): Promise<WebhookEvent> {
    const [id, time, given] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => {
      const value = headerOf(headers, name);
      if (value === null) throw wrong(`The header ${name} is missing.`);
      return value;
    }) as [string, string, string];
    if (!/^\d{1,12}$/.test(time)) throw wrong('The time is no number of seconds.');
    if (Math.abs(now / 1_000 - Number(time)) > TOLERANCE_S)
      throw wrong('The time is off by more than five minutes.');
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
    const signatures = given.split(' ').filter((one) => one.startsWith('v1,'));
    for (const one of [secret].flat()) {
      const key = await keyOf(one);
      const message = encoder.encode(`${id}.${time}.${text}`);
      for (const signature of signatures) {
        // `verify` compares in constant time.
        if (await crypto.subtle.verify('HMAC', key, bytesOf(signature.slice(3)), message))
          return parsed(text);
      }
    }
    throw wrong('No signature fits.');
  },

  /**
   * Signs a body as Parley does, for tests of receivers.
   *
   * @returns the three headers
   */
  async sign(
    body: string,
    secret: string,
    { id = `whd_${crypto.randomUUID()}`, now = Date.now() }: { id?: string; now?: number } = {},
  ): Promise<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
    const time = String(Math.floor(now / 1_000));
    const made = await crypto.subtle.sign(
      'HMAC',
      await keyOf(secret),
      encoder.encode(`${id}.${time}.${body}`),
    );
    const signature = btoa(String.fromCharCode(...new Uint8Array(made)));
    return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` };
  },
};

const wrong = (words: string): SignatureError => new SignatureError(words);

function parsed(text: string): WebhookEvent {
  return JSON.parse(text) as WebhookEvent;
}

function keyOf(secret: string): Promise<Key> {
  const bytes = bytesOf(secret.replace(/^whsec_/, ''));
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

/** Bytes of base64; none when it is something else. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array(1);
  }
}

function headerOf(headers: HeadersIn, name: string): string | null {
  if (headers instanceof Headers) return headers.get(name);
  const entries = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  const found = entries.find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === 'string' ? found : (found?.[0] ?? null);
}
