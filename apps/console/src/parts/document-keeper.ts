import { readDraft, removeDraft, writeDraft } from './use-draft.js';

/**
 * How far a change has come. kept: the server has it · waiting: on its way · refused: it has not the form that can be
 * stored yet · overtaken: somebody else has written since · lost: no answer came.
 */
export type Keeping = 'kept' | 'waiting' | 'refused' | 'overtaken' | 'lost';

/** A document that is being changed here. */
export interface KeptState<Value> {
  /** As it was changed here; null while nothing was. */
  value: Value | null;
  /** The stored one that the change is based on; null: whatever is there is written over. */
  revision: number | null;
  keeping: Keeping;
  error: unknown;
}

/** Stores a document. @returns its new revision */
export type PutDocument<Value> = (value: Value, revision: number | null) => Promise<number>;

const SAVE_AFTER_MS = 600;

/**
 * Keeps a document that somebody changes: each change is in this browser at once, and with the server a moment later.
 * What the server does not have yet outlives reloads; nobody else's change is written over unasked.
 */
export class DocumentKeeper<Value> {
  #state: KeptState<Value>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly key: string,
    private readonly put: PutDocument<Value>,
    private readonly afterMs = SAVE_AFTER_MS,
  ) {
    const left = readDraft<{ value: Value; revision: number | null }>(key);
    this.#state = { value: null, revision: null, keeping: 'kept', error: null };
    if (left === null) return;
    this.#state = { ...this.#state, ...left, keeping: 'waiting' };
    this.#soon();
  }

  readonly get = (): KeptState<Value> => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @param stored  the revision on the screen, which a first change is based on */
  change(value: Value, stored: number): void {
    const { keeping, revision, error } = this.#state;
    const isFirst = keeping === 'kept';
    const base = isFirst ? Math.max(stored, revision ?? 0) : revision;
    writeDraft(this.key, { value, revision: base });
    const isOvertaken = keeping === 'overtaken';
    this.#become({
      value,
      revision: base,
      keeping: isOvertaken ? keeping : 'waiting',
      error: isOvertaken ? error : null,
    });
    if (!isOvertaken) this.#soon();
  }

  /** Sends what is waiting at once. @returns whether the server has everything */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    while (this.#running) await this.#running;
    if (this.#state.keeping !== 'kept' && this.#state.keeping !== 'overtaken') {
      this.#running = this.#save();
      await this.#running.finally(() => (this.#running = null));
    }
    return this.#state.keeping === 'kept';
  }

  /** Writes over what somebody else has written. */
  insist(): Promise<boolean> {
    this.#become({ ...this.#state, revision: null, keeping: 'waiting', error: null });
    return this.flush();
  }

  /** Forgets the changes: what is stored counts. */
  drop(): void {
    clearTimeout(this.#timer);
    removeDraft(this.key);
    this.#become({ value: null, revision: null, keeping: 'kept', error: null });
  }

  async #save(): Promise<void> {
    const { value, revision } = this.#state;
    if (value === null) return;
    try {
      const stored = await this.put(value, revision);
      if (this.#state.value === value) {
        removeDraft(this.key);
        this.#become({ value, revision: stored, keeping: 'kept', error: null });
        return;
      }
      // It was changed further meanwhile, or dropped.
      if (this.#state.value === null) return;
      writeDraft(this.key, { value: this.#state.value, revision: stored });
      this.#become({ ...this.#state, revision: stored });
      this.#soon();
    } catch (error) {
      if (this.#state.value !== value) return;
      this.#become({ ...this.#state, keeping: keepingAfter(error), error });
    }
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), this.afterMs);
  }

  #become(next: KeptState<Value>): void {
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}

function keepingAfter(error: unknown): Keeping {
  const { status, code } = error as { status?: number; code?: string };
  if (code === 'state/version-mismatch') return 'overtaken';
  return status === 422 || status === 400 ? 'refused' : 'lost';
}

const keepers = new Map<string, unknown>();

/** The one keeper of a document in this window, whoever shows it. */
export function keeperOf<Value>(key: string, put: PutDocument<Value>): DocumentKeeper<Value> {
  const known = keepers.get(key) as DocumentKeeper<Value> | undefined;
  if (known) return known;
  const made = new DocumentKeeper(key, put);
  keepers.set(key, made);
  return made;
}

/** The keeper of a document, where something of it was shown in this window. */
export function keeperAt(key: string): DocumentKeeper<unknown> | undefined {
  return keepers.get(key) as DocumentKeeper<unknown> | undefined;
}
