import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { Problem } from '../api/problem.js';
import { withMeaning } from '../i18n/meaning.js';

/** Says that something was done, for a moment. */
export function told(message: string): void {
  notifications.show({ message, color: 'green', autoClose: 4_000, withBorder: true });
}

/** Says that something failed where no place on the screen belongs to it. */
export function toldProblem(error: unknown): void {
  const detail = error instanceof Error ? error.message : String(error);
  const message = error instanceof Problem ? wordsOf(error) : detail;
  notifications.show({ message, color: 'red', autoClose: 9_000, withBorder: true });
}

function wordsOf(problem: Problem): string {
  return problem.isOffline ? i18next.t('problem.offline') : withMeaning(problem.code, problem.message);
}
