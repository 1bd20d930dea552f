import { HEADER_LABELS, OPENERS, SEPARATOR_WORDS, WROTE } from './reply-phrases.js';

/** Why lines from here on are not new. */
export type MarkKind = 'attribution' | 'separator' | 'headers';
export interface Mark {
  kind: MarkKind;
  /** First line that belongs to the mark, and the first one after it. */
  start: number;
  end: number;
}

/** An attribution is never longer: "On …, somebody <a@b.example> wrote:" over a few lines. */
const ATTRIBUTION_LINES = 7;
const ATTRIBUTION_CHARS = 400;
/** No longer line is looked at: programs wrap what they write. */
const LINE_CHARS = 500;

const SPACE_OR_STAR = '[\\s*_]*';
const wrote = new RegExp(`(?:^|[\\s>"'”»),，、\\]]|\\d)(?:${WROTE})(?=$|[\\s:：,<"'“«(*]|\\d)`, 'iu');
const wroteAnywhere = /写道|寫道|のメール|님이 작성|작성:|書きました|เขียน/u;
const opens = new RegExp(`^[\\s>*_"'-]*(?:${OPENERS})[\\s,:\\d]`, 'iu');
const opensByCjk = /^[\s>]*(?:在|于|於)\s?\d/u;
const opensByDate =
  /^[\s>*]*(?:\p{L}{2,12}[.,]?,?\s+)?(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}|\d{1,2}[-/. ]{1,2}(?:\d{1,2}|\p{L}{3,12}\.?)[-/., ]{1,2}\s?\d{2,4})/iu;
const namesFirst = new RegExp(`^[\\s"'“«*]*[^<>]{1,80}<[^<>\\s]+@[^<>\\s]+>,?\\s+(?:${WROTE})(?=\\s)`, 'iu');
const endsWithVerb = new RegExp(`\\s(?:${WROTE})$`, 'iu');
const endsLikeOne = /[:：]\s*[*_]*$|(?:写道|寫道|작성)[:：]?\s*$/u;
/** Gmail where it has no words for it. */
const gmail = /^\d{4}-\d\d-\d\d \d{1,2}:\d\d (?:GMT|UTC)[+-]\d\d:\d\d \S.{0,80}$/u;
const hasDate = /\b(?:19|20)\d\d\b|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}[:.]\d{2}|\d年|\d월/u;
const hasAddress = /[\w.+-]+(?:@|\(at\)| at )[\w-]+\.[\w.-]+|\[mailto:|<mailto:|@[\w-]+>/iu;
const ruled = new RegExp(`^[\\s>]*[-_=~*—–]{2,}\\s*(.{0,350}?)\\s*[-_=~*—–]{2,}[\\s>]*$`, 'u');
const separatorWords = new RegExp(`^(?:${SEPARATOR_WORDS})\\s*[:：]?$`, 'iu');
const bareSeparator = new RegExp(
  `^[\\s>]*(?:begin forwarded message|anfang der weitergeleiteten (?:e-?mail|nachricht)|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht|início da mensagem (?:reencaminhada|encaminhada))\\s*[:：]\\s*$`,
  'iu',
);
const labels = Object.entries(HEADER_LABELS).map(
  ([name, words]) =>
    [
      name,
      new RegExp(`^[\\s>|]*${SPACE_OR_STAR}(?:${words})${SPACE_OR_STAR}[:：]${SPACE_OR_STAR}(?=\\S|$)`, 'iu'),
    ] as const,
);

/** Whether an attribution stands behind words of the person, on the same line: where it begins; 0 for not. */
export function attributionWithin(line: string): number {
  if (isQuoted(line)) return 0;
  const found = /[\p{L}\d.!?)](?:\s+|\s*-{2,}\s*)(?=(?:On|Am|Le|El|Op|Il|Em)\s[^.!?]{0,12}\d)/u.exec(
    line.slice(0, LINE_CHARS),
  );
  if (!found) return 0;
  const at = found.index + found[0].length;
  const rest = line.slice(at);
  return endsLikeOne.test(rest) && wrote.test(rest) && hasDate.test(rest) ? at : 0;
}

/** Whether a line is quoted by a sign before it. An mbox's `>From ` is not. */
export function isQuoted(line: string): boolean {
  return /^\s{0,3}(?:[A-Z]{1,3}>(?= |$)|>|&gt;)/.test(line) && !/^>(?:From \S|\s*[:：]\s*$)/.test(line);
}
export const isBlank = (line: string): boolean => line.trim() === '';

/** A line of signs alone, such as programs put above what they quote. */
export function isRule(line: string): boolean {
  return /^\s*(?:--|(?:[-_=~*#+—–]\s?){3,})\s*$/u.test(line.slice(0, LINE_CHARS)) || /^\s*ᐧ\s*$/u.test(line);
}

/**
 * The first place at or after `from` where a mail program says that what follows is not new; null for none.
 *
 * Time is linear in the number of lines: no line is looked at beyond 500 characters, and no attribution beyond seven lines.
 */
export function findMark(lines: readonly string[], from = 0): Mark | null {
  for (let at = from; at < lines.length; at++) {
    const mark = markAt(lines, at);
    if (mark) return mark;
  }
  return null;
}

/** The mark that begins exactly at this line. */
function markAt(lines: readonly string[], at: number): Mark | null {
  const line = lines[at]!.slice(0, LINE_CHARS);
  if (isBlank(line) || isQuoted(line)) return null;
  return separatorAt(line, at) ?? headersAt(lines, at) ?? attributionAt(lines, at);
}

function separatorAt(line: string, at: number): Mark | null {
  const inner = ruled.exec(line)?.[1]?.trim() ?? '';
  const isOne =
    bareSeparator.test(line) ||
    (inner !== '' && (separatorWords.test(inner) || (wrote.test(inner) && inner.length < 200)));
  return isOne ? { kind: 'separator', start: at, end: at + 1 } : null;
}

/** From:, Sent:, To:, Subject: below each other, in any order and language; long values may run over a line. */
function headersAt(lines: readonly string[], first: number): Mark | null {
  // A line of signs above belongs to the block.
  const at = isRule(lines[first]!) ? nextInk(lines, first + 1) : first;
  const found = new Set<string>();
  if (!labelOf(lines[at] ?? '')) return null;
  let end = at;
  let misses = 0;
  for (let here = at; here < Math.min(lines.length, at + 16); here++) {
    const line = lines[here]!;
    const label = labelOf(line);
    if (label) {
      if (found.has(label) && label !== 'cc') break;
      found.add(label);
      end = here + 1;
      misses = 0;
    } else if (!isBlank(line) || found.size < 2) {
      misses++;
      if (misses > 2) break;
    } else if (!labelOf(lines[nextInk(lines, here)] ?? '')) break;
  }
  const isBlock = found.has('from') && found.size >= 3;
  const isShort =
    found.size === 2 &&
    found.has('from') &&
    (found.has('sent') || found.has('subject')) &&
    hasAddress.test(lines[at]!);
  return isBlock || isShort ? { kind: 'headers', start: first, end } : null;
}

function labelOf(line: string): string | null {
  const short = line.slice(0, LINE_CHARS);
  return labels.find(([, label]) => label.test(short))?.[0] ?? null;
}

function nextInk(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && isBlank(lines[at]!)) at++;
  return at;
}

/** "On …, somebody wrote:", over as many lines as it takes. */
function attributionAt(lines: readonly string[], at: number): Mark | null {
  const first = lines[at]!.slice(0, LINE_CHARS);
  const mayRunOn =
    opens.test(first) || opensByCjk.test(first) || opensByDate.test(first) || isSplitAddress(first);
  let joined = '';
  let blanks = 0;
  const last = Math.min(lines.length, at + (mayRunOn ? ATTRIBUTION_LINES : 1));
  for (let here = at; here < last; here++) {
    const line = lines[here]!;
    if (isBlank(line)) {
      if (++blanks > 2 || !mayRunOn) return null;
      continue;
    }
    joined = `${joined} ${line.trim()}`.trim();
    if (joined.length > ATTRIBUTION_CHARS) return null;
    if (isAttribution(joined, lines, here + 1)) return { kind: 'attribution', start: at, end: here + 1 };
    // A sentence that has ended is no attribution that goes on.
    if (/[.!?]$/.test(line.trim()) && !/(?:^|\s)[\p{L}\d]{1,5}\.$/u.test(line.trim())) return null;
  }
  return null;
}

/** `Somebody <some@body.example>` whose verb stands on the next line. */
const isSplitAddress = (line: string): boolean =>
  /^[^<>]{1,80}<[^<>\s]*$/.test(line) || namesFirst.test(line);

function isAttribution(text: string, lines: readonly string[], next: number): boolean {
  const isFollowed = isQuoted(lines[nextInk(lines, next)] ?? '');
  const says = wrote.test(text) || wroteAnywhere.test(text);
  const evidence = hasDate.test(text) || hasAddress.test(text);
  const ends = endsLikeOne.test(text);
  if (says && ends && (evidence || isFollowed)) return hasSubstance(text);
  if (says && evidence && isFollowed && text.length < 200) return opens.test(text) || opensByDate.test(text);
  if (gmail.test(text)) return true;
  if (endsWithVerb.test(text) && opens.test(text) && hasDate.test(text) && hasAddress.test(text)) return true;
  // A date, a name and an address, and no verb.
  if (ends && hasDate.test(text) && /<[^<>\s]+@[^<>\s]+>\s*[:：]$/u.test(text)) return true;
  return (
    opensByDate.test(text) &&
    (ends ? hasAddress.test(text) || isFollowed : hasAddress.test(text) && isFollowed)
  );
}

/** More than the verb: whose words they are, or when. */
const hasSubstance = (text: string): boolean => text.replace(/[\s:：]/gu, '').length > 6;
