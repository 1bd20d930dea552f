/** One wording for every count, where the words do not change with it: `{{count}}` stands before or behind them. */
export function allCounts<Name extends string>(name: Name, words: string): Record<string, string> {
  return Object.fromEntries(
    ['zero', 'one', 'two', 'few', 'many', 'other'].map((form) => [`${name}_${form}`, words]),
  );
}
