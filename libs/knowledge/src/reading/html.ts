// oxlint-disable-next-line typescript/triple-slash-reference -- a declaration of a package cannot be imported, and not every tsconfig lists it
/// <reference path="../untyped.d.ts" />
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import TurndownService from 'turndown';
import { fault } from '#libs/faults';
import type { ReadDocument } from './document.js';

/** What says nothing on a page, wherever it stands. */
const NOISE =
  'script,style,noscript,template,svg,canvas,iframe,object,embed,form,nav,footer,aside,[hidden],[aria-hidden=true]';

/** Pages with more elements than that are made to be slow to read. */
const ELEMENTS_MAX = 100_000;

/** Deeper than browsers nest elements; every parser walks down to each of them. @see Chromium: 512 (read 2026-11-21) */
const DEPTH_MAX = 1_000;

/** A document as Readability takes it; linkedom has one of its own. */
type Page = ConstructorParameters<typeof Readability>[0];

/** As much of an element as is looked at for its depth. */
interface Nested {
  readonly children: ArrayLike<Nested>;
}

/** Below so many characters an article is not one: the whole page is taken then. */
const ARTICLE_MIN = 200;

/**
 * What a page says, as Markdown: its article where it has one, else all of it but navigation.
 *
 * @param url  links and anchors are made whole by it
 * @throws Fault `input/unreadable` when nothing is left; `input/too-large`
 */
export function readHtml(html: string, url: string | null): ReadDocument {
  const { document } = parseHTML(/<html[\s>]/i.test(html) ? html : `<html><body>${html}</body></html>`);
  if (document.querySelectorAll('*').length > ELEMENTS_MAX)
    throw fault('input/too-large', { detail: `The page has more than ${ELEMENTS_MAX} elements.` });
  if (isDeep(document.documentElement))
    throw fault('input/too-large', { detail: `The page is nested deeper than ${DEPTH_MAX} elements.` });
  for (const element of document.querySelectorAll(NOISE)) element.remove();
  const title = (
    document.querySelector('title')?.textContent ??
    document.querySelector('h1')?.textContent ??
    ''
  ).trim();
  // A page without a head has its title in its body.
  for (const element of document.querySelectorAll('title')) element.remove();
  const whole = toMarkdown(document.body?.innerHTML ?? '', url);
  const article = articleOf(document);
  const part = article === null ? '' : toMarkdown(article, url);
  // A page of questions has no article: what is taken for one would leave most of them out.
  const markdown = part.length >= Math.max(ARTICLE_MIN, whole.length * 0.6) ? part : whole;
  if (!/\p{L}{2}/u.test(markdown))
    throw fault('input/unreadable', { detail: 'The page shows no text without running its scripts.' });
  return { kind: 'prose', title: title || null, markdown };
}

/** Markdown of a piece of HTML; links without an address that people can open become their words. */
export function toMarkdown(html: string, url: string | null): string {
  const { document } = parseHTML(`<html><body>${html}</body></html>`);
  for (const element of document.querySelectorAll(NOISE)) element.remove();
  for (const image of document.querySelectorAll('img,picture,video,audio')) image.remove();
  for (const link of document.querySelectorAll('a')) {
    const href = link.getAttribute('href') ?? '';
    const whole = URL.canParse(href, url ?? undefined) ? new URL(href, url ?? undefined) : null;
    if (whole && /^(?:https?|mailto|tel):$/.test(whole.protocol) && !href.startsWith('#'))
      link.setAttribute('href', whole.href);
    else link.removeAttribute('href');
  }
  for (const row of document.querySelectorAll('tr')) {
    const cells = Array.from(row.querySelectorAll('th,td'), (cell: { textContent: string | null }) =>
      (cell.textContent ?? '').trim().replaceAll(/\s+/g, ' '),
    );
    row.textContent = cells.filter(Boolean).join(' | ');
  }
  return turndown()
    .turndown(document.body)
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Level by level: calls within calls would end where it is deep. */
function isDeep(root: Nested): boolean {
  let level: Nested[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_MAX) return true;
    level = level.flatMap((element) => Array.from(element.children));
  }
  return false;
}

function articleOf(document: Page): string | null {
  try {
    const article = new Readability(document.cloneNode(true) as Page, {
      charThreshold: ARTICLE_MIN,
    }).parse();
    return article?.content ?? null;
  } catch {
    return null; // a page that it cannot read is taken whole
  }
}

function turndown(): TurndownService {
  return new TurndownService({ headingStyle: 'atx', bulletListMarker: '-', codeBlockStyle: 'fenced', hr: '' })
    .addRule('row', { filter: ['tr'], replacement: (content) => `\n${content.trim()}\n` })
    .addRule('question', {
      filter: ['summary', 'dt'],
      replacement: (content) => `\n\n### ${content.trim()}\n\n`,
    });
}
