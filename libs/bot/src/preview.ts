import { contentLimits, type BotDefinition } from '#libs/model';
import type { Live } from './context.js';
import type { Responder } from './responder.js';

/** The pieces of a reply that are shown while it is written: bounded, and only where every reviewer allows it. */
export class Preview {
  /** Takes the next piece; absent when previews reach nobody. */
  readonly sink: ((text: string) => void) | undefined;
  readonly #live: Live | undefined;
  #shown = 0;

  constructor(live: Live | undefined, row: readonly Responder[], definition: BotDefinition) {
    const isAllowed = row.every((responder) => !responder.review || allows(responder, definition));
    this.#live = live;
    if (live && isAllowed) this.sink = (text) => this.#show(live, text);
  }

  /** Takes back what was shown; does nothing when that is nothing. */
  reset(): void {
    if (this.#shown > 0) this.#live?.reset();
    this.#shown = 0;
  }

  #show(live: Live, text: string): void {
    const piece = text.slice(0, contentLimits.textMax - this.#shown);
    if (piece === '') return;
    this.#shown += piece.length;
    live.delta(piece);
  }
}

function allows({ allowsPreview = false }: Responder, definition: BotDefinition): boolean {
  return typeof allowsPreview === 'function' ? allowsPreview(definition) : allowsPreview;
}
