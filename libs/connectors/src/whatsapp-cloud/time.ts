/** The time of an event from the seconds that Meta writes; nothing when they are none. */
export function timeOf(seconds: string | undefined): { sent_at?: string } {
  const milliseconds = Number(seconds) * 1_000;
  const isTime = seconds !== undefined && /^\d{1,12}$/.test(seconds);
  return isTime ? { sent_at: new Date(milliseconds).toISOString() } : {};
}
