/** What the page is told of; the same as `parley('on', …)`. */
export interface ParleyEvents {
  opened: Record<string, never>;
  closed: Record<string, never>;
  /** Somebody on your side has said something. */
  message: { message: { id: string; author: string; parts: readonly { type: string; text?: string }[] } };
  /** The visitor has said something. */
  sent: Record<string, never>;
  unread: { count: number };
  proposed: Record<string, never>;
  /** A person answers from here on. */
  handoff: Record<string, never>;
  /** How it was, from 1 to 5. */
  csat: { score: number };
  error: { reason: string };
}

/**
 * Who the visitor is, on the word of your server: a JWT that it signed, or their id with its HMAC-SHA-256. An e-mail address
 * beside it, or alone, is what the page says, and proves nothing.
 */
export type ParleyIdentity =
  { token: string; email?: string } | { id: string; hash: string; email?: string } | { email: string };

/** What the page says of the visitor, kept at the contact as `said_…`; null takes one away. */
export type ParleyAttributes = Readonly<Record<string, string | number | boolean | null>>;

/** The calls of the page; before the script is there they wait. */
export interface Parley {
  (name: 'open' | 'close' | 'toggle' | 'show' | 'hide' | 'logout' | 'reset' | 'consent'): void;
  (name: 'send' | 'propose', text: string): void;
  (name: 'identify', who: ParleyIdentity): void;
  (name: 'set', what: 'locale' | 'theme', value: string): void;
  (name: 'set', what: 'attributes', value: ParleyAttributes): void;
}

declare global {
  interface Window {
    parley?: Parley & { q?: unknown[][] };
  }
}

/** The calls of this page: those of the script when it is there, else a queue that it will take over. */
export function parleyOf(page: Window): Parley {
  if (!page.parley) {
    const q: unknown[][] = [];
    page.parley = Object.assign((...call: unknown[]) => void q.push(call), { q });
  }
  // Looked up at each call: the script puts its own in the place of the queue.
  return (...call: unknown[]) => (page.parley as unknown as (...call: unknown[]) => void)(...call);
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

/**
 * Puts the script line into the page, once; a page has one chat, and one that stands in its HTML is taken as it is. Where
 * the page wants trusted types, its policy must allow the name `parley`, which is good for this one address.
 */
export function addScript(base: string, data: Readonly<Record<string, string>>): void {
  if (document.querySelector('script[data-parley], script[src$="/widget.js"][data-channel]')) return;
  const script = document.createElement('script');
  script.async = true;
  const address = new URL('widget.js', base.endsWith('/') ? base : `${base}/`).href;
  const { trustedTypes } = window as Window & { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('parley', { createScriptURL: () => address });
  script.src = policy?.createScriptURL(address) ?? address;
  Object.assign(script.dataset, data, { parley: '' });
  document.head.append(script);
}
