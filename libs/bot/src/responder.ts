import type { BotDefinition, Content, Effect, Turn } from '#libs/model';
import type { TurnContext } from './context.js';
import type { TraceDetail } from './trace.js';

/** Messages to send, in order; each is a list of content. */
export type Replies = readonly (readonly Content[])[];

/**
 * One place in the row. It looks at the turn, and answers, passes or silences.
 *
 * A responder knows no channel: what it says is content, and outbound renders it. It keeps nothing between turns but
 * its state (`draft.state`), does nothing in the world but what it emits (`draft.emit`), and may be one object for
 * all bots and workspaces: the bot's definition is in the turn.
 */
export interface Responder {
  /** Stands in the trace and names the state: lower-case letters, digits and hyphens, unique in its row, not `core`. */
  readonly name: string;
  /** For which bots it stands in the row; for all when absent. */
  isFor?(definition: BotDefinition): boolean;
  /**
   * Whoever answers or silences ends the row; whoever passes hands it on.
   *
   * What was emitted and kept counts once this resolves. A throw fails the whole turn; when `turn.signal` aborts, the
   * turn ends without waiting, and whatever is done to `draft` afterwards is without effect.
   */
  respond(turn: Turn, draft: TurnContext): Promise<Decision>;
  /**
   * Looks over the replies of whoever answered, before they count; reviews run in the order of the row. The
   * disclosure is put first afterwards, so no review can take it away.
   *
   * @returns null when there is nothing to look for: then no line of the trace is spent on it
   */
  review?(turn: Turn, draft: TurnContext, replies: Replies): Promise<Review | null>;
  /**
   * Whether a reply may be shown while it is being written, although this responder reviews it afterwards: always, or
   * for bots of which it has nothing to review. As long as one reviewer in the row does not say so, previews reach nobody.
   */
  readonly allowsPreview?: boolean | ((definition: BotDefinition) => boolean);
}

/** Why something was decided. It goes into the trace, which holds no message text: write ids, counts and kinds. */
export interface Why {
  /** One sentence for a person; cut at 500 characters. */
  readonly reason: string;
  readonly detail?: TraceDetail | undefined;
}

/** The reply is made. Without messages the turn is silent, with its effects. */
export interface Answer extends Why {
  readonly decision: 'answered';
  /** At most 10 messages, each valid as `Contents`. */
  readonly replies: Replies;
}

/** Nothing to say; the next in the row is asked. */
export interface Pass extends Why {
  readonly decision: 'passed';
  /** What everyone after this one sees in place of the turn, for example with redacted messages. */
  readonly view?: Turn | undefined;
}

/** Nobody says anything. */
export interface Silence extends Why {
  readonly decision: 'silenced';
}

/** What a responder comes to. */
export type Decision = Answer | Pass | Silence;

/**
 * What a review comes to, of an answer or of a silence that hands over (then `replies` are empty): `kept` leaves the replies, `replaced` puts others in their place, `refused` drops them
 * together with what their responder emitted and remembered; the row then goes on behind that responder.
 */
export type Review =
  | ({ readonly decision: 'kept' | 'refused' } & Why)
  | ({
      readonly decision: 'replaced';
      readonly replies: Replies;
      /** What its responder wanted to be done, of these kinds, is not done. */
      readonly without?: readonly Effect['kind'][] | undefined;
    } & Why);

/** The reply is made: `answer('Rule “hours” matches', [[…]])`. */
export function answer(reason: string, replies: Replies, detail?: TraceDetail): Answer {
  return { decision: 'answered', reason, replies, detail };
}

/** The next in the row is asked. */
export function pass(reason: string, detail?: TraceDetail): Pass {
  return { decision: 'passed', reason, detail };
}

/** Nobody says anything. */
export function silence(reason: string, detail?: TraceDetail): Silence {
  return { decision: 'silenced', reason, detail };
}
