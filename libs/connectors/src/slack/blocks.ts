import type { JsonObject, Option } from '#libs/model';
import { cutText } from '../shared/cut-text.js';
import { actionIds } from './actions.js';
import { slackLimits as limits } from './limits.js';

/** A block of Block Kit. */
export type Block = JsonObject & { type: string };

/** An option with its number in the message. */
export interface Numbered {
  number: number;
  option: Option;
}

/** @see https://docs.slack.dev/reference/block-kit/blocks/section-block, as @slack/types 3.2.0 repeats it (read 2026-11-21) */
export const section = (text: string): Block => ({
  type: 'section',
  // Shown whole, and nothing in it is taken for a name or a channel.
  expand: true,
  text: { type: 'mrkdwn', text, verbatim: true },
});

export const image = (url: string, alt: string): Block => ({
  type: 'image',
  image_url: url,
  alt_text: short(alt, limits.altText.value),
});

/** @param options  1 to 25 */
export const buttons = (options: readonly Numbered[]): Block => ({
  type: 'actions',
  elements: options.map(({ number, option }) => ({
    type: 'button',
    action_id: option.url === undefined ? actionIds.option(number) : actionIds.link(number),
    text: plain(labelOf(number, option, limits.buttonText.value)),
    value: option.id,
    ...(option.url !== undefined && { url: option.url }),
  })),
});

/** A group of options under a title, or the only one without. */
export interface MenuGroup {
  title?: string | undefined;
  options: readonly Numbered[];
}

/**
 * @param groups  1 to 100 options in all, with different ids; either one group without a title, or all have one
 * @param prompt  shown until something is chosen
 */
export function menu(groups: readonly MenuGroup[], prompt: string): Block {
  const [first] = groups;
  const written = groups.map(({ title, options }) => ({ title, options: options.map(menuOption) }));
  return {
    type: 'actions',
    elements: [
      {
        type: 'static_select',
        action_id: actionIds.menu(first?.options[0]?.number ?? 0),
        placeholder: plain(short(prompt, limits.placeholder.value)),
        ...(written.length === 1 && first?.title === undefined
          ? { options: written[0]!.options }
          : {
              option_groups: written.map(({ title, options }) => ({
                label: plain(title ?? prompt),
                options,
              })),
            }),
      },
    ],
  };
}

function menuOption({ number, option }: Numbered): JsonObject {
  const { id, description } = option;
  const text = plain(labelOf(number, option, limits.optionText.value));
  const isShown = description !== undefined && description.trim() !== '';
  return {
    text,
    value: id,
    ...(isShown && { description: plain(short(description, limits.optionText.value)) }),
  };
}

export const plain = (text: string): JsonObject => ({ type: 'plain_text', text, emoji: true });

/** A label that does not fit is cut behind its number, which stands before the whole label in the text above. */
function labelOf(number: number, { label }: Option, max: number): string {
  return label.length <= max ? label : short(`${number}. ${label}`, max);
}

export function short(text: string, max: number): string {
  return text.length <= max ? text : `${cutText(text, max - 1)[0] ?? ''}…`;
}

/** Characters that Slack may count in a block: all texts, values and descriptions in it. */
export function weightOf(block: unknown): number {
  if (typeof block !== 'object' || block === null) return 0;
  return Object.entries(block).reduce((sum, [name, value]) => {
    const isCounted = typeof value === 'string' && ['text', 'value', 'alt_text'].includes(name);
    return sum + (isCounted ? value.length : weightOf(value));
  }, 0);
}
