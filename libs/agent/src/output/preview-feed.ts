import { cleanText, type CleanRules } from './clean.js';

/**
 * Shows a reply while it is written, cleaned like the reply itself: whole sentences and lines only, so that nothing is shown
 * of which the end decides what it is. When the cleaned text no longer begins with what was shown, it stops.
 */
export class PreviewFeed {
  #shown = '';
  #isOver = false;

  constructor(
    private readonly rules: () => CleanRules,
    private readonly show: (piece: string) => void,
  ) {}

  /** What was shown so far, cleaned; may be empty. */
  get shown(): string {
    return this.#shown;
  }

  /** @param text  the whole text until now */
  take(text: string): void {
    if (this.#isOver) return;
    const end = Math.max(
      text.lastIndexOf('\n'),
      text.lastIndexOf('. '),
      text.lastIndexOf('? '),
      text.lastIndexOf('! '),
    );
    if (end < 0) return;
    const clean = cleanText(text.slice(0, end + 1), this.rules()).text;
    if (clean.length <= this.#shown.length) return;
    if (!clean.startsWith(this.#shown) || clean.endsWith('…')) {
      this.#isOver = true;
      return;
    }
    this.show(clean.slice(this.#shown.length));
    this.#shown = clean;
  }

  /** Another text begins: nothing is shown of it, because what was shown cannot be taken back. */
  restart(): void {
    if (this.#shown !== '') this.#isOver = true;
  }
}
