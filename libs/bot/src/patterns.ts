import { RE2JS } from 're2js';

/** Code units of a message that patterns look at. */
const TEXT_MAX = 4_000;
const compiled = new Map<string, RE2JS | null>();
const COMPILED_MAX = 1_000;

/**
 * Whether a pattern occurs in a text, without regard to case. The engine is RE2's: its time is linear in the text, whatever the
 * pattern, and look-around and back-references do not exist.
 *
 * @returns false for a pattern that cannot be read, too
 * @see https://github.com/google/re2/wiki/Syntax (read 2026-11-21)
 */
export function hasPattern(pattern: string, text: string): boolean {
  return compile(pattern)?.matcher(text.slice(0, TEXT_MAX)).find() ?? false;
}

/** @returns why a pattern cannot be read, in the engine's words; null for one that can */
export function patternProblem(pattern: string): string | null {
  try {
    RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message.slice(0, 200) : 'It cannot be read';
  }
}

function compile(pattern: string): RE2JS | null {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (compiled.size >= COMPILED_MAX) compiled.clear();
  const made = patternProblem(pattern) === null ? RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE) : null;
  compiled.set(pattern, made);
  return made;
}
