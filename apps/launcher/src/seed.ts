import { say } from './say.js';

/** What a first start has made, to be printed once and never again. */
export interface FirstStart {
  readonly apiKey: string;
  readonly ownerEmail: string;
  readonly ownerPassword: string;
}

/**
 * Fills an empty database with what a first start needs.
 *
 * @returns what was made; null when it is not the first start
 */
export async function seed(_databaseUrl: string, _dataDir: string): Promise<FirstStart | null> {
  return null;
}

/** Shows what a first start has made; says nothing when there is nothing to show. */
export function tellFirstStart(made: FirstStart | null): void {
  if (made === null) return;
  say(`API key: ${made.apiKey}`);
  say(`Console login: ${made.ownerEmail} / ${made.ownerPassword}`);
}
