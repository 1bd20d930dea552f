import { QueryClient } from '@tanstack/react-query';
import { onHealed } from './connection.js';
import { Problem } from './problem.js';

const FRESH_MS = 10_000;

/** Makes the cache of the console: what is there is shown at once, and looked up again when it may have changed. */
export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (count, error) => count < 2 && mayHelp(error),
        // A call without an answer starts the search for the server; what is on the screen is asked again once it answers.
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  onHealed(() => void client.invalidateQueries());
  return client;
}

function mayHelp(error: unknown): boolean {
  return error instanceof Problem && (error.status >= 500 || error.status === 429);
}
