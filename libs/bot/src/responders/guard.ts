import type { BotDefinition, Content, Guardrails, Turn } from '#libs/model';
import type { TurnContext } from '../context.js';
import { ownWords } from '../own-words.js';
import { redact } from '../pii.js';
import { answer, pass, type Decision, type Replies, type Responder, type Review } from '../responder.js';
import { scopeOf } from '../scope.js';
import { fillInContents } from '../templates.js';
import { asksForPerson } from '../understanding/person-request.js';
import { sentimentOf } from '../understanding/sentiment.js';
import { hasManner } from '../manner/judge-manner.js';
import { holdsAny } from './holds-any.js';
import { outputProblem } from './output-problem.js';

/**
 * Watches what comes in (escalation, topics the bot keeps away from) and what goes out (phrases, length, links,
 * language, private numbers). Without guardrails in its definition a bot is not watched.
 */
export const guard: Responder = {
  name: 'guard',
  respond: async (turn, draft) => guardInput(turn, draft),
  review: async (turn, draft, replies) => guardOutput(turn, draft, replies),
  allowsPreview: ({ guardrails }) => !guardrails?.output && !hasManner(guardrails?.manner),
};

function guardInput(turn: Turn, draft: TurnContext): Decision {
  const { guardrails, languages } = turn.bot.definition;
  if (!guardrails) return pass('The bot has no guardrails');
  const said = draft.heard.map(({ text }) => text);
  const scope = scopeOf(turn, draft.now, draft.heard[0] ?? null);
  const trigger = escalation(guardrails, said);
  if (trigger) {
    const { reply, department } = guardrails.escalate!;
    draft.emit({
      kind: 'hand-over',
      to: 'queue',
      reason: `Escalated: ${trigger}`,
      ...(department !== undefined && { department }),
    });
    const own = fillInContents(reply ?? [], scope);
    const content: Content[] =
      own.length > 0 ? own : [{ type: 'text', text: ownWords(languages).handedOver }];
    return answer(`Escalated: ${trigger}`, [content], { trigger });
  }
  const topic = guardrails.blocked.find(({ words }) => said.some((text) => holdsAny(words, text)));
  if (!topic) return pass('Nothing to watch for');
  const own = fillInContents(topic.reply, scope);
  const content: Content[] = own.length > 0 ? own : [{ type: 'text', text: ownWords(languages).blocked }];
  return answer(`The bot keeps away from topic ${topic.id}`, [content], { topic: topic.id });
}

function escalation({ escalate }: Guardrails, said: readonly string[]): string | null {
  if (!escalate) return null;
  if (escalate.asked_for_person && said.some(asksForPerson)) return 'asked for a person';
  if (escalate.words.length > 0 && said.some((text) => holdsAny(escalate.words, text)))
    return 'a word that escalates';
  return escalate.upset && said.some((text) => sentimentOf(text).isUpset) ? 'upset' : null;
}

async function guardOutput(turn: Turn, draft: TurnContext, replies: Replies): Promise<Review | null> {
  const { guardrails } = turn.bot.definition;
  if (!guardrails?.output) return null;
  const problem = await outputProblem(guardrails.output, replies, draft);
  if (problem) return { decision: 'refused', reason: `A reply was refused: ${problem}`, detail: { problem } };
  const { replies: clean, found } = withoutNumbers(replies, turn.bot.definition);
  return found === 0
    ? { decision: 'kept', reason: 'Nothing to object to' }
    : { decision: 'replaced', reason: 'Private numbers were taken out', replies: clean, detail: { found } };
}

/** Replies without numbers of cards and accounts and without keys, whoever wrote them. */
function withoutNumbers(
  replies: Replies,
  { guardrails }: BotDefinition,
): { replies: Replies; found: number } {
  let found = 0;
  const clean = (text: string): string => {
    const redacted = redact(text, { region: guardrails?.region, kinds: ['card', 'iban', 'token'] });
    const count = Object.values(redacted.counts).reduce((sum, each) => sum + each, 0);
    found += count;
    return count > 0 ? redacted.text : text;
  };
  const cleaned = replies.map((reply) =>
    reply.map((content): Content =>
      'text' in content && content.text ? { ...content, text: clean(content.text) } : content,
    ),
  );
  return { replies: cleaned, found };
}
