import type { BotId, JsonObject } from '#libs/model';
import { readSession } from '../flows/run-state.js';
import { readMemory, readSpaces } from '../memory.js';

/** For so long after a turn what comes next belongs to the same talk, in milliseconds. */
export const talkMs = 60 * 60_000;

/**
 * The version of a bot in which a conversation is under way, for bots whose conversations end with the version that
 * they began with: a flow is active, interrupted or asleep, a responder wants to be woken or waits for somebody, or the
 * last turn was less than an hour ago.
 *
 * @param state  of the conversation, as the bot core left it
 * @returns null when nothing is under way, or another bot ran the last turn
 */
export function heldVersion(state: JsonObject, botId: BotId, nowMs: number): number | null {
  const { ran, wakes } = readMemory(state);
  if (ran?.botId !== botId) return null;
  const isUnderWay = nowMs - ran.atMs < talkMs || Object.keys(wakes).length > 0 || isWaiting(state, nowMs);
  return isUnderWay ? ran.version : null;
}

function isWaiting(state: JsonObject, nowMs: number): boolean {
  const spaces = readSpaces(state);
  const { active, suspended } = readSession(spaces.get('flows') ?? {});
  if (active !== null || suspended.length > 0) return true;
  // Calls of tools that wait until somebody agrees, whoever keeps them; what waited too long holds nobody.
  return [...spaces.values()].some(({ pending }) => {
    if (typeof pending !== 'object' || pending === null || Array.isArray(pending)) return false;
    const { expiresAt } = pending;
    return typeof expiresAt !== 'number' || expiresAt > nowMs;
  });
}
