import type { ConversationId, WorkspaceId } from '#libs/model';
import type { OpenConversation } from '#libs/store';

/** A turn that runs in this process. */
export interface ThinkingTurn {
  readonly workspaceId: WorkspaceId;
  readonly conversationId: ConversationId;
  /** The number of the change by which the bot had the conversation when it began. */
  readonly controlVersion: number;
  /** Ends it because somebody else has the conversation. */
  readonly takenOver: AbortController;
}

/** The turns that run in this process, by their conversations. */
export class ThinkingTurns {
  readonly #turns = new Map<ConversationId, ThinkingTurn>();

  begin(
    workspaceId: WorkspaceId,
    { conversationId, controlVersion }: Pick<OpenConversation, 'conversationId' | 'controlVersion'>,
  ): ThinkingTurn {
    const turn = { workspaceId, conversationId, controlVersion, takenOver: new AbortController() };
    this.#turns.set(conversationId, turn);
    return turn;
  }

  end(turn: ThinkingTurn): void {
    // Behind a lease that was lost another turn may run already.
    if (this.#turns.get(turn.conversationId) === turn) this.#turns.delete(turn.conversationId);
  }

  /** Those over these conversations. */
  of(ids: readonly ConversationId[]): readonly ThinkingTurn[] {
    return ids.flatMap((id) => this.#turns.get(id) ?? []);
  }
}
