import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { numberedOptions, type Content, type Option } from '#libs/model';
import { describe, expect, it } from 'vitest';
import { contents, label, option } from '../../../../test/support/arbitraries.js';
import { blockProblems } from '../../../../test/support/slack-blocks.js';
import type { Block } from './blocks.js';
import { connector } from './connector.js';
import { decodeInteraction } from './decode-interaction.js';
import { plan, type SlackMessage } from './plan.js';
import { WireInteraction } from './wire.js';
import { cutSlackText, slackText } from './write-text.js';

const messagesOf = (said: readonly Content[]): SlackMessage[] =>
  plan(said).parts.map(({ body }) => body as unknown as SlackMessage);

interface Element {
  type: string;
  action_id: string;
  value?: string;
  url?: string;
  text?: { text: string };
  options?: { value: string; text: { text: string } }[];
  option_groups?: { options: { value: string; text: { text: string } }[] }[];
}
const elementsOf = (block: Block): Element[] =>
  block.type === 'actions' ? (block['elements'] as unknown as Element[]) : [];

/** What Slack would tell of every control that a person could press, as choices. */
function takenFrom(messages: readonly SlackMessage[]) {
  const actions = messages
    .flatMap(({ blocks }) => blocks.flatMap(elementsOf))
    .flatMap((element) => {
      const options = element.options ?? element.option_groups?.flatMap((group) => group.options);
      const action = { ...element, action_ts: '1795240801.123456' };
      return options ? options.map((selected_option) => ({ ...action, selected_option })) : [action];
    });
  const interaction = { type: 'block_actions', user: { id: 'U1' }, channel: { id: 'D1' }, actions };
  return decodeInteraction(WireInteraction.parse(interaction));
}

const choices = (options: Option[], text = 'Which?'): Content => ({
  type: 'choices',
  text,
  style: 'buttons',
  options,
});
const many = (count: number, more: (n: number) => Partial<Option> = () => ({})): Option[] =>
  Array.from({ length: count }, (_, n) => ({ id: `c${n}`, label: `Choice ${n}`, ...more(n) }));

/** Lists of the size that the model allows, which random content seldom has. */
const large = fc
  .array(
    fc.record({
      title: fc.option(label(), { nil: undefined }),
      options: fc.array(option(), { minLength: 1, maxLength: 100 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((sections): Content[] => [
    {
      type: 'list',
      text: 'x',
      button: 'Open',
      sections: sections.map(({ title, options }) => ({ options, ...(title !== undefined && { title }) })),
    },
  ]);

describe('a planned message', () => {
  it('has nothing that Slack would refuse', () => {
    fc.assert(
      fc.property(fc.oneof(contents(8), large), (said) => {
        for (const { blocks, text } of messagesOf(said)) {
          expect(blockProblems(blocks)).toEqual([]);
          expect(text).not.toBe('');
        }
      }),
    );
  });

  it('can be answered with every option that it offers, and with no other', () => {
    fc.assert(
      fc.property(fc.oneof(contents(), large), (said) => {
        const taken = takenFrom(messagesOf(said)).flatMap((one) =>
          typeof one === 'object' && one.kind === 'choice' ? [one.option_id] : [],
        );
        expect(taken).toEqual(numberedOptions(said).map(({ option: { id } }) => id));
      }),
    );
  });

  it('is few messages: what fits together goes together', () => {
    const text: Content = { type: 'text', text: 'Hello' };
    expect(messagesOf([text, text, choices(many(3))])).toHaveLength(1);
    expect(messagesOf([{ type: 'text', text: 'word '.repeat(1_500) }, text])).toHaveLength(1);
    expect(messagesOf([{ type: 'text', text: 'word '.repeat(3_000) }])).toHaveLength(3);
  });

  it('never loses other words to an image that Slack cannot fetch', () => {
    const image: Content = { type: 'image', url: 'https://files.example/a.png' };
    const text: Content = { type: 'text', text: 'Hello' };
    expect(plan([text, image, text]).parts.map(({ rendering }) => rendering)).toEqual([
      'text',
      'image',
      'text',
    ]);
  });

  it('shares the pace of its channel, whoever reads it in whatever thread', () => {
    const address = { kind: 'slack', value: 'U1' };
    const { destinationOf } = connector.outbound;
    expect(destinationOf!({ thread: 'C1:1795240799.000200', address })).toBe('C1');
    expect(destinationOf!({ thread: 'D1', address: null })).toBe('D1');
  });

  it('looks like this', () => {
    const golden = readFileSync(path.join(import.meta.dirname, 'fixtures/rich-message.json'), 'utf8');
    const { parts, lost } = plan(richMessage);
    expect({ messages: parts.map(({ body }) => body), lost }).toEqual(JSON.parse(golden));
  });
});

describe('options', () => {
  const controlsOf = (said: Content[]) =>
    messagesOf(said).flatMap(({ blocks }) =>
      blocks.flatMap((block) => elementsOf(block).map(({ type }) => type)),
    );
  const textOf = (said: Content[]): string =>
    messagesOf(said)
      .flatMap(({ blocks }) =>
        blocks.map((block) => (block['text'] as { text?: string } | undefined)?.text ?? ''),
      )
      .join('\n');

  it('are buttons up to five, a menu above, and menus above a hundred', () => {
    expect(controlsOf([choices(many(5))])).toEqual(Array.from({ length: 5 }, () => 'button'));
    expect(controlsOf([choices(many(6))])).toEqual(['static_select']);
    const sections = [{ options: many(100) }, { options: many(100, (n) => ({ id: `d${n}` })) }];
    const list: Content = { type: 'list', text: 'x', button: 'Open', sections };
    expect(controlsOf([list])).toEqual(['static_select', 'static_select']);
  });

  it('of a list stand under the titles of their sections', () => {
    const sections = [
      { title: 'First', options: many(4) },
      { title: 'Second', options: many(4, (n) => ({ id: `d${n}` })) },
    ];
    const [message] = messagesOf([{ type: 'list', text: 'x', button: 'Open', sections }]);
    expect(message?.blocks.flatMap(elementsOf)[0]).toMatchObject({
      placeholder: { text: 'Open' },
      option_groups: [{ label: { text: 'First' } }, { label: { text: 'Second' } }],
    });
  });

  it('whose labels do not fit are numbered: the text has them whole, the control their number', () => {
    const long = 'Long '.repeat(30).trim();
    const said = [choices(many(2)), choices(many(2, (n) => ({ label: `${long} ${n}` })))];
    expect(textOf(said)).toContain(`3. ${long} 0\n4. ${long} 1`);
    const labels = messagesOf(said).flatMap(({ blocks }) =>
      blocks.flatMap(elementsOf).map(({ text }) => text?.text),
    );
    expect(labels.slice(2)).toEqual([
      expect.stringMatching(/^3\. Long .*…$/),
      expect.stringMatching(/^4\. /),
    ]);
  });

  it('that open an address are buttons which do, and no answers', () => {
    const said = [choices(many(30, () => ({ url: 'https://shop.example/' })))];
    expect(new Set(controlsOf(said))).toEqual(new Set(['button']));
    expect(takenFrom(messagesOf(said))).toEqual(Array.from({ length: 30 }, () => 'a link was opened'));
  });

  it('with the same id in one list are buttons, because a menu may not hold an id twice', () => {
    const sections = [{ options: many(4) }, { options: many(4) }];
    expect(new Set(controlsOf([{ type: 'list', text: 'x', button: 'Open', sections }]))).toEqual(
      new Set(['button']),
    );
  });
});

describe('a form', () => {
  const form: Content = {
    type: 'form',
    title: 'Your order',
    submit: 'Send',
    fields: [
      { id: 'email', label: 'E-mail', kind: 'email', required: true, options: [] },
      { id: 'day', label: 'Day', kind: 'date', required: false, options: [] },
      { id: 'size', label: 'Size', kind: 'choice', required: true, options: many(2) },
    ],
  };

  it('is filled in inside the message, and comes back by the ids of its fields', () => {
    const [, message] = messagesOf([{ type: 'text', text: 'Hello' }, form]);
    const inputs = message!.blocks.filter(({ type }) => type === 'input');
    expect(inputs.map(({ element }) => (element as { type: string }).type)).toEqual([
      'plain_text_input',
      'datepicker',
      'static_select',
    ]);
    const values = Object.fromEntries(
      inputs.map(({ block_id }, n) => [block_id, { a: { type: 'plain_text_input', value: `v${n}` } }]),
    );
    const action = { ...message!.blocks.flatMap(elementsOf)[0], action_ts: '1795240801.123456' };
    const sent = { type: 'block_actions', user: { id: 'U1' }, channel: { id: 'D1' }, actions: [action] };
    expect(decodeInteraction(WireInteraction.parse({ ...sent, state: { values } }))).toMatchObject([
      { kind: 'message', content: [{ type: 'form_taken', fields: { email: 'v0', day: 'v1', size: 'v2' } }] },
    ]);
  });

  it('whose options do not fit is asked in words', () => {
    const field = { id: 'x', label: 'X', kind: 'choice' as const, required: true };
    const options = many(2, () => ({ label: 'l'.repeat(100) }));
    const { parts, lost } = plan([{ ...form, fields: [{ ...field, options }] }]);
    expect(parts.map(({ rendering }) => rendering)).toEqual(['text']);
    expect(lost).toEqual(['form → text']);
  });
});

describe('text for Slack', () => {
  it.each([
    ['**b** *i* ~~s~~ `c`', '*b* _i_ ~s~ `c`'],
    ['[words](https://a.example/?x=1&y=2|3)', '<https://a.example/?x=1&amp;y=2%7C3|words>'],
    ['see https://a.example/?x=1&y=2.', 'see <https://a.example/?x=1&amp;y=2>.'],
    ['[write](mailto:a@b.example)', '<mailto:a@b.example|write>'],
    ['<!channel> <@U1> & @here', '&lt;!channel&gt; &lt;@U1&gt; &amp; @here'],
    ['# Title\n\n- a\n- b\n\n> q', '*Title*\n\n• a\n• b\n\n> q'],
  ])('%j is %j', (markdown, text) => expect(slackText(markdown)).toBe(text));

  it('is cut, never inside a link or an escape, and code stays code', () => {
    const link = '<https://a.example/?x=1&amp;y=2|two words>';
    const pieces = cutSlackText(`${'&amp; '.repeat(700)}${link} `.repeat(3), 3_000);
    expect(pieces.join(' ').split(link)).toHaveLength(4);
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(3_000);
      expect(piece).not.toMatch(/&(?!amp;)/);
    }
    const code = cutSlackText(`\`\`\`\n${'line of code\n'.repeat(400)}\`\`\``, 3_000);
    for (const piece of code) expect(piece.split('```')).toHaveLength(3);
  });

  it('keeps every word of any text, in pieces that fit', () => {
    const signs = fc.constantFrom('&', '<', '>', ' ', '\n', '\u{F0000}', '\u{100001}', 'word', '```', '👩‍👩‍👧‍👦');
    fc.assert(
      fc.property(fc.array(signs, { minLength: 1_500, maxLength: 4_000 }), (pieces) => {
        const text = pieces.join('').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
        const cut = cutSlackText(text, 3_000);
        const ink = (one: string): string => one.replace(/\s|`/g, '');
        expect(ink(cut.join(''))).toBe(ink(text));
        for (const piece of cut) expect(piece.length).toBeLessThanOrEqual(3_000);
      }),
      { numRuns: 30 },
    );
  });
});

const richMessage: Content[] = [
  { type: 'text', text: 'Your order **1042** is on its way.' },
  { type: 'image', url: 'https://files.example/lamp.png', caption: 'Desk lamp' },
  choices(
    [
      { id: 'c0', label: 'Track it' },
      { id: 'c1', label: 'Talk to a person' },
    ],
    'What next?',
  ),
  {
    type: 'list',
    text: 'Recent orders',
    button: 'Show orders',
    sections: [
      { title: 'This week', options: [{ id: 'o1', label: 'Order 1042', description: 'Desk lamp' }] },
    ],
  },
  { type: 'location', latitude: 52.5, longitude: 13.4, name: 'Our shop' },
  { type: 'file', url: 'https://files.example/invoice.pdf', file_name: 'invoice.pdf' },
  { type: 'contact', name: 'Ann', phones: ['+4915112345678'], emails: [] },
];
