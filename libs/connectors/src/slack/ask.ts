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
  const isFew = all.length <= BUTTONS_MAX;
  const asButtons = inButtons(all, groups);
  const asMenus = inMenus(all, numbered, prompt);
  const best = isFew && asButtons.isWhole ? asButtons : asMenus?.isWhole ? asMenus : null;
  if (best) return { text, controls: best.controls };
  const { controls } = isFew ? asButtons : (asMenus ?? asButtons);
  return { text: numberedText(content, firstNumber), controls };
}

interface Controls {
  controls: Block[];
  /** Everything that the options say can be read in them. */
  isWhole: boolean;
}

function inButtons(all: readonly Numbered[], groups: readonly OptionGroup[]): Controls {
  const isWhole =
    all.every(({ option }) => option.label.length <= limits.buttonText.value && !option.description) &&
    groups.every(({ title }) => title === undefined);
  return { controls: chunks(all, limits.buttons.value, buttons), isWhole };
}

/** @returns null for options that cannot stand in a menu: they open an address, or have an id that another one has */
function inMenus(all: readonly Numbered[], groups: readonly MenuGroup[], prompt: string): Controls | null {
  if (all.some(({ option }) => option.url !== undefined)) return null;
  if (new Set(all.map(({ option }) => option.id)).size < all.length) return null;
  const fitsTexts = all.every(
    ({ option: { label, description = '' } }) =>
      label.length <= limits.optionText.value && description.length <= limits.optionText.value,
  );
  const isPlain = groups.every(({ title }) => title === undefined);
  const grouped = [menu(groups, prompt)];
  const fitsGrouped =
    all.length <= limits.options.value &&
    weightOf(grouped) <= CONTROLS_MAX &&
    (groups.length === 1 || groups.every(({ title }) => title !== undefined)) &&
    groups.every(({ title = '' }) => title.length <= limits.optionText.value);
  return fitsGrouped
    ? { controls: grouped, isWhole: fitsTexts }
    : {
        controls: chunks(all, limits.options.value, (chunk) => menu([{ options: chunk }], prompt)),
        isWhole: fitsTexts && isPlain,
      };
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
