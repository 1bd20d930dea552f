import {
  printMarkdown,
  type Card,
  type CardContent,
  type CarouselContent,
  type ChoicesContent,
  type ListContent,
  type Option,
} from '#libs/model';

/** Content that offers options. */
export type AskingContent = ChoicesContent | CardContent | CarouselContent | ListContent;

/** Whether a piece of content offers options, and so has a numbered form. */
export function isAsking(content: { type: string }): content is AskingContent {
  return ['choices', 'card', 'carousel', 'list'].includes(content.type);
}

/** How words that are no Markdown (labels, titles) are written into a Markdown text. */
export type WriteWords = (words: string) => string;
export const asTheyAre: WriteWords = (words) => words;

/** So that a label such as `*b*` is read as it is where the text is rendered as Markdown. */
export const escaped: WriteWords = (words) =>
  printMarkdown({
    type: 'document',
    children: [{ type: 'paragraph', children: [{ type: 'text', text: words }] }],
  });

/**
 * Writes options as a numbered text, for channels without buttons.
 *
 * The numbers go on over a whole message, in the order of `optionsOf`, so that "2" names one option only: give the
 * number after the last one used. The bot core reads the answer by the same order.
 *
 * @param firstNumber  number of the first option, from 1
 * @param write  default: as they are, for channels that show Markdown as it is written
 * @returns Markdown text, never empty; every label stands in it as it is
 */
export function numberedText(content: AskingContent, firstNumber = 1, write: WriteWords = asTheyAre): string {
  switch (content.type) {
    case 'choices':
      return paragraphs(content.text, optionLines(content.options, firstNumber, write));
    case 'card':
      return cardText(content, firstNumber, write);
    case 'carousel':
      return running(
        content.cards,
        firstNumber,
        (card) => card.options.length,
        (card, number) => cardText(card, number, write),
      );
    case 'list':
      return paragraphs(
        content.text,
        running(
          content.sections,
          firstNumber,
          (section) => section.options.length,
          (section, number) => sectionText(section, number, write),
        ),
      );
  }
}

type Section = ListContent['sections'][number];

function cardText(card: Omit<Card, 'type'>, firstNumber: number, write: WriteWords): string {
  return paragraphs(
    [`**${write(card.title)}**`, card.text, card.image_url],
    optionLines(card.options, firstNumber, write),
  );
}

function sectionText(section: Section, firstNumber: number, write: WriteWords): string {
  return paragraphs([
    section.title && `**${write(section.title)}**`,
    optionLines(section.options, firstNumber, write),
  ]);
}

/** Texts of several groups, whose numbers run on. */
function running<Group>(
  groups: readonly Group[],
  firstNumber: number,
  countOf: (group: Group) => number,
  write: (group: Group, firstNumber: number) => string,
): string {
  let next = firstNumber;
  const texts = groups.map((group) => {
    const text = write(group, next);
    next += countOf(group);
    return text;
  });
  return texts.join('\n\n');
}

function optionLines(options: readonly Option[], firstNumber: number, write: WriteWords): string {
  return options.map((option, index) => `${firstNumber + index}. ${optionText(option, write)}`).join('\n');
}

function optionText({ label, description, url }: Option, write: WriteWords): string {
  const words = [label, description].filter((one) => one !== undefined && one !== '');
  return [words.map((one) => write(one!)).join(' — '), url].filter(Boolean).join(': ');
}

function paragraphs(...blocks: (string | (string | undefined)[])[]): string {
  return blocks
    .map((block) => (Array.isArray(block) ? block.filter(Boolean).join('\n') : block))
    .filter(Boolean)
    .join('\n\n');
}
