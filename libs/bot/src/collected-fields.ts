import type { JsonObject } from '#libs/model';
import { flowsName } from './flows/runner.js';
import { readSession } from './flows/run-state.js';
import { readSpaces } from './memory.js';

/** What the flows that are under way have collected, by the state of a conversation; of the same name the newest. */
export function collectedFields(state: JsonObject): JsonObject {
  const { active, suspended } = readSession(readSpaces(state).get(flowsName) ?? {});
  const runs = active ? [...suspended.toReversed(), active] : suspended.toReversed();
  return Object.assign({}, ...runs.map(({ fields }) => fields)) as JsonObject;
}
