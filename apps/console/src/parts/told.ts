import { notifications } from '@mantine/notifications';

/** Says that something was done, for a moment. */
export function told(message: string): void {
  notifications.show({ message, color: 'green', autoClose: 4_000, withBorder: true });
}

/** Says that something failed where no place on the screen belongs to it. */
export function toldProblem(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  notifications.show({ message, color: 'red', autoClose: 9_000, withBorder: true });
}
