const clock = /(?<![\d.:])([01]?\d|2[0-3])[:h.]([0-5]\d)(?!\d|\.\d)\s?([ap])?\.?m?/i;
const hourOnly = /(?<![\d.:/-])(1[0-2]|0?[1-9])\s?([ap])\.?m\b/i;
const hourWord =
  /(?<![\d.:/-])([01]?\d|2[0-3])\s?(?:uhr|h\b|heures?\b|o'?clock)|(?:\bat|\bum|\bà|\balle|\bàs?|\ba las)\s([01]?\d|2[0-3])(?![\d.:/-])/i;

/** The time of day in a text as HH:MM: 14:30, 2.30 pm, 3pm, 15 Uhr, 15h, at 9; null when there is none. */
export function timeIn(text: string): string | null {
  const withoutDates = text
    .replace(/\d{4}-\d{1,2}-\d{1,2}T?/g, ' ')
    .replace(/\d{1,2}\.\d{1,2}\.(?:\d{2,4})?/g, ' ');
  const exact = clock.exec(withoutDates);
  if (exact) return format(Number(exact[1]), exact[2]!, exact[3]);
  const hour = hourOnly.exec(withoutDates);
  if (hour) return format(Number(hour[1]), '00', hour[2]);
  const word = hourWord.exec(withoutDates);
  return word ? format(Number(word[1] ?? word[2]), '00', undefined) : null;
}

function format(hour: number, minute: string, half: string | undefined): string {
  const isAfternoon = half?.toLowerCase() === 'p';
  const shifted = half === undefined || hour > 12 ? hour : (hour % 12) + (isAfternoon ? 12 : 0);
  return `${String(shifted).padStart(2, '0')}:${minute}`;
}
