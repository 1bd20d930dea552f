/**
 * Names in the interactive parts of what we send, by which their answers are understood.
 *
 * - `o:<n>`    an option; its value is the option's id
 * - `l:<n>`    an option that only opens an address
 * - `m:<n>`    a menu; the values of its options are the options' ids
 * - `s:<form>` sends a form; the blocks of its inputs are `f:<form>:<field id>`
 */
export const actionIds = {
  option: (number: number) => `o:${number}`,
  link: (number: number) => `l:${number}`,
  menu: (number: number) => `m:${number}`,
  submit: (form: number) => `s:${form}`,
  answer: 'a',
} as const;

export const isLink = (actionId: string): boolean => /^l:\d+$/.test(actionId);

/** The prefix of the blocks of a form that this action sends; null when it sends none. */
export function formOf(actionId: string): string | null {
  const found = /^s:(\d+)$/.exec(actionId);
  return found ? fieldPrefix(Number(found[1])) : null;
}

export const fieldPrefix = (form: number): string => `f:${form}:`;
