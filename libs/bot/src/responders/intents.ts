import type { BotDefinition, Content, Turn } from '#libs/model';
import { perform } from '../actions.js';
import type { TurnContext } from '../context.js';
import type { FlowRunner } from '../flows/runner.js';
import type { Heard } from '../hearing.js';
import { answer, pass, type Decision, type Responder } from '../responder.js';
import { scopeOf } from '../scope.js';
import { matchIntents, type IntentMatch } from '../understanding/match-intents.js';

const prefix = 'intent/';
const noneId = `${prefix}none`;

/**
 * Intents known by examples, without a model: answered from the first threshold, offered as “did you mean” from the
 * second, else left to the rest of the row.
 */
export function makeIntents(runner: FlowRunner): Responder {
  return {
    name: 'intents',
    respond: async (turn, draft) => {
      const { understanding } = turn.bot.definition;
      if (!understanding) return pass('The bot has no intents');
      const chosen = chosenIntent(turn.bot.definition, draft.choice?.optionId);
      if (chosen) {
        return act(turn, draft, runner, { intent: chosen, score: 1 }, 'Chosen as what was meant');
      }
      if (draft.choice?.optionId === noneId) return pass('None of the suggestions was meant');
      const { match, message } = bestMatch(turn, draft);
      if (!match || !message) return pass('No intent fits', { intents: understanding.intents.length });
      if (match.score >= understanding.answers_from)
        return act(turn, draft, runner, match, 'Fits an example');
      return suggest(turn, message) ?? pass('No intent fits well enough', scoreOf(match));
    },
  };
}

/** Whether an intent would be answered right away for a message. */
export function intentWouldAnswer(definition: BotDefinition, text: string): boolean {
  const from = definition.understanding?.answers_from ?? Number.POSITIVE_INFINITY;
  return (matchIntents(definition, text)[0]?.score ?? 0) >= from;
}

function chosenIntent(
  { understanding }: BotDefinition,
  optionId: string | undefined,
): IntentMatch['intent'] | undefined {
  return understanding?.intents.find(({ id }) => `${prefix}${id}` === optionId);
}

function bestMatch(
  turn: Turn,
  draft: TurnContext,
): { match: IntentMatch | undefined; message: Heard | undefined } {
  const all = draft.heard.map((message) => ({
    message,
    match: matchIntents(turn.bot.definition, message.text)[0],
  }));
  const [best] = all.sort((a, b) => (b.match?.score ?? 0) - (a.match?.score ?? 0));
  return { match: best?.match, message: best?.message };
}

async function act(
  turn: Turn,
  draft: TurnContext,
  runner: FlowRunner,
  match: IntentMatch,
  why: string,
): Promise<Decision> {
  const { intent } = match;
  const scope = scopeOf(turn, draft.now, draft.heard[0] ?? null);
  const { replies, detail } = await perform(intent, `Intent ${intent.id}`, turn, draft, scope, runner);
  return answer(`Intent ${intent.id}: ${why}`, replies, { ...scoreOf(match), ...detail });
}

/** Asks which of the nearest intents was meant; null when none is near enough. */
function suggest({ bot: { definition } }: Turn, message: Heard): Decision | null {
  const understanding = definition.understanding!;
  const near = matchIntents(definition, message.text)
    .filter(({ score }) => score >= understanding.suggests_from)
    .slice(0, 3);
  if (near.length === 0) return null;
  const options = near.map(({ intent }) => ({ id: `${prefix}${intent.id}`, label: intent.title }));
  const question: Content = {
    type: 'choices',
    text: understanding.suggestion,
    style: 'quick_replies',
    options: [...options, { id: noneId, label: understanding.none_of_these }],
  };
  return answer(
    'Asked which intent was meant',
    [[question]],
    Object.fromEntries(near.map(({ intent, score }) => [intent.id, rounded(score)])),
  );
}

function scoreOf({ intent, score }: IntentMatch): { intent: string; score: number } {
  return { intent: intent.id, score: rounded(score) };
}

function rounded(score: number): number {
  return Math.round(score * 1_000) / 1_000;
}
