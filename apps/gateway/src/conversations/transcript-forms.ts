import { writeCsv } from '#libs/archive';
import { type Conversation, type Message, plainTextOf, type TranscriptQuery } from '#libs/model';
import { escapeHtml } from '../pages/html.js';

/** How a transcript is written: a beginning, pieces of messages, an end. */
export interface TranscriptForm {
  type: string;
  begin(conversation: Conversation): string;
  /** @param isFirst  of the whole transcript */
  messages(messages: readonly Message[], isFirst: boolean): string;
  end: string;
}

const COLUMNS = ['seq', 'at', 'direction', 'author', 'status', 'text', 'id'] as const;

const json: TranscriptForm = {
  type: 'application/json; charset=utf-8',
  begin: (conversation) => `{"conversation":${JSON.stringify(conversation)},"messages":[`,
  messages: (messages, isFirst) =>
    messages.map((one, at) => `${isFirst && at === 0 ? '' : ','}\n${JSON.stringify(one)}`).join(''),
  end: '\n]}\n',
};

const csv: TranscriptForm = {
  type: 'text/csv; charset=utf-8',
  begin: () => writeCsv(COLUMNS, []),
  messages: (messages) =>
    writeCsv(
      null,
      messages.map((one) => [
        one.seq,
        timeOf(one),
        one.direction,
        one.author,
        one.status,
        textOf(one),
        one.id,
      ]),
    ),
  end: '',
};

const txt: TranscriptForm = {
  type: 'text/plain; charset=utf-8',
  begin: (conversation) => `${titleOf(conversation)}\n\n`,
  // Lines that a message has of its own stand further in, so that nobody can write a line of somebody else.
  messages: (messages) =>
    messages
      .map(
        (one) =>
          `${timeOf(one)}  ${one.author}: ${textOf(one).replaceAll(/\r\n|[\n\r\u2028\u2029]/g, '\n    ')}\n`,
      )
      .join(''),
  end: '',
};

const html: TranscriptForm = {
  type: 'text/html; charset=utf-8',
  begin: (conversation) =>
    `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${escapeHtml(titleOf(conversation))}</title>\n` +
    `<h1>${escapeHtml(titleOf(conversation))}</h1>\n<dl>\n`,
  messages: (messages) =>
    messages
      .map(
        (one) =>
          `<dt><b>${escapeHtml(one.author)}</b> <time datetime="${timeOf(one)}">${timeOf(one)}</time></dt>\n` +
          `<dd dir="auto">${escapeHtml(textOf(one)).replaceAll('\n', '<br>')}</dd>\n`,
      )
      .join(''),
  end: '</dl>\n</html>\n',
};

/** The forms by their names in the query. */
export const transcriptForms: Readonly<Record<TranscriptQuery['format'], TranscriptForm>> = {
  json,
  csv,
  txt,
  html,
};

function titleOf({ id, contact }: Conversation): string {
  return contact.name ? `${contact.name} (${id})` : id;
}

/** The provider's time where it told one. */
function timeOf({ sent_at: sentAt, recorded_at: recordedAt }: Message): string {
  return sentAt ?? recordedAt;
}

function textOf({ parts, deleted_at: deletedAt }: Message): string {
  return deletedAt === null
    ? parts.map((part) => plainTextOf(part) || `[${part.type}]`).join('\n')
    : '(deleted)';
}
