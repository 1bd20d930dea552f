import { plainTextOf, type Handover, type Json, type JsonObject, type Message } from '#libs/model';
import type { HandoverFacts } from '#libs/store';

/** Characters of what was said last that a summary repeats. */
const QUOTED = 200;

/**
 * Puts together what whoever takes a conversation over wants to know. Pure.
 *
 * @param fieldsOf  what flows have collected, by the state that the bot keeps
 */
export function writeHandover(facts: HandoverFacts, fieldsOf: (state: JsonObject) => JsonObject): Handover {
  const { conversation, requested } = facts;
  const fields = fieldsOf(facts.botState);
  const goals = facts.goals.map(({ goal, data }) => ({
    goal: plain(goal),
    data: (data ?? {}) as Record<string, unknown>,
  }));
  const text = (name: string): string | null => {
    const value = requested?.data[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    conversation_id: conversation.id,
    owner: conversation.owner,
    requested_at: requested?.at.toISOString() ?? null,
    reason: text('reason'),
    department: text('department'),
    summary: summaryOf(facts, text('reason'), fields),
    contact: { ...conversation.contact, attributes: facts.attributes },
    fields,
    goals,
    transcript: facts.messages,
    turns: facts.turns.map(({ turnId, outcome, trace }) => ({ id: turnId, outcome, trace })),
  };
}

function summaryOf(
  { conversation, messages, goals }: HandoverFacts,
  reason: string | null,
  fields: JsonObject,
): string {
  const name = conversation.contact.name ?? 'Somebody without a name';
  const said = messages.filter(({ direction }) => direction === 'in');
  const last = said.at(-1);
  const collected = Object.entries(fields).filter(([, value]) => typeof value !== 'object');
  return [
    `${name} has written ${said.length === 1 ? 'one message' : `${said.length} messages`}.`,
    reason !== null && `Handed over: ${reason}.`,
    last && `Last: “${quoted(last)}”.`,
    collected.length > 0 &&
      `Collected: ${collected.map(([field, value]) => `${field} ${plain(value)}`).join(', ')}.`,
    goals.length > 0 && `Reached: ${goals.map(({ goal }) => plain(goal)).join(', ')}.`,
  ]
    .filter((sentence) => typeof sentence === 'string')
    .join(' ');
}

const plain = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);

function quoted({ parts }: Message): string {
  const text = parts.map(plainTextOf).join(' ').replace(/\s+/gu, ' ').trim();
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}
