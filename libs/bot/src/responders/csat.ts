import { z } from 'zod';
import { csatOption, type Content, type CsatSettings, type Turn } from '#libs/model';
import type { TurnContext } from '../context.js';
import { flowsName } from '../flows/runner.js';
import { readSession } from '../flows/run-state.js';
import type { Heard } from '../hearing.js';
import { answer, pass, type Decision, type Replies, type Responder, type Review } from '../responder.js';
import { scopeOf } from '../scope.js';
import { fillInContents } from '../templates.js';
import { readRating } from '../understanding/read-rating.js';

const { prefix, skip: skipId } = csatOption;
const dayMs = 86_400_000;

/** What is kept of the question in a conversation. */
const Kept = z.object({
  askedAtMs: z.number(),
  /** The number of the turn that put the question which is open: only the next one may answer it in words. */
  turn: z.int(),
  open: z.enum(['score', 'comment', 'nothing']),
  score: z.int().nullable(),
  after: z.enum(['operator', 'bot']),
});
type Kept = z.infer<typeof Kept>;

/**
 * Asks how it was when an operator or the bot closes a matter, and takes the answer.
 *
 * Nobody is asked twice within the days of the settings. What is written is an answer only right behind the question, in time,
 * and when it is nothing but a rating; everything else is for the rest of the row, and closes the question.
 *
 * @param wouldAnswer  whether another responder has an answer to a message: then it is no comment
 */
export function makeCsat(
  wouldAnswer: (turn: Turn, draft: TurnContext, message: Heard) => boolean,
): Responder {
  return {
    name: 'csat',
    isFor: ({ csat }) => csat !== undefined,
    allowsPreview: true,
    respond: async (turn, draft) => respond(turn, draft, turn.bot.definition.csat!, wouldAnswer),
    review: async (turn, draft, replies) => askBehind(turn, draft, turn.bot.definition.csat!, replies),
  };
}

function respond(
  turn: Turn,
  draft: TurnContext,
  csat: CsatSettings,
  wouldAnswer: Parameters<typeof makeCsat>[0],
): Decision {
  const kept = read(draft);
  const isClosed = turn.signals?.some((signal) => signal.kind === 'owner' && signal.closed === true);
  if (isClosed && draft.heard.length === 0) {
    endWaitingFlows(draft);
    if (!mayAsk(kept, csat, draft)) return pass('They were asked not long ago how it was');
    keep(draft, { askedAtMs: draft.now, turn: draft.turns, open: 'score', score: null, after: 'operator' });
    return answer('An operator has closed the matter', [question(turn, draft, csat)]);
  }
  const [newest] = draft.heard;
  if (!kept || !newest) return pass('There is nothing to rate');
  return (
    takeScore(turn, draft, csat, kept, newest) ??
    takeComment(turn, draft, csat, kept, newest, wouldAnswer) ??
    close(draft, kept)
  );
}

function takeScore(
  turn: Turn,
  draft: TurnContext,
  csat: CsatSettings,
  kept: Kept,
  newest: Heard,
): Decision | null {
  const optionId = draft.choice?.optionId;
  const isPressed = draft.choice?.via === 'pressed';
  const ours = optionId?.startsWith(prefix) === true && optionId !== skipId;
  const isNext = isInTime(kept, csat, draft);
  const taken = ours && (isPressed || isNext) ? Number(optionId.slice(prefix.length)) : null;
  const score = taken ?? (kept.open === 'score' && isNext && !draft.choice ? readRating(newest.text) : null);
  // One answer counts: a second press of another button changes nothing.
  if (score === null || kept.score !== null) return null;
  draft.emit({ kind: 'csat', score, comment: null, after: kept.after });
  const open = csat.comment === undefined ? 'nothing' : 'comment';
  keep(draft, { ...kept, score, open, turn: draft.turns });
  const via = taken === null ? 'words' : draft.choice!.via;
  const reply: Content[] =
    csat.comment === undefined
      ? [{ type: 'text', text: csat.thanks }]
      : [
          {
            type: 'choices',
            text: csat.comment,
            style: 'quick_replies',
            options: [{ id: skipId, label: '–' }],
          },
        ];
  return answer('They said how it was', [fill(turn, draft, reply)], { score, via });
}

function takeComment(
  turn: Turn,
  draft: TurnContext,
  csat: CsatSettings,
  kept: Kept,
  newest: Heard,
  wouldAnswer: Parameters<typeof makeCsat>[0],
): Decision | null {
  if (kept.open !== 'comment' || kept.score === null || !isInTime(kept, csat, draft)) return null;
  const isSkipped = draft.choice?.optionId === skipId;
  const isComment = !draft.choice && !/[?？؟]\s*$/u.test(newest.text) && !wouldAnswer(turn, draft, newest);
  if (!isSkipped && !isComment) return null;
  if (isComment) {
    const comment = draft.heard
      .toReversed()
      .map(({ text }) => text)
      .join('\n')
      .slice(0, 2_000);
    draft.emit({ kind: 'csat', score: kept.score, comment, after: kept.after });
  }
  keep(draft, { ...kept, open: 'nothing' });
  const thanks: Content[] = [{ type: 'text', text: csat.thanks }];
  return answer(isComment ? 'They said why' : 'They did not say why', [fill(turn, draft, thanks)]);
}

/** Something else was written: the question is not open any more. */
function close(draft: TurnContext, kept: Kept): Decision {
  if (kept.open !== 'nothing') keep(draft, { ...kept, open: 'nothing' });
  return pass('It is no answer to how it was');
}

/** The bot closes a matter with a goal: the question stands behind what it says. */
function askBehind(turn: Turn, draft: TurnContext, csat: CsatSettings, replies: Replies): Review | null {
  const isClosed = draft.effects.some(
    (effect) => effect.kind === 'goal' && csat.after_goals.includes(effect.goal),
  );
  const isElsewhere = draft.effects.some(({ kind }) => kind === 'hand-over');
  const isBusy = readSession(draft.stateOf(flowsName).get()).active?.awaiting.kind === 'answer';
  if (!isClosed || isElsewhere || isBusy || !mayAsk(read(draft), csat, draft)) return null;
  keep(draft, { askedAtMs: draft.now, turn: draft.turns, open: 'score', score: null, after: 'bot' });
  return {
    decision: 'replaced',
    reason: 'The matter is closed: they are asked how it was',
    replies: [...replies, question(turn, draft, csat)].slice(-10),
  };
}

function question(turn: Turn, draft: TurnContext, { text, labels }: CsatSettings): Content[] {
  const options = labels.map((label, index) => ({ id: `${prefix}${index + 1}`, label }));
  return fill(turn, draft, [{ type: 'choices', text, style: 'quick_replies', options }]);
}

function fill(turn: Turn, draft: TurnContext, contents: Content[]): Content[] {
  return fillInContents(contents, scopeOf(turn, draft.now, draft.heard[0] ?? null));
}

/** What waited for an operator to give the conversation back is over with the matter. */
function endWaitingFlows(draft: TurnContext): void {
  const space = draft.stateOf(flowsName);
  const { active, ...session } = readSession(space.get());
  if (active?.awaiting.kind === 'owner') space.set({ ...session, active: null });
}

const mayAsk = (kept: Kept | null, csat: CsatSettings, { now }: TurnContext): boolean =>
  !kept || now - kept.askedAtMs >= csat.again_after_days * dayMs;

const isInTime = (kept: Kept, csat: CsatSettings, draft: TurnContext): boolean =>
  draft.turns === kept.turn + 1 && draft.now - kept.askedAtMs <= csat.within_s * 1_000;

function read(draft: TurnContext): Kept | null {
  const kept = Kept.safeParse(draft.state.get());
  return kept.success ? kept.data : null;
}

const keep = (draft: TurnContext, kept: Kept): void => draft.state.set({ ...kept });
