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
