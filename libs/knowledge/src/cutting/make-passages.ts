import { createHash } from 'node:crypto';
import { wordsOf } from '#libs/bot';
import { idOf, type KnowledgeSourceId, parseMarkdown, plainText } from '#libs/model';
import type { NewPassage } from '#libs/store';
import type { DocumentRow, ReadDocument } from '../reading/document.js';
import { cutMarkdown } from './cut-markdown.js';

/** What all passages of a source share. */
export interface PassageFrame {
  readonly sourceId: KnowledgeSourceId;
  readonly title: string;
  readonly url: string | null;
  readonly language: string | null;
}

type Words = Pick<NewPassage, 'key' | 'title' | 'label' | 'heading' | 'body' | 'isAnswer' | 'url'>;

/** Passages that the cutter makes differently from now on have other ids. */
export const CUTTER = 1;

/** Passages of one source. */
const PASSAGES_MAX = 20_000;

/**
 * The passages of a document. Each has an id that its source and content make, so that what has not changed stays.
 *
 * A heading that is a question, with a text that fits in one piece, is a question with its answer.
 */
export function makePassages(document: ReadDocument, frame: PassageFrame): NewPassage[] {
  if (document.kind === 'rows')
    return rowPassages(
      document.rows.map((row) => ({ ...row, key: null })),
      frame,
    );
  const pieces = cutMarkdown(document.markdown);
  const alone = new Map<string, number>();
  for (const { headings } of pieces)
    alone.set(headings.join('\n'), (alone.get(headings.join('\n')) ?? 0) + 1);
  const passages = pieces.map(({ headings, text }): Words => {
    const below = headings[0] === frame.title ? headings.slice(1) : headings;
    const last = below.at(-1);
    const isAnswer = last !== undefined && /[?？؟]\s*$/.test(last) && alone.get(headings.join('\n')) === 1;
    return {
      key: null,
      title: frame.title,
      label: isAnswer ? last : [frame.title, ...below].join('\n'),
      heading: isAnswer ? last : [frame.title, ...below].join(' › '),
      body: text,
      isAnswer,
      url: withAnchor(frame.url, last),
    };
  });
  return finished(passages, frame);
}

/** The passages of rows, by their keys; a row that is too long to be one is several. */
export function rowPassages(
  rows: readonly (DocumentRow & { key: string | null })[],
  frame: PassageFrame,
): NewPassage[] {
  const passages = rows.flatMap(
    ({ key, questions, text, title = frame.title, url = frame.url ?? undefined }): Words[] => {
      const shared = { key, title, url: url ?? null };
      if (questions.length > 0) {
        return [
          { ...shared, label: questions.join('\n'), heading: questions[0]!, body: text, isAnswer: true },
        ];
      }
      return cutMarkdown(text).map(({ headings, text: body }) => {
        const path = [title, ...headings];
        return { ...shared, label: path.join('\n'), heading: path.join(' › '), body, isAnswer: false };
      });
    },
  );
  return finished(passages, frame);
}

function finished(passages: readonly Words[], { sourceId, language }: PassageFrame): NewPassage[] {
  const seen = new Map<string, number>();
  return passages.slice(0, PASSAGES_MAX).map((words) => {
    const content = JSON.stringify([CUTTER, sourceId, language, ...Object.values(words)]);
    const nth = seen.get(content) ?? 0;
    seen.set(content, nth + 1);
    return {
      ...words,
      passageId: idOf('passage', uuidOf8(`${content}${nth}`)),
      language,
      plainLabel: wordsOf(words.label).join(' '),
      plainBody: wordsOf(plainText(parseMarkdown(words.body))).join(' '),
    };
  });
}

/** A version 8 UUID of a content: 122 bits of its SHA-256. @see RFC 9562 §5.8 (read 2026-11-21) */
function uuidOf8(content: string): string {
  const bytes = createHash('sha256').update(content).digest().subarray(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Browsers scroll to the words of a text fragment, whether the page has anchors or not. */
function withAnchor(url: string | null, heading: string | undefined): string | null {
  if (url === null || heading === undefined || url.includes('#')) return url;
  return `${url}#:~:text=${encodeURIComponent(heading).replaceAll('-', '%2D')}`;
}
