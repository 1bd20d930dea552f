import type { Settings } from './settings.js';

type Analytics = Window & { gtag?: (...args: unknown[]) => void; dataLayer?: unknown[] };

/** Names of what is told to analytics; no text ever is. */
const ANALYTICS: Readonly<Record<string, string>> = {
  opened: 'parley_opened',
  sent: 'parley_message_sent',
  handoff: 'parley_handoff',
  csat: 'parley_csat',
};

/** Tells the page what happens: as DOM events `parley:…` of the widget's element, and to its analytics. */
export class Outside {
  constructor(
    private readonly host: HTMLElement,
    private readonly settings: Settings,
  ) {}

  /** @param detail  goes to the page's own script; never to analytics */
  tell(name: string, detail: unknown = {}): void {
    this.host.dispatchEvent(new CustomEvent(`parley:${name}`, { detail, bubbles: true, composed: true }));
    const known = ANALYTICS[name];
    if (known === undefined || !this.settings.hasAnalytics) return;
    const { score } = detail as { score?: number };
    const data = { channel: this.settings.channel, ...(score !== undefined && { score }) };
    const { gtag, dataLayer } = window as Analytics;
    if (typeof gtag === 'function') gtag('event', known, data);
    else if (Array.isArray(dataLayer)) dataLayer.push({ event: known, ...data });
  }
}

const BEEP = { hertz: 660, seconds: 0.18, loudness: 0.06 };

/** A short soft tone; browsers allow it only after the visitor has touched the page. */
export function beep(): void {
  try {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = BEEP.hertz;
    gain.gain.setValueAtTime(BEEP.loudness, audio.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + BEEP.seconds);
    tone.connect(gain).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + BEEP.seconds);
    tone.addEventListener('ended', () => void audio.close());
  } catch {
    // A browser without sound.
  }
}

let titleBefore: string | null = null;

/** Shows in the title of the page how many messages wait; 0 brings the title back. */
export function flashTitle(count: number): void {
  if (count > 0) {
    titleBefore ??= document.title;
    document.title = `(${count}) ${titleBefore}`;
  } else if (titleBefore !== null) {
    document.title = titleBefore;
    titleBefore = null;
  }
}
