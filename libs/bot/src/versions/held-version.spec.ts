import { describe, expect, it } from 'vitest';
import { BotDefinition, newId, type JsonObject } from '#libs/model';
import { BotCore } from '../core.js';
import { stateAfterSending } from '../memory.js';
import { turnOf } from '../../../../test/support/turns.js';
import { heldVersion, talkMs } from './held-version.js';

const startMs = Date.parse('2027-01-04T10:00:00Z');
const later = startMs + talkMs;
const definition = BotDefinition.parse({
  persona: { name: 'Ada' },
  rules: [
    { id: 'go', when: { words: ['go'] }, start_flow: 'main' },
    { id: 'hi', when: { words: ['hi'] }, reply: [{ type: 'text', text: 'Hi.' }] },
  ],
  flows: [
    {
      schema: 1,
      id: 'main',
      title: 'Main',
      start: 'rest',
      nodes: { rest: { type: 'wait', seconds: 86_400 * 30, next: 'end' }, end: { type: 'goal', goal: 'g' } },
    },
  ],
});
const core = new BotCore(undefined, { clock: { now: () => startMs, tick: () => 0 } });

async function after(said: string): Promise<{ state: JsonObject; botId: ReturnType<typeof newId<'bot'>> }> {
  const turn = turnOf({ says: [said], definition });
  const botId = newId('bot');
  const { state } = await core.answer({ ...turn, bot: { ...turn.bot, botId, version: 3 } });
  return { state: JSON.parse(JSON.stringify(state)) as JsonObject, botId };
}

describe('the version in which a conversation is under way', () => {
  it('is the one of the last turn, for the hour in which a talk goes on', async () => {
    const { state, botId } = await after('hi');
    expect(heldVersion(state, botId, later - 1)).toBe(3);
    expect(heldVersion(state, botId, later)).toBeNull();
  });

  it('stays as long as a flow sleeps, and what others send changes nothing about it', async () => {
    const { state, botId } = await after('go');
    expect(heldVersion(state, botId, later + 29 * 86_400_000)).toBe(3);
    const sent = stateAfterSending(state, [
      [{ type: 'choices', text: 'Which?', style: 'buttons', options: [{ id: 'a', label: 'A' }] }],
    ]);
    expect(heldVersion(sent, botId, later + 29 * 86_400_000)).toBe(3);
  });

  it('stays as long as a tool waits for somebody who can still decide', () => {
    const botId = newId('bot');
    const state = {
      core: { turns: 1, questions: [], ran: { botId, version: 2, atMs: startMs } },
      agent: { pending: {} },
    };
    expect(heldVersion(state, botId, later * 2)).toBe(2);
    const waiting = { ...state, agent: { pending: { expiresAt: later + 1_000 } } };
    expect(heldVersion(waiting, botId, later + 999)).toBe(2);
    expect(heldVersion(waiting, botId, later + 1_000)).toBeNull();
  });

  it('is none for another bot, before the first turn, and for states of earlier releases', async () => {
    const { state } = await after('go');
    expect(heldVersion(state, newId('bot'), startMs)).toBeNull();
    expect(heldVersion({}, newId('bot'), startMs)).toBeNull();
    expect(heldVersion({ core: { turns: 1, questions: [] } }, newId('bot'), startMs)).toBeNull();
  });
});
