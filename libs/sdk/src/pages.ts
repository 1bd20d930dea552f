/** One page of a list. */
export interface Page<T> {
  data: T[];
  has_more: boolean;
  /** Where the next page begins; null at the end. */
  next_cursor: string | null;
}

/**
 * A list. `for await` goes through all of it, page by page as it gets there; `await` gives the first page.
 */
export class Pages<T> implements AsyncIterable<T>, PromiseLike<Page<T>> {
  readonly #load: (query: { cursor?: string }) => Promise<Page<T>>;

  constructor(load: (query: { cursor?: string }) => Promise<Page<T>>) {
    this.#load = load;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- awaiting a list gives its first page: that is the promise of this class
  then<A = Page<T>, B = never>(
    onPage?: ((page: Page<T>) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#load({}).then(onPage, onError);
  }

  /** Every item of every page. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.byPage()) yield* page.data;
  }

  /** Every page. */
  async *byPage(): AsyncGenerator<Page<T>, void, undefined> {
    let cursor: string | null = null;
    do {
      const page: Page<T> = await this.#load(cursor === null ? {} : { cursor });
      yield page;
      cursor = page.has_more ? page.next_cursor : null;
    } while (cursor !== null);
  }

  /** The first items, at most so many. */
  async take(count: number): Promise<T[]> {
    const items: T[] = [];
    if (count <= 0) return items;
    for await (const item of this) {
      items.push(item);
      if (items.length >= count) break;
    }
    return items;
  }
}
