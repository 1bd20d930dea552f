import type { Content, Expected } from '#libs/model';
import { refused, understood, type Answered, type AnswerContext, type Said } from './answer.js';
import { readChoice } from './choice.js';
import { readDate } from './date.js';
import { readEmail } from './email.js';
import { readNumber } from './number.js';
import { readPhone } from './phone.js';

type Of<K extends Expected['kind']> = Extract<Expected, { kind: K }>;

/**
 * Understands what a person said as the answer to a question. Pure, never throws, linear in the text.
 *
 * @param optionPrefix  stands before the ids of the options in the message that asked
 */
export function readAnswer(
  said: Said,
  expected: Expected,
  context: AnswerContext,
  optionPrefix: string,
): Answered {
  const pressed = said.content.find((piece) => piece.type === 'choice_taken');
  // A button of an older message says something about that one, even where its label would fit here.
  if (pressed && !pressed.option_id.startsWith(optionPrefix)) return refused('an option of another question');
  switch (expected.kind) {
    case 'text':
      return readText(said.text, expected);
    case 'email':
      return readEmail(said.text);
    case 'phone':
      return readPhone(said.text, expected.country ?? context.country);
    case 'number':
      return readNumber(said.text, expected);
    case 'date':
      return readDate(said.text, expected, context);
    case 'choice':
      return readChoice(said, expected.options, optionPrefix);
    case 'file':
      return readFile(said.content, expected);
    case 'location':
      return readLocation(said, expected);
  }
}

function readText(text: string, { min, max }: Of<'text'>): Answered {
  const trimmed = text.trim();
  const length = Array.from(trimmed).length;
  if (length < min) return refused(length === 0 ? 'no text' : 'too short');
  return length > max ? refused('too long') : understood(trimmed);
}

const files = ['image', 'audio', 'video', 'file'] as const;
type FileLike = Extract<Content, { type: (typeof files)[number] }>;

function readFile(content: readonly Content[], { types, bytes_max: bytesMax }: Of<'file'>): Answered {
  const wanted: readonly string[] = types ?? files;
  const sent = content.filter((piece): piece is FileLike =>
    (files as readonly string[]).includes(piece.type),
  );
  const file = sent.find(({ type }) => wanted.includes(type));
  if (!file) return refused(sent.length > 0 ? 'another kind of file' : 'no file');
  if (bytesMax !== undefined && (file.size_bytes ?? 0) > bytesMax) return refused('too large');
  return understood({
    type: file.type,
    url: file.url,
    ...(file.file_name !== undefined && { file_name: file.file_name }),
    ...(file.mime_type !== undefined && { mime_type: file.mime_type }),
    ...(file.size_bytes !== undefined && { size_bytes: file.size_bytes }),
  });
}

function readLocation({ content, text }: Said, { or_text: orText }: Of<'location'>): Answered {
  const sent = content.find((piece) => piece.type === 'location');
  if (sent) {
    const { latitude, longitude, name, address } = sent;
    return understood({ latitude, longitude, ...(name && { name }), ...(address && { address }) });
  }
  const written = text.trim();
  if (!orText) return refused('no location');
  return written.length >= 3 && written.length <= 500
    ? understood({ address: written })
    : refused('no address');
}
