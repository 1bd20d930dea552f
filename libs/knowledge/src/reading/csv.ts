// oxlint-disable-next-line typescript/triple-slash-reference -- a declaration of a package cannot be imported, and not every tsconfig lists it
/// <reference path="../untyped.d.ts" />
import papaparse from 'papaparse';
import { fault } from '#libs/faults';
import { type DocumentRow, readingLimits, type ReadDocument } from './document.js';

/** Names of columns, folded. More than one column of questions are phrasings of the same one. */
const QUESTION =
  /^(?:question|questions|frage|pregunta|domanda|pergunta|vraag|phrasing|utterance|q)(?:[ _-]?\d+)?$/;
const ANSWER = /^(?:answer|antwort|reponse|respuesta|risposta|resposta|antwoord|text|a)$/;
const TITLE = /^(?:title|titel|titre|titulo|titolo|name)$/;
const ADDRESS = /^(?:url|link|source|address)$/;

/**
 * A table of questions and answers, or of anything else: then each row is known as “column: value”.
 *
 * Questions stand in columns `question`, `question_2`, …, or in one cell with ` | ` between them. Without a line of
 * names, two columns are questions and answers.
 *
 * @throws Fault `input/unreadable`, `input/too-large`
 */
export function readCsv(text: string): ReadDocument {
  const { data } = papaparse.parse(text.replace(/^\uFEFF/, ''), {
    skipEmptyLines: 'greedy',
    preview: readingLimits.rowsMax + 2,
    delimitersToGuess: [',', ';', '\t', '|'],
  });
  const [first, ...rest] = data;
  if (!first || first.length < 2)
    throw fault('input/unreadable', {
      detail: 'The table needs two columns at least, and a line of names above them.',
    });
  const names = first.map((name) => name.trim());
  const folded = names.map((name) => name.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, ''));
  const at = (pattern: RegExp): number[] =>
    folded.flatMap((name, column) => (pattern.test(name) ? [column] : []));
  const [questions, [answer]] = [at(QUESTION), at(ANSWER)];
  const hasNames = questions.length > 0 && answer !== undefined;
  const isPlain = !hasNames && first.length === 2 && /\?\s*$/.test(first[0] ?? '');
  const body = isPlain ? data : rest;
  if (body.length > readingLimits.rowsMax)
    throw fault('input/too-large', { detail: `The table has more than ${readingLimits.rowsMax} rows.` });
  const rows = body.flatMap((cells): DocumentRow[] => {
    if (isPlain) return answerRow([cells[0] ?? ''], cells[1] ?? '', {});
    const [title] = at(TITLE);
    const [url] = at(ADDRESS);
    const more = { title: cellOf(cells, title), url: addressOf(cellOf(cells, url)) };
    if (hasNames)
      return answerRow(
        questions.map((column) => cells[column] ?? ''),
        cells[answer] ?? '',
        more,
      );
    const lines = names.flatMap((name, column) =>
      cells[column]?.trim() && column !== url ? [`${name}: ${cells[column].trim()}`] : [],
    );
    return lines.length === 0
      ? []
      : [{ questions: [], text: lines.join('\n'), ...more, title: more.title ?? cells[0]?.trim() }];
  });
  if (rows.length === 0)
    throw fault('input/unreadable', { detail: 'The table holds no row with an answer.' });
  return { kind: 'rows', title: null, rows };
}

function answerRow(
  cells: readonly string[],
  answer: string,
  more: Pick<DocumentRow, 'title' | 'url'>,
): DocumentRow[] {
  const questions = cells
    .flatMap((cell) => cell.split(/\s\|\s|\n/))
    .map((question) => question.trim())
    .filter(Boolean);
  return questions.length === 0 || answer.trim() === '' ? [] : [{ questions, text: answer.trim(), ...more }];
}

function cellOf(cells: readonly string[], column: number | undefined): string | undefined {
  return column === undefined ? undefined : cells[column]?.trim() || undefined;
}

function addressOf(text: string | undefined): string | undefined {
  return text !== undefined && /^https?:\/\//.test(text) && URL.canParse(text) ? text : undefined;
}
