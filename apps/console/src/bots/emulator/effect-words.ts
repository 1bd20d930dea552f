/** Something that a bot would do, in one line: its kind, and what it is done with. */
export function effectWords(effect: Readonly<Record<string, unknown>>): string {
  const { type, kind, ...rest } = effect;
  const known = [type, kind].find((one) => typeof one === 'string') ?? 'effect';
  const name = known.replaceAll(/[_.-]/g, ' ');
  const facts = Object.entries(rest).flatMap(([key, value]) => {
    if (value === null || value === undefined || value === '') return [];
    return [`${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`];
  });
  const line = facts.length === 0 ? name : `${name} (${facts.join(', ')})`;
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
