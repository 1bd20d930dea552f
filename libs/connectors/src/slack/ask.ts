import { numberedText, type AskingContent } from '../shared/numbered-choices.js';
import { buttons, menu, weightOf, type Block, type MenuGroup, type Numbered } from './blocks.js';
import { slackLimits as limits } from './limits.js';
import type { Option } from '#libs/model';

/** Up to so many options are buttons; more would fill the screen. */
const BUTTONS_MAX = 5;
/** Characters of the controls that share a message with their question. */
const CONTROLS_MAX = limits.messageText.value - limits.sectionText.value - 100;

/** A question: its text, and the controls by which it is answered, each of which fits a message with a section. */
export interface Asked {
  /** Markdown. */
  text: string;
  controls: Block[];
}

/** A group of options, as content has them. */
export interface OptionGroup {
  title?: string | undefined;
  options: readonly Option[];
}

/**
 * Gives options their controls. Where a control cannot show all of them, they stand numbered in the text as well.
 *
 * @param content  what asks; its numbered form is used when something would not be shown
 * @param text     its words without the options, Markdown
 */
export function ask(
  content: AskingContent,
  text: string,
  groups: readonly OptionGroup[],
  firstNumber: number,
  prompt = 'Choose…',
): Asked {
  const numbered = withNumbers(groups, firstNumber);
  const all = numbered.flatMap(({ options }) => options);
  if (all.length === 0) return { text, controls: [] };
  const needsButtons =
    all.some(({ option }) => option.url !== undefined) ||
    new Set(all.map(({ option }) => option.id)).size < all.length;
  if (needsButtons || all.length <= BUTTONS_MAX) {
    const isShown =
      all.every(({ option }) => option.label.length <= limits.buttonText.value && !option.description) &&
      groups.every(({ title }) => title === undefined);
    const controls = chunks(all, limits.buttons.value, (chunk) => buttons(chunk));
    return { text: isShown ? text : numberedText(content, firstNumber), controls };
  }
  const grouped = [menu(numbered, prompt)];
  const fitsGrouped =
    all.length <= limits.options.value &&
    weightOf(grouped) <= CONTROLS_MAX &&
    (groups.length === 1 || groups.every(({ title }) => title !== undefined)) &&
    groups.every(({ title = '' }) => title.length <= limits.optionText.value);
  const fitsTexts = all.every(
    ({ option: { label, description = '' } }) =>
      label.length <= limits.optionText.value && description.length <= limits.optionText.value,
  );
  const isShown = fitsTexts && (fitsGrouped || groups.every(({ title }) => title === undefined));
  const controls = fitsGrouped
    ? grouped
    : chunks(all, limits.options.value, (chunk) => menu([{ options: chunk }], prompt));
  return { text: isShown ? text : numberedText(content, firstNumber), controls };
}

function withNumbers(groups: readonly OptionGroup[], firstNumber: number): MenuGroup[] {
  let next = firstNumber;
  return groups.map(({ title, options }) => ({
    title,
    options: options.map((option) => ({ number: next++, option })),
  }));
}

/** Controls for as many options each as fit. */
function chunks(
  all: readonly Numbered[],
  max: number,
  control: (chunk: readonly Numbered[]) => Block,
): Block[] {
  const done: Numbered[][] = [];
  for (const one of all) {
    const open = done.at(-1);
    const fits = open && open.length < max && weightOf(control([...open, one])) <= CONTROLS_MAX;
    if (fits) open.push(one);
    else done.push([one]);
  }
  return done.map(control);
}
