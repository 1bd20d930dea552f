import { noteLost, onHealed } from '../api/connection.js';

/**
 * Loads a screen that was not opened before. Without a connection it waits for one, beside the note that says so; then the page
 * begins anew where the person wanted to go, for browsers remember files that could not be loaded. What was typed is kept.
 *
 * @throws what loading threw, when the server answers: then something else is wrong
 */
export function whenThere<Module>(load: () => Promise<Module>): () => Promise<Module> {
  return () =>
    load().catch(async (error: unknown) => {
      if (await answers()) throw error;
      noteLost();
      return new Promise<Module>(() => onHealed(() => window.location.reload()));
    });
}

function answers(): Promise<boolean> {
  return fetch('/livez', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );
}
