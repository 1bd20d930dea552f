import { optionsOf, type Content, type JsonObject } from '#libs/model';
import type { Part, Plan } from '../connector.js';
import { cutText } from '../shared/cut-text.js';
import { isAsking } from '../shared/numbered-choices.js';
import { changeOf, plainText } from '../shared/plain.js';
import type { WebhookSettings } from './manifest.js';

/**
 * Whole messages where they fit, in one post. Texts over `text_max` are cut over several posts; with numbered
 * choices, and for choices whose own words are over `text_max`, a text takes the place of what is asked.
 */
export function plan(contents: readonly Content[], settings: WebhookSettings): Plan {
  const posts = new Posts();
  const lost: string[] = [];
  let nextNumber = 1;
  for (const content of contents) {
    const fit = fitted(content, nextNumber, settings);
    nextNumber += optionsOf(content).length;
    posts.add(fit.pieces);
    if (fit.change) lost.push(fit.change);
  }
  return { parts: posts.parts(), lost };
}

interface Fitted {
  /** Each fits one post. */
  pieces: Content[];
  change: string | null;
}

function fitted(content: Content, firstNumber: number, settings: WebhookSettings): Fitted {
  const { text_max: max, choices } = settings;
  if (content.type === 'text') return { pieces: texts(content.text, max), change: null };
  const isPlain =
    choices === 'numbered' && (isAsking(content) || content.type === 'form' || content.type === 'template');
  if (!isPlain && longestText(content) <= max) return { pieces: [content], change: null };
  if (!isPlain && (content.type === 'choices' || content.type === 'list')) {
    const question = cutText(content.text, max);
    const asked = { ...content, text: question.at(-1)! };
    if (longestText(asked) <= max)
      return { pieces: [...question.slice(0, -1).map(textContent), asked], change: null };
  }
  const text = plainText(content, firstNumber);
  return { pieces: texts(text, max), change: changeOf(content, text) };
}

const textContent = (text: string): Content => ({ type: 'text', text });
const texts = (text: string, max: number): Content[] => cutText(text, max).map(textContent);

/** Length of the longest text that a person would read in a piece of content. */
function longestText(content: Content): number {
  const lengths = [content].flatMap(readable).map((text) => text?.length ?? 0);
  return Math.max(0, ...lengths);
}

function readable(content: Content): (string | undefined)[] {
  const ofOptions = optionsOf(content).flatMap(({ label, description }) => [label, description]);
  switch (content.type) {
    case 'text':
      return [content.text];
    case 'choices':
    case 'card':
      return [content.text, ...ofOptions];
    case 'carousel':
      return [...content.cards.flatMap(({ title, text }) => [title, text]), ...ofOptions];
    case 'list':
      return [content.text, content.button, ...content.sections.map(({ title }) => title), ...ofOptions];
    case 'form':
      return [content.title, content.text, content.submit, ...content.fields.map(({ label }) => label)];
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return [content.caption];
    case 'location':
      return [content.name, content.address];
    case 'contact':
      return [content.name, content.organization];
    case 'template':
      return [content.fallback_text];
    case 'choice_taken':
      return [content.label];
    case 'form_taken':
      return Object.values(content.fields);
  }
}

/** Gathers pieces into posts: what was cut never shares a post with its other half. */
class Posts {
  private readonly done: Content[][] = [];
  private open: Content[] = [];

  add(pieces: readonly Content[]): void {
    if (pieces.length > 1) this.close();
    pieces.forEach((piece, index) => {
      this.open.push(piece);
      if (index < pieces.length - 1) this.close();
    });
  }

  parts(): Part[] {
    this.close();
    return this.done.map((content) => ({
      body: { content } as unknown as JsonObject,
      rendering: [...new Set(content.map(({ type }) => type))].join('+'),
    }));
  }

  private close(): void {
    if (this.open.length > 0) this.done.push(this.open);
    this.open = [];
  }
}
