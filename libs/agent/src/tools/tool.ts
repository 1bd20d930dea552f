import type { TurnContext } from '#libs/bot';
import type { Approval, Json, JsonObject, Turn } from '#libs/model';

/** One call of a tool, as the agent makes it. */
export interface ToolCall {
  readonly input: JsonObject;
  /** The same when a failed turn is run again and the model wants the same: the idempotency key. */
  readonly callId: string;
  readonly turn: Turn;
  readonly draft: TurnContext;
  /** Aborted with the turn of the agent. */
  readonly signal: AbortSignal;
}

/** What came of a call; a failure has a short code, never words of the other side. */
export type ToolOutcome =
  | {
      readonly ok: true;
      readonly value: Json;
      /** Hosts that answers may link to because of it. */
      readonly hosts?: readonly string[] | undefined;
      /** The agent says its last word after this one. */
      readonly ends?: boolean | undefined;
    }
  | { readonly ok: false; readonly code: string };

/** Something the model may ask for. What it does in the world it does in `run`, or leaves to the turn's effects. */
export interface AgentTool {
  /** As the definition names it. */
  readonly id: string;
  readonly description: string;
  /** A JSON schema of an object. */
  readonly schema: JsonObject;
  readonly approval: Approval;
  /** Never throws. */
  run(call: ToolCall): Promise<ToolOutcome>;
}

/** The name of a tool as models take it: letters, digits, `_` and `-`, at most 64. */
export function modelNameOf(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9_-]+/g, '__').slice(0, 64);
}
