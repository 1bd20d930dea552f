import type { Content } from '#libs/model';

/** Something that was said and that the server has not taken yet. */
export interface Unsent {
  clientId: string;
  parts: Content[];
}

/** What outlives a reload: the session's token, and what is not sent yet. Works without storage too, until then. */
export class Kept {
  readonly #memory = new Map<string, string>();

  constructor(private readonly channelId: string) {}

  get token(): string | null {
    return this.#get('token');
  }

  set token(token: string | null) {
    this.#set('token', token);
  }

  get unsent(): Unsent[] {
    try {
      return JSON.parse(this.#get('unsent') ?? '[]') as Unsent[];
    } catch {
      return [];
    }
  }

  set unsent(unsent: Unsent[]) {
    this.#set('unsent', unsent.length === 0 ? null : JSON.stringify(unsent));
  }

  #get(name: string): string | null {
    try {
      return localStorage.getItem(this.#key(name));
    } catch {
      return this.#memory.get(name) ?? null;
    }
  }

  #set(name: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(this.#key(name));
      else localStorage.setItem(this.#key(name), value);
    } catch {
      // The browser keeps nothing for us: then it lasts as long as the page.
      if (value === null) this.#memory.delete(name);
      else this.#memory.set(name, value);
    }
  }

  #key(name: string): string {
    return `parley.${name}.${this.channelId}`;
  }
}
