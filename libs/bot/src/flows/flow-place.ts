import type { JsonObject } from '#libs/model';
import { readSpaces } from '../memory.js';
import { flowsName } from './runner.js';
import { readSession } from './run-state.js';

/** Where the active flow of a conversation waits. */
export interface FlowPlace {
  flow: string;
  node: string;
}

/** The node at which a conversation's flow waits, by the state that a turn left; null when no flow is active. */
export function flowPlaceOf(state: JsonObject): FlowPlace | null {
  const { active } = readSession(readSpaces(state).get(flowsName) ?? {});
  return active && { flow: active.flow, node: active.node };
}
