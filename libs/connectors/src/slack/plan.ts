import { optionsOf, type Card, type Content, type JsonObject } from '#libs/model';
import type { Part, Plan } from '../connector.js';
import { changeOf, plainText } from '../shared/plain.js';
import { ask, type Asked } from './ask.js';
import { image, section, weightOf, type Block } from './blocks.js';
import { formBlocks } from './form.js';
import { slackLimits as limits } from './limits.js';
import { cutSlackText, escape, slackText } from './write-text.js';

/** A message of Slack without its place: what one `chat.postMessage` says, or what goes beside an uploaded file. */
export interface SlackMessage {
  /** Shown in notifications, and read by screen readers. */
  text: string;
  blocks: Block[];
  file?: SlackFile;
}
/** A stored file of ours, to be uploaded. */
export interface SlackFile {
  url: string;
  name?: string;
  alt?: string;
}

/** Pieces of a message that stay together, and how they read in a notification. */
interface Group {
  blocks: Block[];
  text: string;
  /** Slack fetches the image of a block, and refuses the whole message when it cannot: so an image never takes others with it. */
  isAlone?: boolean;
  file?: SlackFile;
}

/** Content as messages, in as few as fit: Slack wants no more than one a second in a channel. */
export function plan(contents: readonly Content[]): Plan {
  const messages = new Messages();
  const lost: string[] = [];
  let next = 1;
  for (const [index, content] of contents.entries()) {
    const { groups, change } = rendered(content, next, index);
    next += optionsOf(content).length;
    groups.forEach((group) => messages.add(group));
    if (change) lost.push(change);
  }
  return { parts: messages.parts(), lost };
}

interface Rendered {
  groups: Group[];
  change?: string | null;
}

function rendered(content: Content, first: number, index: number): Rendered {
  switch (content.type) {
    case 'text':
      return { groups: texts(content.text) };
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return media(content);
    case 'choices':
      return { groups: asked(ask(content, content.text, [content], first)) };
    case 'list':
      return { groups: asked(ask(content, content.text, content.sections, first, content.button)) };
    case 'card':
      return { groups: card(content, first) };
    case 'carousel':
      return { groups: cards(content.cards, first), change: 'carousel → cards' };
    case 'form': {
      const blocks = formBlocks(content, index);
      if (blocks && weightOf(blocks) <= limits.messageText.value && blocks.length <= limits.blocks.value)
        return { groups: [{ blocks, text: content.title, isAlone: true }] };
      return inWords(content, first);
    }
    case 'location':
    case 'contact':
    case 'template':
    case 'choice_taken':
    case 'form_taken':
      return inWords(content, first);
  }
}

function inWords(content: Content, first: number): Rendered {
  const text = plainText(content, first);
  return { groups: texts(text), change: changeOf(content, text) };
}

const texts = (markdown: string): Group[] =>
  cutSlackText(slackText(markdown), limits.sectionText.value).map((text) => ({
    blocks: [section(text)],
    text,
  }));

/** The end of the question and its first control stay together. */
function asked({ text, controls }: Asked): Group[] {
  const groups = texts(text);
  const [firstControl, ...others] = controls;
  if (firstControl) groups.at(-1)?.blocks.push(firstControl);
  return [...groups, ...others.map((control) => ({ blocks: [control], text: '…' }))];
}

type Media = Extract<Content, { type: 'image' | 'audio' | 'video' | 'file' }>;

function media(content: Media): Rendered {
  const { type, url, caption, file_name } = content;
  const alt = type === 'image' ? (content.alt ?? caption ?? file_name ?? 'Image') : undefined;
  if (isStored(url)) {
    const name = file_name ?? caption;
    return {
      groups: file(url, caption, { ...(file_name && { name: file_name }), ...(alt && { alt }) }, name),
    };
  }
  if (type === 'image') return { groups: [imageGroup(url, alt ?? 'Image'), ...texts(caption ?? '')] };
  const words = [
    caption,
    `[${(file_name ?? type).replace(/[[\]\\]/g, ' ').trim() || type}](${markdownUrl(url)})`,
  ];
  return { groups: texts(words.filter(Boolean).join('\n')), change: `${type} → link` };
}

function file(
  url: string,
  caption: string | undefined,
  more: Omit<SlackFile, 'url'>,
  name?: string,
): Group[] {
  const words = caption ? slackText(caption) : escape(name ?? 'File');
  const [text = '', ...rest] = cutSlackText(words, limits.sectionText.value);
  return [
    { blocks: [section(text)], text, isAlone: true, file: { url, ...more } },
    ...rest.map((text) => ({ blocks: [section(text)], text })),
  ];
}

const imageGroup = (url: string, alt: string): Group => ({
  blocks: [image(url, alt)],
  text: escape(alt),
  isAlone: true,
});
const isStored = (url: string): boolean => url.startsWith('media:');
const markdownUrl = (url: string): string =>
  url.replace(/[()\s\\<>]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);

function card(content: Extract<Content, { type: 'card' }>, first: number): Group[] {
  const { image_url, ...words } = content;
  const text = [`**${words.title}**`, words.text].filter(Boolean).join('\n');
  const question = asked(ask(words, text, [words], first));
  if (image_url === undefined) return question;
  const picture = isStored(image_url)
    ? file(image_url, undefined, { alt: words.title }, words.title)
    : [imageGroup(image_url, words.title)];
  return [...picture, ...question];
}

function cards(all: readonly Card[], first: number): Group[] {
  let next = first;
  return all.flatMap((one) => {
    const groups = card({ type: 'card', ...one }, next);
    next += one.options.length;
    return groups;
  });
}

/** Gathers groups into messages. */
class Messages {
  readonly #done: Group[] = [];
  #open: Group | null = null;

  add(group: Group): void {
    const open = this.#open;
    if (!open || group.isAlone || !fitsBoth(open, group)) {
      this.#close();
      this.#open = { ...group, blocks: [...group.blocks] };
      if (group.isAlone) this.#close();
      return;
    }
    open.blocks.push(...group.blocks);
    open.text = `${open.text}\n${group.text}`;
  }

  parts(): Part[] {
    this.#close();
    return this.#done.map(({ blocks, text, file }) => {
      const [fallback = '…'] = cutSlackText(text, limits.fallbackText.value);
      const message: SlackMessage = { text: fallback, blocks, ...(file && { file }) };
      return { body: message as unknown as JsonObject, rendering: renderingOf(message) };
    });
  }

  #close(): void {
    if (this.#open) this.#done.push(this.#open);
    this.#open = null;
  }
}

function fitsBoth(open: Group, group: Group): boolean {
  const blocks = [...open.blocks, ...group.blocks];
  return blocks.length <= limits.blocks.value && weightOf(blocks) <= limits.messageText.value;
}

/** The names of the blocks, each once: `section+actions`. */
function renderingOf({ blocks, file }: SlackMessage): string {
  const kinds = blocks.map(({ type }) =>
    type === 'section' ? 'text' : type === 'actions' ? 'choices' : type,
  );
  return [...new Set([...(file ? ['file'] : []), ...kinds])].join('+');
}
