import type { Content, Turn, TurnMessage } from '#libs/model';
import { redact, type PiiKind } from '../pii.js';
import { pass, type Responder } from '../responder.js';

/**
 * Stands before whoever sends messages to a model: everyone behind it sees the new messages and the history without
 * private numbers, addresses, keys and tokens. Responders before it (flows that ask for an address) see them whole.
 */
export const redaction: Responder = {
  name: 'redaction',
  respond: async (turn) => {
    const counts: Partial<Record<PiiKind, number>> = {};
    const region = turn.bot.definition.guardrails?.region;
    const messages = turn.messages.map((message) => redacted(message, region, counts));
    const view: Turn = {
      ...turn,
      messages,
      history: async (limit) => (await turn.history(limit)).map((message) => redacted(message, region, {})),
    };
    const found = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const reason =
      found > 0 ? 'Private pieces are hidden from here on' : 'Nothing private in the new messages';
    return { ...pass(reason, counts), view };
  },
};

function redacted(
  message: TurnMessage,
  region: string | undefined,
  counts: Partial<Record<PiiKind, number>>,
): TurnMessage {
  const clean = (text: string): string => {
    const result = redact(text, { region });
    for (const [kind, count] of Object.entries(result.counts)) {
      counts[kind as PiiKind] = (counts[kind as PiiKind] ?? 0) + count;
    }
    return result.text;
  };
  return { ...message, content: message.content.map((content) => cleanContent(content, clean)) };
}

function cleanContent(content: Content, clean: (text: string) => string): Content {
  if (content.type === 'form_taken') {
    return {
      ...content,
      fields: Object.fromEntries(Object.entries(content.fields).map(([id, value]) => [id, clean(value)])),
    };
  }
  if (content.type === 'contact') {
    return {
      ...content,
      phones: content.phones.map(() => '[phone]'),
      emails: content.emails.map(() => '[email]'),
    };
  }
  if ('text' in content && content.text) return { ...content, text: clean(content.text) };
  return 'caption' in content && content.caption ? { ...content, caption: clean(content.caption) } : content;
}
