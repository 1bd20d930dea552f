const KEY = 'parley.workspace';
let current: string | null = null;

/** The workspace that calls are about: the last one chosen in this browser; null before anyone is signed in. */
export function currentWorkspace(): string | null {
  return (current ??= localStorage.getItem(KEY));
}

/** Chooses the workspace; every call from now on is about it. */
export function chooseWorkspace(id: string | null): void {
  current = id;
  if (id === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, id);
}
