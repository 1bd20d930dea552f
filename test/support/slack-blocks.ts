type Json = Record<string, unknown>;

/**
 * What Slack would find wrong with the blocks of a message, by the reference of Block Kit, as far as we use it: written without the
 * connector's own numbers, to check them.
 *
 * @see https://docs.slack.dev/reference/block-kit, as @slack/types 3.2.0 repeats it (read 2026-11-21)
 */
export function blockProblems(blocks: readonly Json[]): string[] {
  const problems = blocks.flatMap((block, index) =>
    problemsOf(block).map((what) => `blocks/${index}: ${what}`),
  );
  const ids = blocks.flatMap(({ block_id }) => (typeof block_id === 'string' ? [block_id] : []));
  if (blocks.length > 50) problems.push('more than 50 blocks');
  if (new Set(ids).size < ids.length) problems.push('a block_id twice');
  return problems;
}

function problemsOf(block: Json): string[] {
  const ofId = lengthOf(block['block_id'], 0, 255, 'block_id');
  switch (block['type']) {
    case 'section':
      return [...ofId, ...textOf(block['text'], 3_000, ['mrkdwn', 'plain_text'])];
    case 'image':
      return [
        ...ofId,
        ...lengthOf(block['image_url'], 1, 3_000, 'image_url'),
        ...lengthOf(block['alt_text'], 1, 2_000, 'alt_text'),
      ];
    case 'actions': {
      const elements = listOf(block['elements']);
      const actionIds = elements.map(({ action_id }) => action_id);
      return [
        ...ofId,
        ...countOf(elements, 1, 25, 'elements'),
        ...(new Set(actionIds).size < actionIds.length ? ['an action_id twice'] : []),
        ...elements.flatMap(elementOf),
      ];
    }
    case 'input':
      return [
        ...ofId,
        ...textOf(block['label'], 2_000, ['plain_text']),
        ...elementOf(block['element'] as Json),
      ];
    default:
      return [`type ${String(block['type'])}`];
  }
}

function elementOf(element: Json): string[] {
  const ofId = lengthOf(element['action_id'], 1, 255, 'action_id');
  switch (element['type']) {
    case 'button':
      return [
        ...ofId,
        ...textOf(element['text'], 75, ['plain_text']),
        ...lengthOf(element['value'] ?? '', 0, 2_000, 'value'),
        ...lengthOf(element['url'] ?? '', 0, 3_000, 'url'),
      ];
    case 'static_select':
      return [...ofId, ...placeholderOf(element), ...choicesOf(element)];
    case 'plain_text_input':
    case 'datepicker':
      return [...ofId, ...placeholderOf(element)];
    default:
      return [`element ${String(element['type'])}`];
  }
}

const placeholderOf = ({ placeholder }: Json): string[] =>
  placeholder === undefined ? [] : textOf(placeholder, 150, ['plain_text']);

function choicesOf({ options, option_groups }: Json): string[] {
  if ((options === undefined) === (option_groups === undefined)) return ['either options or option_groups'];
  const groups = option_groups === undefined ? [] : listOf(option_groups);
  const lists =
    option_groups === undefined ? [listOf(options)] : groups.map((group) => listOf(group['options']));
  const values = lists.flat().map(({ value }) => value);
  return [
    ...(groups.length > 100 ? ['more than 100 groups'] : []),
    ...groups.flatMap(({ label }) => textOf(label, 75, ['plain_text'])),
    ...lists.flatMap((list) => countOf(list, 1, 100, 'options')),
    ...lists
      .flat()
      .flatMap((option) => [
        ...textOf(option['text'], 75, ['plain_text']),
        ...lengthOf(option['value'], 1, 150, 'option value'),
        ...(option['description'] === undefined ? [] : textOf(option['description'], 75, ['plain_text'])),
      ]),
    ...(new Set(values).size < values.length ? ['an option value twice'] : []),
  ];
}

function textOf(text: unknown, max: number, types: readonly string[]): string[] {
  if (typeof text !== 'object' || text === null) return ['a text that is none'];
  const { type, text: words } = text as Json;
  return [
    ...(types.includes(String(type)) ? [] : [`a text of type ${String(type)}`]),
    ...lengthOf(words, 1, max, 'text'),
  ];
}

function lengthOf(value: unknown, min: number, max: number, what: string): string[] {
  if (value === undefined && min === 0) return [];
  const fits = typeof value === 'string' && value.length >= min && value.length <= max;
  return fits ? [] : [`${what} must have ${min} to ${max} characters`];
}

const countOf = (list: readonly unknown[], min: number, max: number, what: string): string[] =>
  list.length >= min && list.length <= max ? [] : [`${what} must be ${min} to ${max}`];

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
