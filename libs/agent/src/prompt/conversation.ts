import type { ModelMessage } from 'ai';
import { redact, type TurnContext } from '#libs/bot';
import { plainTextOf, type AgentSettings, type ContactFact, type Turn, type TurnMessage } from '#libs/model';
import type { DataBlocks } from './data-block.js';

/** One text of a customer is cut here, beside what the history may have as a whole. */
const messageMax = 4_000;
const factMax = 300;

/** The conversation as a model is told it: what is known, what was said before, what is said now. */
export async function conversationMessages(
  turn: Turn,
  draft: TurnContext,
  settings: AgentSettings,
  blocks: DataBlocks,
): Promise<ModelMessage[]> {
  const facts = settings.memory && turn.facts ? await turn.facts(settings.memory.facts) : [];
  const { messages: count, characters } = settings.history;
  const region = turn.bot.definition.guardrails?.region;
  const before = count > 0 ? fitting(await turn.history(count), characters) : [];
  return [
    { role: 'user', content: knownBlocks(turn, draft, settings, facts, blocks) },
    ...[...before, ...turn.messages].map((message) => asMessage(message, blocks, region)),
  ];
}

function knownBlocks(
  turn: Turn,
  draft: TurnContext,
  settings: AgentSettings,
  facts: readonly ContactFact[],
  blocks: DataBlocks,
): string {
  const region = turn.bot.definition.guardrails?.region;
  const contact = settings.contact_fields.flatMap((field) => {
    const value = field === 'name' ? turn.contact.name : turn.contact.attributes[field];
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
    return [`${field}: ${redact(String(value).slice(0, factMax), { region }).text}`];
  });
  const situation = [
    `time: ${new Date(draft.now).toISOString().slice(0, 16)} UTC`,
    `channel: ${(turn.channel?.label ?? '').slice(0, 100)}`,
    `first message: ${turn.conversation.hasReplies ? 'no' : 'yes'}`,
  ];
  const known = facts.map(({ text, notedAt }) => `- ${text.slice(0, factMax)} (${notedAt.slice(0, 10)})`);
  return [
    blocks.block('situation', situation.join('\n')),
    ...(contact.length > 0 ? [blocks.block('contact', contact.join('\n'))] : []),
    ...(known.length > 0 ? [blocks.block('memory', known.join('\n'))] : []),
  ].join('\n\n');
}

/** The newest that fit together, in their order. */
function fitting(history: readonly TurnMessage[], characters: number): TurnMessage[] {
  let left = characters;
  const kept: TurnMessage[] = [];
  for (const message of history.toReversed()) {
    left -= Math.min(textOf(message).length, messageMax);
    if (left < 0) break;
    kept.unshift(message);
  }
  return kept;
}

function asMessage(message: TurnMessage, blocks: DataBlocks, region: string | undefined): ModelMessage {
  // The responder before has hidden what people write; here is the last door, for whatever kind of piece is to come.
  const text = redact(textOf(message), { region }).text.slice(0, messageMax);
  return message.direction === 'in'
    ? { role: 'user', content: blocks.block('customer', text === '' ? '(something without words)' : text) }
    : { role: 'assistant', content: text === '' ? '(something without words)' : text };
}

function textOf({ content }: TurnMessage): string {
  return content
    .map((piece) => plainTextOf(piece))
    .filter((text) => text !== '')
    .join('\n');
}
