/** How a page wants its chat; read from the `data-…` attributes of the script tag. */
export interface Settings {
  channel: string;
  /** BCP 47; `auto` follows the page, then the browser. */
  locale: string;
  theme: 'auto' | 'light' | 'dark';
  mode: 'popup' | 'inline' | 'page';
  /** Which lower corner the button stands in, in reading direction. */
  position: 'start' | 'end';
  /** `#rrggbb` instead of the channel's own colour; null leaves that. */
  accent: string | null;
  /** Whether what happens is told to Google Analytics or the data layer, without any text. */
  hasAnalytics: boolean;
  /** Said beside the button to a visitor who has not opened the chat; empty says nothing. */
  proposal: string;
  /** Seconds on the page until then. */
  proposalAfter: number;
  /** Whether a new message may flash the title of the page, and be heard. */
  hasFlash: boolean;
  hasSound: boolean;
}

/** Reads the attributes; what nobody knows counts as not said. */
export function readSettings(data: Readonly<Record<string, string | undefined>>): Settings {
  return {
    channel: data['channel'] ?? '',
    locale: data['locale'] ?? 'auto',
    theme: oneOf(data['theme'], ['auto', 'light', 'dark']),
    mode: oneOf(data['mode'], ['popup', 'inline', 'page']),
    position: oneOf(data['position'], ['end', 'start']),
    accent: /^#[0-9a-f]{6}$/i.test(data['accent'] ?? '') ? (data['accent'] ?? null) : null,
    hasAnalytics: data['ga'] !== '0',
    proposal: data['propose'] ?? '',
    proposalAfter: Math.max(5, Number(data['proposeAfter']) || 15),
    hasFlash: data['flash'] === '1',
    hasSound: data['sound'] === '1',
  };
}

function oneOf<T extends string>(value: string | undefined, known: readonly [T, ...T[]]): T {
  return known.find((each) => each === value) ?? known[0];
}
