import type { WidgetLook } from '#libs/model';
import type { Unsent } from './messages.js';

/** One conversation of a visitor, as it outlives a reload. */
export interface KeptThread {
  /** Ours, of this browser. */
  id: string;
  /** Opens the session; null until the server has given one, and after it has ended. */
  token: string | null;
  /** Words of the last message, to recognise it by. */
  preview: string;
  /** When something was last said, milliseconds since 1970. */
  at: number;
  /** Position of the last message that was seen. */
  readSeq: number;
  unsent: Unsent[];
  /** What the page has said of the visitor here, as JSON; absent for nothing, and in threads of earlier versions. */
  said?: string;
  /** What is written and not said. */
  draft: string;
  /** Who speaks, where the page vouches for them; empty for an anonymous visitor. */
  person: string;
  /** Whether it is one more conversation of that person, and not where they spoke last. */
  isFurther: boolean;
}

interface Memory {
  current: string;
  threads: KeptThread[];
  look: WidgetLook | null;
  isOpen: boolean;
  /** What was asked before a conversation was answered. */
  isKnown: boolean;
  /** What was put in there so far. */
  answers: Record<string, string>;
  /** The page's proposal was seen; it does not come again. */
  isProposed: boolean;
}

const NOBODY = { person: '', isFurther: false };
/** How many conversations are remembered. */
const THREADS_MAX = 20;

/** What outlives a reload. Works without storage too, for as long as the page lives. */
export class Kept {
  readonly #key: string;
  #memory: Memory | null = null;

  constructor(
    channel: string,
    private readonly storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  ) {
    this.#key = `parley.${channel}`;
  }

  get look(): WidgetLook | null {
    return this.#read().look;
  }

  set look(look: WidgetLook | null) {
    this.#write({ ...this.#read(), look });
  }

  get isOpen(): boolean {
    return this.#read().isOpen;
  }

  set isOpen(isOpen: boolean) {
    this.#write({ ...this.#read(), isOpen });
  }

  /** What is remembered of the visitor beside conversations. */
  get visitor(): Pick<Memory, 'isKnown' | 'answers' | 'isProposed'> {
    return this.#read();
  }

  set visitor(change: Partial<Pick<Memory, 'isKnown' | 'answers' | 'isProposed'>>) {
    this.#write({ ...this.#read(), ...change });
  }

  /** All conversations, the latest first. */
  get threads(): readonly KeptThread[] {
    return this.#read().threads.toSorted((a, b) => b.at - a.at);
  }

  /** The conversation that is shown. */
  get current(): KeptThread {
    const { current, threads } = this.#read();
    return threads.find(({ id }) => id === current) ?? this.begin();
  }

  /** Changes one conversation; one that is forgotten stays so. */
  change(id: string, change: Partial<Omit<KeptThread, 'id'>>): void {
    const memory = this.#read();
    const threads = memory.threads.map((each) => (each.id === id ? { ...each, ...change } : each));
    this.#write({ ...memory, threads });
  }

  /** Shows another conversation. */
  show(id: string): void {
    this.#write({ ...this.#read(), current: id });
  }

  /** Begins a conversation, and shows it; one in which nothing was said is taken again. */
  begin(who: Partial<Pick<KeptThread, 'person' | 'isFurther' | 'draft'>> = {}): KeptThread {
    const memory = this.#read();
    const id = newId();
    const empty = { token: null, preview: '', readSeq: 0, unsent: [], draft: '', ...NOBODY };
    const thread = { id, ...empty, at: Date.now(), ...who };
    const threads = [thread, ...memory.threads.filter(({ preview }) => preview !== '')];
    this.#write({ ...memory, current: id, threads: threads.slice(0, THREADS_MAX) });
    return thread;
  }

  /** Forgets what everybody but one person and the anonymous have said. */
  keepOnly(person: string): void {
    const memory = this.#read();
    const threads = memory.threads.filter((each) => !each.person || each.person === person);
    this.#write({ ...memory, threads });
  }

  /** Forgets everything. */
  clear(): void {
    this.#memory = null;
    try {
      this.storage().removeItem(this.#key);
    } catch {
      // Nothing was kept.
    }
  }

  /** Read anew each time: another tab may have written. */
  #read(): Memory {
    const visitor = { isKnown: false, answers: {}, isProposed: false };
    const empty: Memory = { current: '', threads: [], look: null, isOpen: false, ...visitor };
    try {
      const text = this.storage().getItem(this.#key);
      if (text === null) return this.#memory ?? empty;
      const kept = { ...empty, ...(JSON.parse(text) as Partial<Memory>) };
      // Of earlier versions, which knew nobody by name.
      return { ...kept, threads: kept.threads.map((each) => ({ ...NOBODY, ...each })) };
    } catch {
      return this.#memory ?? empty;
    }
  }

  #write(memory: Memory): void {
    this.#memory = memory;
    try {
      this.storage().setItem(this.#key, JSON.stringify(memory));
      this.#memory = null;
    } catch {
      // The browser keeps nothing for us: then it lasts as long as the page.
    }
  }
}

/** 32 hexadecimal digits. `crypto.randomUUID` is missing on plain http, where a first look often happens. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
