const CODE = Symbol('parley:code');

interface Coded {
  [CODE]?: string;
}

/** Remembers with which fault a request ended. */
export function noteCode(request: object, code: string): void {
  (request as Coded)[CODE] = code;
}

/** The code of the fault that a request ended with; null when it ended well. */
export function codeOf(request: object): string | null {
  return (request as Coded)[CODE] ?? null;
}
