import type { BotKnowledge, Content, KnowledgePassage, Turn } from '#libs/model';
import type { TurnContext } from '../context.js';
import type { Heard } from '../hearing.js';
import { answer, pass, type Decision, type Responder } from '../responder.js';

const prefix = 'knowledge/';
const noneId = `${prefix}none`;
const looked = 5;
const suggestionsMax = 3;
/** Messages of a burst that are looked up. */
const asked = 3;
/** Two passages as near to each other as that are equally likely, unless the first is as good as certain. */
const tie = 0.02;
const certain = 0.85;

/** What a bot does with what a search found: says the best, asks which was meant, or leaves it to others. */
export type KnowledgeVerdict = 'answer' | 'suggest' | 'pass';

/**
 * Decides by the two thresholds of a bot. Two passages that are equally near and not certain are asked about.
 *
 * @param passages  best first
 */
export function knowledgeVerdict(
  passages: readonly Pick<KnowledgePassage, 'score'>[],
  { answers_from: answers, suggests_from: suggests }: Pick<BotKnowledge, 'answers_from' | 'suggests_from'>,
): KnowledgeVerdict {
  const [best, second] = passages;
  if (!best || best.score < suggests) return 'pass';
  if (best.score < answers) return 'suggest';
  const isTied = second !== undefined && best.score < certain && best.score - second.score < tie;
  return isTied ? 'suggest' : 'answer';
}

/**
 * Answers from what the bot knows, with the place where it stands; asks which of the nearest was meant; else passes.
 * A bot with an agent leaves doubtful questions to it: it can look itself.
 */
export const knowledge: Responder = {
  name: 'knowledge',
  respond: async (turn, draft) => {
    const settings = turn.bot.definition.knowledge;
    if (!settings) return pass('The bot has no knowledge');
    if (!turn.knowledge) return pass('There is nowhere to look');
    const { choice } = draft;
    if (choice?.optionId === noneId) return pass('None of the suggestions was meant');
    if (choice?.optionId.startsWith(prefix)) {
      const chosen = await passageOf(turn, choice.optionId.slice(prefix.length), choice.label);
      return chosen
        ? said(chosen, settings, 'Chosen as what was meant')
        : pass('What was chosen is not known any more');
    }
    const { message, passages } = await bestOf(turn, draft);
    if (!message) return pass('Nobody has asked anything');
    const detail = { passage: passages[0]?.passageId ?? null, score: passages[0]?.score ?? 0 };
    switch (knowledgeVerdict(passages, settings)) {
      case 'answer':
        return said(passages[0]!, settings, 'A passage answers it');
      case 'suggest':
        if (turn.bot.definition.agent) return pass('In doubt, left to the agent', detail);
        return suggested(passages, settings);
      case 'pass':
        return pass('No passage is near enough', detail);
    }
  },
};

async function bestOf(
  turn: Turn,
  draft: TurnContext,
): Promise<{ message: Heard | undefined; passages: readonly KnowledgePassage[] }> {
  let best: { message: Heard | undefined; passages: readonly KnowledgePassage[] } = {
    message: undefined,
    passages: [],
  };
  for (const message of draft.heard.filter(({ text }) => text.trim() !== '').slice(0, asked)) {
    const passages = await turn.knowledge!.search(message.text, { limit: looked });
    const isBetter = (passages[0]?.score ?? 0) > (best.passages[0]?.score ?? 0);
    if (best.message === undefined || isBetter) best = { message, passages };
  }
  return best;
}

/** What was offered is found again by the words it was offered with: nothing of it is kept in the conversation. */
async function passageOf(
  turn: Turn,
  passageId: string,
  label: string,
): Promise<KnowledgePassage | undefined> {
  const found = await turn.knowledge!.search(label, { limit: 20 });
  return found.find((passage) => passage.passageId === passageId);
}

function said(passage: KnowledgePassage, settings: BotKnowledge, why: string): Decision {
  const words = passage.answer ?? passage.text;
  const text = settings.cites ? `${words}\n\n${citation(passage, settings)}` : words;
  const detail = { passage: passage.passageId, score: passage.score, source: passage.title.slice(0, 200) };
  return answer(why, [[{ type: 'text', text }]], detail);
}

/** `Source: [title](address)`, or the title alone where nobody can read it. */
function citation({ title, url }: KnowledgePassage, { source_word: word }: BotKnowledge): string {
  const name = title.replaceAll(/([[\]\\*_`~<>])/g, String.raw`\$1`);
  if (url === null) return `${word}: ${name}`;
  const address = url.replaceAll(
    /[()\s<>]/g,
    (sign) => `%${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return `${word}: [${name}](${address})`;
}

function suggested(passages: readonly KnowledgePassage[], settings: BotKnowledge): Decision {
  const near = passages.filter(({ score }) => score >= settings.suggests_from);
  const seen = new Set<string>();
  const options = near.flatMap((passage) => {
    const label = (passage.heading || passage.title).slice(0, 200);
    if (seen.has(label) || seen.size >= suggestionsMax) return [];
    seen.add(label);
    return [{ id: `${prefix}${passage.passageId}`, label }];
  });
  const question: Content = {
    type: 'choices',
    text: settings.suggestion,
    style: 'quick_replies',
    options: [...options, { id: noneId, label: settings.none_of_these }],
  };
  const detail = Object.fromEntries(
    near.slice(0, suggestionsMax).map(({ passageId, score }) => [passageId, score]),
  );
  return answer('Asked which passage was meant', [[question]], detail);
}
