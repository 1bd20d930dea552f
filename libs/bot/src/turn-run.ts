import type { Content, Turn, TurnResult } from '#libs/model';
import { nothingSpent, spendingDetail, type Spending } from './budget.js';
import { remember } from './choices/question.js';
import type { Clock } from './clock.js';
import { StepContext, type Live, type SharedDraft } from './context.js';
import { hear } from './hearing.js';
import { coreName, readMemory, readSpaces, writeState, type CoreMemory } from './memory.js';
import { Preview } from './preview.js';
import { checkedReplies, disclosed } from './replies.js';
import type { Decision, Replies, Responder, Review } from './responder.js';
import { TraceLog, type TraceLine } from './trace.js';
import { understand, understandingLine, type Understanding } from './understand.js';

/** What a turn runs with. */
export interface TurnRunOptions {
  readonly row: readonly Responder[];
  readonly clock: Clock;
  readonly limits: Partial<Spending>;
  readonly live: Live | undefined;
}

/** One turn on its way through the row. Made for one turn, and used once. */
export class TurnRun {
  readonly #turn: Turn;
  readonly #row: readonly Responder[];
  readonly #options: TurnRunOptions;
  readonly #trace: TraceLog;
  readonly #preview: Preview;
  readonly #memory: CoreMemory;

  constructor(turn: Turn, options: TurnRunOptions) {
    this.#turn = turn;
    this.#row = options.row.filter((one) => one.isFor?.(turn.bot.definition) ?? true);
    this.#options = options;
    this.#trace = new TraceLog(options.clock, turn.signal);
    this.#preview = new Preview(options.live, this.#row, turn.bot.definition);
    this.#memory = readMemory(turn.conversation.state);
  }

  /** @throws TurnFailure */
  async result(): Promise<TurnResult> {
    const understood = await this.#trace.run(
      coreName,
      () => understand(this.#turn, this.#memory),
      understandingLine,
    );
    const draft = this.#begin(understood);
    try {
      const replies = this.#disclose(await this.#walk(draft, understood));
      return this.#finish(draft, understood, replies);
    } catch (thrown) {
      this.#preview.reset();
      throw thrown;
    }
  }

  #begin({ heard }: Understanding): SharedDraft {
    return {
      now: this.#options.clock.now(),
      limits: this.#options.limits,
      spent: nothingSpent(),
      trace: this.#trace,
      heard,
      effects: [],
      states: readSpaces(this.#turn.conversation.state),
      wakes: new Map(Object.entries(this.#memory.wakes)),
      turns: this.#memory.turns,
      preview: this.#preview.sink,
    };
  }

  /** Asks one after the other until somebody answers or silences. @returns the replies; empty for silence */
  async #walk(draft: SharedDraft, { questions }: Understanding): Promise<Content[][]> {
    let turn = this.#turn;
    for (const responder of this.#row) {
      const step = new StepContext(draft, responder.name);
      const decision = await this.#ask(responder, turn, step);
      if (decision.decision === 'answered') {
        const replies = await this.#review(decision.replies, turn, draft, step);
        if (replies) return replies;
      } else if (decision.decision === 'silenced' && step.emitted.some(({ kind }) => kind === 'hand-over')) {
        return (await this.#review([], turn, draft, step)) ?? [];
      } else {
        step.commit();
        this.#preview.reset();
        if (decision.decision === 'silenced') return [];
        if (decision.view) {
          turn = decision.view;
          draft.heard = hear(turn.messages, questions, this.#memory.turns === 0);
        }
      }
    }
    return [];
  }

  async #ask(responder: Responder, turn: Turn, step: StepContext): Promise<Checked> {
    const work = async (): Promise<Checked> => {
      const decision = await responder.respond(turn, step);
      return decision.decision === 'answered'
        ? { ...decision, replies: checkedReplies(decision.replies) }
        : decision;
    };
    try {
      return await this.#trace.run(responder.name, work, (decision) => decisionLine(decision, step.spent));
    } finally {
      step.seal();
    }
  }

  /** Lets the reviewers of the row look over a reply. @returns what may be sent; null when it was refused */
  async #review(
    made: Content[][],
    turn: Turn,
    draft: SharedDraft,
    step: StepContext,
  ): Promise<Content[][] | null> {
    let replies = made;
    const reviews: StepContext[] = [];
    for (const reviewer of this.#row) {
      if (!reviewer.review) continue;
      const context = new StepContext(draft, reviewer.name, [step, ...reviews]);
      const review = await this.#askReviewer(reviewer, turn, context, replies);
      reviews.push(context);
      if (!review) continue;
      if (review.decision !== 'kept') this.#preview.reset();
      if (review.decision === 'replaced') {
        replies = review.replies;
        step.drop(review.without ?? []);
      }
      if (review.decision === 'refused') {
        for (const each of reviews) each.commit();
        return null;
      }
    }
    for (const each of [step, ...reviews]) each.commit();
    return replies;
  }

  async #askReviewer(
    reviewer: Responder,
    turn: Turn,
    context: StepContext,
    replies: Replies,
  ): Promise<CheckedReview | null> {
    const work = async (): Promise<CheckedReview | null> => {
      const review = await reviewer.review!(turn, context, replies);
      if (!review) return null;
      return review.decision === 'replaced'
        ? { ...review, replies: checkedReplies(review.replies) }
        : { ...review, decision: review.decision };
    };
    try {
      return await this.#trace.run(
        reviewer.name,
        work,
        (review) => review && reviewLine(review, context.spent),
      );
    } finally {
      context.seal();
    }
  }

  #disclose(replies: Content[][]): Content[][] {
    if (this.#turn.conversation.hasReplies) return replies;
    const whole = disclosed(replies, this.#turn.bot.definition);
    if (whole !== replies) {
      this.#trace.add(
        coreName,
        { decision: 'noted', reason: 'The first reply begins with the disclosure' },
        0,
      );
    }
    return whole;
  }

  #finish(draft: SharedDraft, { questions }: Understanding, replies: Content[][]): TurnResult {
    // One that has passed is done, whoever was asked: else a bot that is silenced would be woken for ever.
    const wakes = Object.fromEntries([...draft.wakes].filter(([, atMs]) => atMs > draft.now));
    const wakesAtMs = Math.min(...Object.values(wakes));
    const { botId, version } = this.#turn.bot;
    const memory = {
      turns: this.#memory.turns + 1,
      questions: remember(questions, replies),
      wakes,
      ran: { botId, version, atMs: draft.now },
    };
    return {
      ...(Number.isFinite(wakesAtMs) && { wakesAt: new Date(wakesAtMs).toISOString() }),
      outcome: replies.length > 0 ? 'answered' : 'silent',
      replies,
      state: writeState(memory, draft.states),
      effects: draft.effects,
      trace: this.#trace.steps,
    };
  }
}

type Checked = Exclude<Decision, { decision: 'answered' }> | CheckedAnswer;
type CheckedAnswer = Extract<Decision, { decision: 'answered' }> & { readonly replies: Content[][] };
type CheckedReview =
  | Exclude<Review, { decision: 'replaced' }>
  | (Extract<Review, { decision: 'replaced' }> & { readonly replies: Content[][] });

function decisionLine(decision: Checked, spent: Spending): TraceLine {
  return {
    decision: decision.decision,
    reason: decision.reason,
    detail: {
      ...decision.detail,
      ...(decision.decision === 'answered' && { messages: decision.replies.length }),
      ...spendingDetail(spent),
    },
  };
}

const reviewDecisions = { kept: 'passed', replaced: 'answered', refused: 'silenced' } as const;

function reviewLine(review: CheckedReview, spent: Spending): TraceLine {
  return {
    decision: reviewDecisions[review.decision],
    reason: review.reason,
    detail: { ...review.detail, review: review.decision, ...spendingDetail(spent) },
  };
}
