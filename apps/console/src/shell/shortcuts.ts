import { useEffect, useRef, useSyncExternalStore } from 'react';

/** A key, or two in a row such as `g h`; `mod+k` is Ctrl or Command with K; `alt+j` holds Alt. */
export interface Shortcut {
  keys: string;
  /** What it does, for the sheet. */
  label: string;
  run: () => void;
  /** Works while somebody types as well. */
  isGlobal?: boolean;
}

const KEY = 'parley.single-keys';
const SEQUENCE_MS = 1_200;
const groups = new Map<symbol, { title: string; shortcuts: () => readonly Shortcut[] }>();
const listeners = new Set<() => void>();
let version = 0;
let pending = '';
let pendingAt = 0;

/** Whether single keys are shortcuts (WCAG 2.1.4: they can be switched off). */
export function areSingleKeysOn(): boolean {
  return localStorage.getItem(KEY) !== 'off';
}

/** Switches single keys on or off in this browser. */
export function setSingleKeys(isOn: boolean): void {
  localStorage.setItem(KEY, isOn ? 'on' : 'off');
  changed();
}

/** Puts shortcuts in force while a component is on the screen; the sheet lists them under the title. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const id = Symbol(title);
    groups.set(id, { title, shortcuts: () => latest.current });
    changed();
    return () => {
      groups.delete(id);
      changed();
    };
  }, [title]);
}

/** All shortcuts that are in force, by group. */
export function useShortcutGroups(): { title: string; shortcuts: readonly Shortcut[] }[] {
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => version,
  );
  return [...groups.values()].map(({ title, shortcuts }) => ({ title, shortcuts: shortcuts() }));
}

function changed(): void {
  version += 1;
  for (const listener of listeners) listener();
}

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const isTyping = isTextField(event.target);
  const pressed = nameOf(event);
  const sequence = Date.now() - pendingAt < SEQUENCE_MS && pending !== '' ? `${pending} ${pressed}` : pressed;
  const found = find(sequence, isTyping) ?? (sequence === pressed ? undefined : find(pressed, isTyping));
  pending = found || isTyping ? '' : pressed;
  pendingAt = Date.now();
  if (!found) return;
  event.preventDefault();
  found.run();
});

function find(keys: string, isTyping: boolean): Shortcut | undefined {
  const isHeld = /(mod|alt)\+/.test(keys);
  if (!isHeld && (isTyping || !areSingleKeysOn())) return undefined;
  // What came on the screen last goes first.
  for (const { shortcuts } of [...groups.values()].toReversed()) {
    const found = shortcuts().find(
      (shortcut) => shortcut.keys === keys && (!isTyping || isHeld || shortcut.isGlobal),
    );
    if (found) return found;
  }
  return undefined;
}

/** The key with what is held: by its place for letters with Alt, which on some keyboards write other signs. */
function nameOf(event: KeyboardEvent): string {
  const letter = event.altKey && event.code.startsWith('Key') ? event.code.slice(3) : event.key;
  const held = [event.ctrlKey || event.metaKey ? 'mod+' : '', event.altKey ? 'alt+' : ''].join('');
  return held + letter.toLowerCase();
}

function isTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select'))
  );
}
