import type { FormContent, JsonObject } from '#libs/model';
import { actionIds, fieldPrefix } from './actions.js';
import { plain, section, short, type Block } from './blocks.js';
import { slackLimits as limits } from './limits.js';
import { cutSlackText, slackText } from './write-text.js';

type Field = FormContent['fields'][number];

/**
 * A form as inputs in a message, with a button that sends them; null when an option would have to be cut.
 *
 * @param form  its number in the message
 * @see https://api.slack-gov.com/reference/block-kit/block-elements (read 2026-11-21): which inputs may stand in messages
 */
export function formBlocks({ title, text, submit, fields }: FormContent, form: number): Block[] | null {
  const fits = fields.every(({ options, kind }) =>
    kind === 'choice'
      ? options.length > 0 && options.every(({ label }) => label.length <= limits.optionText.value)
      : true,
  );
  if (!fits) return null;
  const words = [`**${title}**`, text].filter(Boolean).join('\n\n');
  const send: Block = {
    type: 'actions',
    elements: [
      {
        type: 'button',
        style: 'primary',
        action_id: actionIds.submit(form),
        text: plain(short(submit, limits.buttonText.value)),
        value: String(form),
      },
    ],
  };
  return [
    ...cutSlackText(slackText(words), limits.sectionText.value).map(section),
    ...fields.map((field) => input(field, form)),
    send,
  ];
}

const input = (field: Field, form: number): Block => ({
  type: 'input',
  block_id: `${fieldPrefix(form)}${field.id}`,
  label: plain(field.label),
  optional: !field.required,
  element: elementOf(field),
});

/** Inputs for numbers and addresses exist in modals only. */
function elementOf({ kind, options }: Field): JsonObject {
  const action_id = actionIds.answer;
  switch (kind) {
    case 'date':
      return { type: 'datepicker', action_id };
    case 'choice':
      return {
        type: 'static_select',
        action_id,
        options: options.map(({ id, label }) => ({ text: plain(label), value: id })),
      };
    default:
      return { type: 'plain_text_input', action_id };
  }
}
