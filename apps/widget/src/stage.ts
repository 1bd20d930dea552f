/** What the loader hands to the app: a place on the page, and what was asked of it so far. */
export interface Stage {
  host: HTMLElement;
  root: ShadowRoot;
  /** Address of the Parley that the script came from, with a slash at the end. */
  base: string;
  /** The `data-…` attributes of the script tag. */
  data: DOMStringMap;
  /** Calls of `parley(…)` that are waiting, oldest first. */
  queue: unknown[][];
}

/** Takes one call of `parley(…)`. */
export type Take = (call: unknown[]) => void;

/** What the app module exports to the loader. */
export interface AppModule {
  start(stage: Stage): Take;
}
