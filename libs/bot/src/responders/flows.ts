import type { Content, FlowNode, Turn } from '#libs/model';
import { menuOptionOf } from '../actions.js';
import type { TurnContext } from '../context.js';
import type { Said } from '../flows/answers/answer.js';
import { FlowRunner, eventOf, flowsName, flowsOf } from '../flows/runner.js';
import type { FlowSession } from '../flows/run-state.js';
import { wordsOf } from '../fold.js';
import type { Heard } from '../hearing.js';
import { answer, pass, type Decision, type Replies, type Responder, type Review } from '../responder.js';
import { repliesMax } from '../replies.js';
import { scopeOf } from '../scope.js';
import { findRule } from './match-rules.js';

/** Whether another responder would answer a message that is no answer to the flow's question. */
export type Digresses = (turn: Turn, draft: TurnContext, message: Heard) => boolean;

/** The bot's rules and menus would. */
export const rulesWouldAnswer: Digresses = (turn, draft, message) => {
  const { definition } = turn.bot;
  const { choice } = message;
  // A number would be a weak sign: it may be a wrong answer to the flow as well.
  const isMeant = choice?.via === 'pressed' || choice?.via === 'label';
  if (isMeant && menuOptionOf(definition, choice.optionId)) return true;
  return (
    findRule(definition, [{ ...message, first: false }], (heard) => scopeOf(turn, draft.now, heard)) !== null
  );
};

/**
 * The active flow of the conversation.
 *
 * It takes what is meant for it: the answer to its question, the outcome of a tool, an event, the passing of time. What
 * is no answer goes on to the rest of the row when somebody there would answer it (`digresses`), and the question is
 * put again behind that answer; else the flow asks again itself.
 */
export function makeFlows(runner: FlowRunner, digresses: Digresses = rulesWouldAnswer): Responder {
  return {
    name: flowsName,
    allowsPreview: true,
    respond: (turn, draft) => new FlowTurn(turn, draft, runner, digresses).decide(),
    review: (turn, draft, replies) => askAgain(turn, draft, runner, replies),
  };
}

/** One turn of the active flow. */
class FlowTurn {
  readonly #said: Content[][] = [];
  #session: FlowSession;
  /** Where the active run stood when the turn began: only that question has been seen. */
  readonly #stood: string;
  #taken = false;
  #answeredMessage = false;
  /** A message that was no answer to the question that stood when the turn began. */
  #unclear: Heard | null = null;

  constructor(
    private readonly turn: Turn,
    private readonly draft: TurnContext,
    private readonly runner: FlowRunner,
    private readonly digresses: Digresses,
  ) {
    const session = { ...runner.session(draft), digressing: false };
    // The run that interrupted these ended with a hand-over, and the bot owns the conversation again.
    const [first, ...rest] = session.suspended;
    this.#session = session.active || !first ? session : { ...session, active: first, suspended: rest };
    this.#stood = placeOf(this.#session);
  }

  async decide(): Promise<Decision> {
    await this.#beginAsked();
    if (!this.#session.active && !this.#taken) return pass('No flow is active');
    await this.#takeSignals();
    await this.#takeMessages();
    const unclear = this.#unclear;
    if (unclear && !this.#taken) {
      if (this.#mayDigress(unclear)) {
        this.#session = { ...this.#session, digressing: true };
        this.runner.keep(this.draft, this.#session);
        return pass('No answer to the flow: others may answer first', this.#detail());
      }
      await this.#advance({ kind: 'misunderstood' });
    }
    this.runner.keep(this.draft, this.#session);
    if (!this.#taken) return pass('Nothing for the flow', this.#detail());
    // Nothing to say to what was written: somebody else may have.
    if (this.#said.length === 0 && !this.#answeredMessage) return pass('The flow went on', this.#detail());
    return answer('The flow goes on', fitted(this.#said), this.#detail());
  }

  /** Flows that somebody outside asks for; one that this version of the bot has not is left out. */
  async #beginAsked(): Promise<void> {
    for (const signal of this.turn.signals ?? []) {
      if (signal.kind !== 'flow' || !flowsOf(this.turn).has(signal.flow)) continue;
      this.#said.push(...(await this.runner.begin(this.turn, this.draft, signal.flow, signal.fields)));
      this.#session = this.runner.session(this.draft);
      this.#taken = true;
    }
  }

  async #takeSignals(): Promise<void> {
    const signals = (this.turn.signals ?? []).flatMap((signal) =>
      signal.kind === 'flow' ? [] : [eventOf(signal)],
    );
    for (const event of [...signals, { kind: 'tick' } as const]) {
      await this.#advance(event);
      const others = await this.runner.advanceSuspended(this.turn, this.draft, this.#session, event);
      this.#session = others.session;
      this.#said.push(...others.said);
      if (others.said.length > 0) this.#taken = true;
    }
  }

  /** Oldest first: what was written after an answer may answer the next question, where that can be told. */
  async #takeMessages(): Promise<void> {
    for (const message of this.draft.heard.toReversed()) {
      const node = this.#question();
      if (!node) return;
      const isFollowing = placeOf(this.#session) !== this.#stood;
      // "Anna" and then "Miller" in two messages: the second is no answer to a question nobody has seen.
      if (isFollowing && !tellsItself(node, message)) continue;
      if (!isFollowing && isAside(node, message) && this.#mayDigress(message)) {
        this.#unclear = message;
        continue;
      }
      const before = this.#said.length;
      if (await this.#advance({ kind: 'said', said: saidOf(message) })) {
        if (isFollowing && before > 0) this.#said.splice(before - 1, 1);
        this.#answeredMessage = true;
      } else if (!isFollowing) {
        this.#unclear = message;
      }
    }
  }

  async #advance(event: Parameters<FlowRunner['advance']>[3]): Promise<boolean> {
    if (!this.#session.active) return false;
    const { session, said, taken } = await this.runner.advance(this.turn, this.draft, this.#session, event);
    this.#session = session;
    this.#said.push(...said);
    this.#taken ||= taken;
    return taken;
  }

  /** The question that is open now; null when the flow waits for something else. */
  #question(): Extract<FlowNode, { type: 'ask' }> | null {
    const run = this.#session.active;
    if (run?.awaiting.kind !== 'answer') return null;
    const node = this.turn.bot.definition.flows?.find(({ id }) => id === run.flow)?.nodes[run.node];
    // One that is gone in this version takes any message, and the flow is given up.
    return node?.type === 'ask' ? node : goneNode;
  }

  #mayDigress(message: Heard): boolean {
    const flow = this.turn.bot.definition.flows?.find(({ id }) => id === this.#session.active?.flow);
    return flow?.digressions !== 'none' && this.digresses(this.turn, this.draft, message);
  }

  #detail(): Record<string, string | null> {
    const { active } = this.#session;
    return { flow: active?.flow ?? null, node: active?.node ?? null, awaits: active?.awaiting.kind ?? null };
  }
}

/** Puts the open question behind the answer of somebody else. */
async function askAgain(
  turn: Turn,
  draft: TurnContext,
  runner: FlowRunner,
  replies: Replies,
): Promise<Review | null> {
  const session = runner.session(draft);
  const isLeft = draft.effects.some(({ kind }) => kind === 'hand-over');
  if (!session.digressing || !session.active || isLeft) return null;
  const { session: next, said } = await runner.advance(turn, draft, session, { kind: 'resumed' });
  runner.keep(draft, { ...next, digressing: false });
  return {
    decision: 'replaced',
    reason: 'The question of the flow is put again',
    replies: fitted([...replies, ...said].map((reply) => [...reply])),
    detail: { flow: session.active.flow, node: session.active.node },
  };
}

function placeOf({ active }: FlowSession): string {
  return active ? `${active.runId} ${active.flow} ${active.node} ${active.steps}` : '';
}

function saidOf({ text, message, choice }: Heard): Said {
  return { text, content: message.content, optionId: choice?.optionId ?? null };
}

/** Whether an answer to this question cannot be taken for anything else. */
function tellsItself(node: Extract<FlowNode, { type: 'ask' }>, { message }: Heard): boolean {
  const { kind } = node.expect;
  const isPlace = message.content.some(({ type }) => type === 'location');
  return kind === 'email' || kind === 'phone' || kind === 'file' || (kind === 'location' && isPlace);
}

/** Whether a message that any free text would be an answer to looks like a question of the person's own. */
function isAside(node: Extract<FlowNode, { type: 'ask' }>, { text }: Heard): boolean {
  const takesAll = node.expect.kind === 'text' || node.expect.kind === 'location';
  return takesAll && (/[?？؟]\s*$/.test(text) || questionWords.has(wordsOf(text.slice(0, 100))[0] ?? ''));
}

/** Words that begin a question, folded: en, de, es, fr, it, pt, nl. */
const questionWords = new Set(
  `what when where who why how which can could do does is are was wann wo wer warum wie welche kann kannst konnen
  que cuando donde quien por como cual puedo puede quand ou qui pourquoi comment quel quelle peux pouvez cosa quando
  dove chi perche come quale posso puo onde quem qual wat waar wie waarom hoe welke kan kunt`
    .split(/\s+/)
    .filter((each) => each !== ''),
);

const goneNode = {
  type: 'ask',
  text: '…',
  into: 'gone',
  expect: { kind: 'email' },
  tries: 1,
  skip_when_known: false,
} as const satisfies Extract<FlowNode, { type: 'ask' }>;

/** As many messages as one turn may send: what is beyond is joined to the last ones, as far as it fits. */
function fitted(said: readonly Content[][]): Content[][] {
  if (said.length <= repliesMax) return [...said];
  const head = said.slice(0, repliesMax - 1);
  const tail = said.slice(repliesMax - 1).flat();
  // The last piece is the question that the flow waits for.
  return [...head, tail.slice(-20)];
}
