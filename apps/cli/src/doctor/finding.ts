import pc from 'picocolors';
import { safe } from '../desk.js';

/** One thing that was looked at; `warning` works and wants attention. The launcher's findings have the same shape. */
export interface Finding {
  what: string;
  state: 'well' | 'warning' | 'wrong';
  words: string;
  /** What to do; absent where nothing has to be done. */
  action?: string;
}

/** A finding as a line for people, and what to do below it. */
export function lineOf({ what, state, words, action }: Finding): string {
  const line = `${signs[state]} ${what}: ${safe(words)}`;
  return action === undefined ? line : `${line}\n  ${pc.bold('→')} ${safe(action)}`;
}

const signs = { well: pc.green('✓'), warning: pc.yellow('!'), wrong: pc.red('✗') };
