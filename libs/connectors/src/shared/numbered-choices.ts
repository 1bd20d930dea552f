import type { Card, CardContent, CarouselContent, ChoicesContent, ListContent, Option } from '#libs/model';

/** Content that offers options. */
export type AskingContent = ChoicesContent | CardContent | CarouselContent | ListContent;

/** Whether a piece of content offers options, and so has a numbered form. */
export function isAsking(content: { type: string }): content is AskingContent {
  return ['choices', 'card', 'carousel', 'list'].includes(content.type);
}

/**
 * Writes options as a numbered text, for channels without buttons.
 *
 * The numbers go on over a whole message, in the order of `optionsOf`, so that "2" names one option only: give the
 * number after the last one used. The bot core reads the answer by the same order.
 *
 * @param firstNumber  number of the first option, from 1
 * @returns Markdown text, never empty; every label stands in it as it is
 */
export function numberedText(content: AskingContent, firstNumber = 1): string {
  switch (content.type) {
    case 'choices':
      return paragraphs(content.text, optionLines(content.options, firstNumber));
    case 'card':
      return cardText(content, firstNumber);
    case 'carousel':
      return running(content.cards, firstNumber, (card) => card.options.length, cardText);
    case 'list':
      return paragraphs(
        content.text,
        running(content.sections, firstNumber, (section) => section.options.length, sectionText),
      );
  }
}

type Section = ListContent['sections'][number];

function cardText(card: Omit<Card, 'type'>, firstNumber: number): string {
  return paragraphs([`**${card.title}**`, card.text, card.image_url], optionLines(card.options, firstNumber));
}

function sectionText(section: Section, firstNumber: number): string {
  return paragraphs([section.title && `**${section.title}**`, optionLines(section.options, firstNumber)]);
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

function optionLines(options: readonly Option[], firstNumber: number): string {
  return options.map((option, index) => `${firstNumber + index}. ${optionText(option)}`).join('\n');
}

function optionText({ label, description, url }: Option): string {
  return [[label, description].filter(Boolean).join(' — '), url].filter(Boolean).join(': ');
}

function paragraphs(...blocks: (string | (string | undefined)[])[]): string {
  return blocks
    .map((block) => (Array.isArray(block) ? block.filter(Boolean).join('\n') : block))
    .filter(Boolean)
    .join('\n\n');
}
