import { optionsOf, type Card, type Content, type Option } from '#libs/model';
import { escapeHtml, markdownToHtml, markdownToText } from './print-html.js';
import { escaped } from '../shared/numbered-choices.js';
import { plainText } from '../shared/plain.js';

/** What a mail needs to know to be written. */
export interface Writing {
  /** The address that opens a mail with this answer in it; null when answers have nowhere to go. */
  answerLink: (option: Option) => string | null;
  /** Where a file of the message can be had: inside this mail (`cid:…`) or at an address; null for nowhere. */
  fileLink: (url: string) => string | null;
}

export interface Composed {
  text: string;
  html: string;
}

/**
 * A whole message as a mail, in plain text and in HTML with the same words. Options are links and carry their number, which
 * runs on over the message: whoever cannot press one writes its number or its label. Pure.
 */
export function compose(contents: readonly Content[], writing: Writing): Composed {
  const texts: string[] = [];
  const htmls: string[] = [];
  let next = 1;
  for (const content of contents) {
    texts.push(textOf(content, next, writing));
    htmls.push(htmlOf(content, next, writing));
    next += optionsOf(content).length;
  }
  const body = htmls.filter((html) => html !== '').join('\n');
  return {
    text: `${texts.filter((text) => text !== '').join('\n\n')}\n`,
    html: `<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body style="font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:1.45;color:#222">\n${body}\n</body></html>\n`,
  };
}

function textOf(content: Content, firstNumber: number, { fileLink }: Writing): string {
  switch (content.type) {
    case 'image':
    case 'audio':
    case 'video':
    case 'file': {
      const link = fileLink(content.url);
      const name = content.file_name ?? (content.type === 'image' ? content.alt : undefined);
      const caption = content.caption === undefined ? '' : markdownToText(content.caption);
      return [caption, link === null || link.startsWith('cid:') ? `[${name ?? content.type}]` : link]
        .filter(Boolean)
        .join('\n');
    }
    default:
      return markdownToText(plainText(withoutPictures(content), firstNumber, escaped));
  }
}

/** Pictures of cards stand in the HTML; an address of ours would say nothing in text. */
function withoutPictures(content: Content): Content {
  const bare = ({ image_url: _, ...card }: Card): Card => card;
  if (content.type === 'card') return { type: 'card', ...bare(content) };
  return content.type === 'carousel' ? { ...content, cards: content.cards.map(bare) } : content;
}

function htmlOf(content: Content, firstNumber: number, writing: Writing): string {
  switch (content.type) {
    case 'choices':
      return markdownToHtml(content.text) + buttons(content.options, firstNumber, writing);
    case 'list': {
      let next = firstNumber;
      const sections = content.sections.map(({ title, options }) => {
        const html = (title ? `<p><b>${escapeHtml(title)}</b></p>` : '') + buttons(options, next, writing);
        next += options.length;
        return html;
      });
      return markdownToHtml(content.text) + sections.join('\n');
    }
    case 'card':
      return cardHtml(content, firstNumber, writing);
    case 'carousel': {
      let next = firstNumber;
      const cards = content.cards.map((card) => {
        const html = cardHtml(card, next, writing);
        next += card.options.length;
        return html;
      });
      return cards.join('\n');
    }
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return fileHtml(content, writing);
    default:
      return markdownToHtml(plainText(content, firstNumber, escaped));
  }
}

function cardHtml({ title, text, image_url, options }: Card, firstNumber: number, writing: Writing): string {
  const picture = image_url === undefined ? null : writing.fileLink(image_url);
  const inner = [
    picture === null ? '' : `<img src="${escapeHtml(picture)}" alt="" style="max-width:100%">`,
    `<p><b>${escapeHtml(title)}</b></p>`,
    text === undefined ? '' : markdownToHtml(text),
    buttons(options, firstNumber, writing),
  ].join('');
  return `<div style="border:1px solid #ddd;border-radius:8px;padding:4px 12px;margin:8px 0;max-width:420px">${inner}</div>`;
}

function fileHtml(
  content: Extract<Content, { type: 'image' | 'audio' | 'video' | 'file' }>,
  { fileLink }: Writing,
): string {
  const link = fileLink(content.url);
  const caption = content.caption === undefined ? '' : markdownToHtml(content.caption);
  const name = escapeHtml(content.file_name ?? content.type);
  if (link === null) return caption;
  if (content.type === 'image') {
    const alt = escapeHtml(content.alt ?? content.file_name ?? '');
    return `<p><img src="${escapeHtml(link)}" alt="${alt}" style="max-width:100%"></p>${caption}`;
  }
  return link.startsWith('cid:') ? caption : `<p><a href="${escapeHtml(link)}">${name}</a></p>${caption}`;
}

const BUTTON =
  'display:inline-block;padding:6px 14px;margin:3px 0;border:1px solid #1a5fb4;border-radius:6px;color:#1a5fb4;text-decoration:none';

function buttons(options: readonly Option[], firstNumber: number, { answerLink }: Writing): string {
  if (options.length === 0) return '';
  const items = options.map((option, at) => {
    const link = option.url ?? answerLink(option);
    const label = `${firstNumber + at}. ${escapeHtml(option.label)}`;
    const button = link === null ? label : `<a href="${escapeHtml(link)}" style="${BUTTON}">${label}</a>`;
    return `<div>${button}${option.description ? ` <span style="color:#666">${escapeHtml(option.description)}</span>` : ''}</div>`;
  });
  return `<div style="margin:8px 0">${items.join('')}</div>`;
}
