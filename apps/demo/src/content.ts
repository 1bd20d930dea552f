import type { Card, Content, FormContent, FormField, Option } from '#libs/model';
import { el, link } from './dom.js';
import { markdownNodes } from './markdown.js';

/** Says something as the visitor. */
export type Say = (parts: Content[]) => void;

/** How one piece of a message is shown: in the bubble, or below it. */
export interface Shown {
  inside: Node[];
  /** Below the bubble: what can be pressed. */
  below: Node[];
  /** Whether `below` goes away once something was answered. */
  isPassing: boolean;
}

const shown = (inside: Node[], below: Node[] = [], isPassing = false): Shown => ({
  inside,
  below,
  isPassing,
});

/**
 * Shows one piece of content.
 *
 * @param messageId  the message that it belongs to: taking one of its options names it
 */
export function contentNodes(content: Content, messageId: string, say: Say): Shown {
  const options = (list: readonly Option[]): Node[] =>
    list.length === 0
      ? []
      : [el('div', { class: 'options' }, ...list.map((each) => optionNode(each, messageId, say)))];
  switch (content.type) {
    case 'text':
      return shown(markdownNodes(content.text));
    case 'choices':
      return shown(markdownNodes(content.text), options(content.options), content.style === 'quick_replies');
    case 'list':
      return shown(
        markdownNodes(content.text),
        content.sections.flatMap((section) => [
          ...(section.title === undefined ? [] : [el('p', { class: 'section' }, section.title)]),
          ...options(section.options),
        ]),
      );
    case 'card':
      return shown([], [cardNode(content, options(content.options))]);
    case 'carousel':
      return shown(
        [],
        [
          el(
            'div',
            { class: 'cards', tabindex: '0' },
            ...content.cards.map((each) => cardNode(each, options(each.options))),
          ),
        ],
      );
    case 'form':
      return shown([], [formNode(content, say)]);
    case 'image':
      return shown([
        el('img', { src: content.url, alt: content.alt ?? content.caption ?? 'Picture', loading: 'lazy' }),
        ...captionNodes(content.caption),
      ]);
    case 'audio':
      return shown([el('audio', { src: content.url, controls: true }), ...captionNodes(content.caption)]);
    case 'video':
      return shown([el('video', { src: content.url, controls: true }), ...captionNodes(content.caption)]);
    case 'file':
      return shown([el('p', {}, link(content.url, content.file_name ?? 'File'))]);
    case 'location': {
      const { latitude, longitude, name, address } = content;
      const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}`;
      const words = [name, address].filter(Boolean).join(', ');
      return shown([el('p', {}, link(map, words === '' ? `${latitude}, ${longitude}` : words))]);
    }
    case 'contact':
      return shown(
        [content.name, content.organization, ...content.phones, ...content.emails]
          .filter((line) => line !== undefined)
          .map((line) => el('p', {}, line)),
      );
    case 'template':
      return shown(markdownNodes(content.fallback_text ?? content.name));
    case 'choice_taken':
      return shown([el('p', {}, content.label)]);
    case 'form_taken':
      return shown(Object.values(content.fields).map((line) => el('p', {}, line)));
  }
}

function optionNode(option: Option, messageId: string, say: Say): Node {
  const words = [
    el('span', {}, option.label),
    option.description === undefined ? null : el('small', {}, option.description),
  ];
  if (option.url !== undefined) {
    const target = link(option.url, ...words);
    target.className = 'option';
    return target;
  }
  const taken: Content = {
    type: 'choice_taken',
    option_id: option.id,
    label: option.label,
    question_message_id: messageId,
  };
  return el('button', { type: 'button', class: 'option', onclick: () => say([taken]) }, ...words);
}

function cardNode({ title, text, image_url }: Card, options: Node[]): Node {
  return el(
    'article',
    { class: 'card' },
    image_url === undefined ? null : el('img', { src: image_url, alt: '', loading: 'lazy' }),
    el('p', { class: 'heading' }, title),
    ...(text === undefined ? [] : [el('p', {}, text)]),
    ...options,
  );
}

function captionNodes(caption: string | undefined): Node[] {
  return caption === undefined ? [] : [el('p', {}, caption)];
}

const INPUT_TYPES = { text: 'text', email: 'email', phone: 'tel', number: 'number', date: 'date' } as const;

function formNode(content: FormContent, say: Say): Node {
  const form = el(
    'form',
    { class: 'card' },
    el('p', { class: 'heading' }, content.title),
    ...(content.text === undefined ? [] : markdownNodes(content.text)),
    ...content.fields.map(fieldNode),
    el('button', { type: 'submit', class: 'option' }, content.submit),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const entries = [...new FormData(form)].map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : '',
    ]);
    say([{ type: 'form_taken', fields: Object.fromEntries(entries) }]);
    for (const part of form.querySelectorAll('input, select, button')) part.setAttribute('disabled', '');
  });
  return form;
}

function fieldNode({ id, label, kind, required, options }: FormField): Node {
  const input =
    kind === 'choice'
      ? el(
          'select',
          { name: id, required },
          ...options.map((option) => el('option', { value: option.id }, option.label)),
        )
      : el('input', { name: id, type: INPUT_TYPES[kind], required, maxlength: '1000' });
  return el('label', {}, label, input);
}
