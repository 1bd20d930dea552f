import { askText, longest as longestOf } from './bot.mjs';

/**
 * What one person posts, decided before the run begins.
 *
 * @typedef {object} ScriptedEvent
 * @property {string} channel   name of the channel
 * @property {string} thread
 * @property {string} key       the provider's id of the event: the same in both workspaces
 * @property {number} n         place in the conversation, from 1
 * @property {'message' | 'poison' | 'unreadable' | 'unknown'} kind
 * @property {boolean} isForged  before it comes one like it that nobody may take: signed with a wrong secret
 * @property {string} body      what is posted, to the byte
 * @property {string} text
 * @property {boolean} isRefused  the provider will refuse the answer to it
 * @property {boolean} isTogether sent without waiting for the one before
 * @property {number} copies    sent at the same time, from 1
 * @property {number | null} lateMs  sent once more so long after it was acknowledged
 *
 * @typedef {{ channel: string, thread: string, startsAt: number, events: ScriptedEvent[] }} ScriptedConversation
 */

const usualChannels = { idempotent: 45, 'look-up': 22, blind: 22, paced: 11 };

/**
 * Many short conversations: in a long one the next message would rescue one that was stranded. Each exists in both
 * workspaces, with the same ids.
 *
 * @param {import('./prng.mjs').Random} random
 * @param {Pick<import('./plans.mjs').Plan, 'events' | 'seconds' | 'channels' | 'poison' | 'together' | 'copies' | 'longest'>} plan
 * @returns {ScriptedConversation[]} in the order in which they begin
 */
export function writeScript(random, { events, seconds, ...habits }) {
  const conversations = [];
  let count = 0;
  for (let at = 0; count < events; at++) {
    const pair = conversationPair(random, at, Math.ceil((events - count) / 2), habits);
    count += pair.reduce((sum, one) => sum + one.events.length, 0);
    conversations.push(...pair);
  }
  for (const conversation of conversations) conversation.startsAt = random.next() * seconds * 1_000;
  return conversations.sort((a, b) => a.startsAt - b.startsAt);
}

function conversationPair(
  random,
  at,
  most,
  { channels = usualChannels, poison = 0.005, together = 0.1, copies, longest = longestOf },
) {
  const kind = random.weighted({ message: 980, poison: 6, unreadable: 7, unknown: 7 });
  const role = kind === 'poison' ? 'poison' : random.weighted(channels);
  const length = kind === 'message' ? Math.min(1 + random.int(longest), most) : 1;
  const thread = `thread-${at}`;
  const shapes = Array.from({ length }, (_, index) => ({
    isRefused: kind === 'message' && random.chance(0.01),
    isTogether: index > 0 && random.chance(together),
    isPoison: kind === 'message' && random.chance(poison),
  }));
  return ['a', 'b'].map((workspace) => {
    const channel = `${workspace}/${role}`;
    const events = shapes.map((shape, index) => ({
      ...shape,
      ...eventOf(shape.isPoison ? 'poison' : kind, thread, index + 1, shape.isRefused),
      channel,
      isForged: random.chance(0.03),
      copies: copies ?? (random.chance(0.06) ? 2 + random.int(3) : 1),
      lateMs: random.chance(0.05) ? random.between(200, 8_000) : null,
    }));
    return { channel, thread, startsAt: 0, events };
  });
}

function eventOf(kind, thread, n, isRefused) {
  const key = `${thread}-${n}`;
  const text = `${askText(n, isRefused)}${kind === 'poison' ? ' poison' : ''}`;
  const from = { kind: 'external', value: thread };
  const item = { type: kind === 'unknown' ? 'poke' : 'message', id: key, thread, from, text };
  const body = kind === 'unreadable' ? `{"${key}": [${text}` : JSON.stringify(item, null, 1);
  return { kind, thread, key, n, text, body };
}
