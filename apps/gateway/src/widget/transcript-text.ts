import { contentLimits, type Message, plainTextOf } from '#libs/model';

/** How a transcript is written. */
export interface TranscriptStyle {
  /** Heading of the chat. */
  title: string;
  /** Name of the bot; null for none. */
  assistant: string | null;
  /** BCP 47; what nobody knows counts as English. */
  locale: string;
  /** IANA name; what nobody knows counts as UTC. */
  timeZone: string;
}

const WORDS: Readonly<Record<string, { you: string; team: string; assistant: string }>> = {
  en: { you: 'You', team: 'Team', assistant: 'Assistant' },
  de: { you: 'Sie', team: 'Team', assistant: 'Assistent' },
  es: { you: 'Usted', team: 'Equipo', assistant: 'Asistente' },
  fr: { you: 'Vous', team: 'Équipe', assistant: 'Assistant' },
  ar: { you: 'أنت', team: 'الفريق', assistant: 'المساعد' },
};

/**
 * What was said in a conversation, in Markdown, as its visitor may read it. Pure.
 *
 * @param messages  oldest first; those that were deleted are left out
 * @returns at most as long as one text may be: of a longer conversation the end
 */
export function transcriptText(messages: readonly Message[], style: TranscriptStyle): string {
  const words = WORDS[style.locale.split('-')[0]?.toLowerCase() ?? ''] ?? WORDS['en']!;
  const time = clockOf(style);
  const said = messages
    .filter((message) => message.deleted_at === null)
    .map((message) => {
      const { direction, author, sent_at, recorded_at } = message;
      const who =
        direction === 'in'
          ? words.you
          : author === 'operator'
            ? words.team
            : (style.assistant ?? words.assistant);
      return `**${who}** · ${time(new Date(sent_at ?? recorded_at))}\n\n${quoted(wordsOf(message))}`;
    });
  const heading = `# ${style.title}\n\n`;
  const room = contentLimits.textMax - heading.length;
  return heading + fitting(said, room).join('\n\n');
}

/** As many from the end as there is room for. */
function fitting(pieces: readonly string[], room: number): readonly string[] {
  let left = room;
  let first = pieces.length;
  while (first > 0 && left >= pieces[first - 1]!.length + 2) left -= pieces[--first]!.length + 2;
  return pieces.slice(first);
}

function wordsOf({ parts }: Message): string {
  const lines = parts.map((part) => plainTextOf(part) || ('file_name' in part ? (part.file_name ?? '') : ''));
  return lines.filter((line) => line !== '').join('\n');
}

const quoted = (text: string): string => (text === '' ? '> …' : text.replaceAll(/^/gm, '> '));

function clockOf({ locale, timeZone }: TranscriptStyle): (at: Date) => string {
  const shape = { dateStyle: 'medium', timeStyle: 'short' } as const;
  const make = (language: string, zone: string): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(language, { ...shape, timeZone: zone });
  let format: Intl.DateTimeFormat;
  try {
    format = make(locale, timeZone);
  } catch {
    // A browser may name what this machine does not know.
    format = make('en', 'UTC');
  }
  return (at) => format.format(at);
}
