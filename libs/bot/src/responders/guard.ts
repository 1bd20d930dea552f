import {
  optionsOf,
  plainTextOf,
  type BotDefinition,
  type Content,
  type Guardrails,
  type Turn,
} from '#libs/model';
import type { TurnContext } from '../context.js';
import { wordsOf } from '../fold.js';
import { ownWords } from '../own-words.js';
import { redact } from '../pii.js';
import { answer, pass, type Decision, type Replies, type Responder, type Review } from '../responder.js';
import { scopeOf } from '../scope.js';
import { fillInContents } from '../templates.js';
import { detectLanguage } from '../understanding/language.js';
import { asksForPerson } from '../understanding/person-request.js';
import { sentimentOf } from '../understanding/sentiment.js';
import { linksIn } from './links.js';
import { PhraseFinder } from './phrases.js';

/**
 * Watches what comes in (escalation, topics the bot keeps away from) and what goes out (phrases, length, links,
 * language, private numbers). Without guardrails in its definition a bot is not watched.
 */
export const guard: Responder = {
  name: 'guard',
  respond: async (turn, draft) => guardInput(turn, draft),
  review: async (turn, draft, replies) => guardOutput(turn, draft, replies),
  allowsPreview: ({ guardrails }) => !guardrails?.output,
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

async function outputProblem(
  output: NonNullable<Guardrails['output']>,
  replies: Replies,
  draft: TurnContext,
): Promise<string | null> {
  const texts = replies.flat().flatMap(textsOf);
  const whole = texts.join('\n');
  if (output.characters_max !== undefined && whole.length > output.characters_max) return 'too long';
  if (holdsAny(output.forbidden, whole)) return 'a forbidden phrase';
  const { hosts } = output;
  if (hosts && replies.flat().some((content) => linksIn(content).some((host) => !isBelow(host, hosts)))) {
    return 'a link elsewhere';
  }
  return output.same_language && (await isOtherLanguage(whole, draft)) ? 'another language' : null;
}

/** Only where both languages can be told. */
async function isOtherLanguage(reply: string, draft: TurnContext): Promise<boolean> {
  const asked = await detectLanguage(draft.heard[0]?.text ?? '');
  const answered = asked === null ? null : await detectLanguage(reply);
  return answered !== null && answered !== asked;
}

function isBelow(host: string, hosts: readonly string[]): boolean {
  return hosts.some(
    (allowed) => host === allowed.toLowerCase() || host.endsWith(`.${allowed.toLowerCase()}`),
  );
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

function textsOf(content: Content): string[] {
  return [plainTextOf(content), ...optionsOf(content).map(({ label }) => label)].filter(
    (text) => text !== '',
  );
}

const finders = new WeakMap<readonly string[], PhraseFinder>();

function holdsAny(phrases: readonly string[], text: string): boolean {
  const finder = finders.get(phrases) ?? new PhraseFinder(phrases.map(wordsOf));
  finders.set(phrases, finder);
  return finder.find(wordsOf(text)).size > 0;
}
