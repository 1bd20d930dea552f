import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BotDefinition, type BotId } from '#libs/model';
import { Bots, type LoadedChannel } from '#libs/store';
import { queuesHere } from '../support/boot.js';
import { say, startPipeline, type Pipeline } from '../support/pipeline.js';
import { until } from '../support/until.js';

/** A bot whose flow sleeps for six seconds and then says which version it is of. */
const botOf = (version: string): BotDefinition =>
  BotDefinition.parse({
    persona: { name: 'Ada' },
    rules: [
      { id: 'go', when: { words: ['go'] }, start_flow: 'main' },
      { id: 'which', when: { words: ['which'] }, reply: [{ type: 'text', text: `version ${version}` }] },
    ],
    flows: [
      {
        schema: 1,
        id: 'main',
        title: 'Main',
        start: 'first',
        nodes: {
          first: { type: 'say', content: [{ type: 'text', text: `sleeps in ${version}` }], next: 'rest' },
          rest: { type: 'wait', seconds: 6, next: 'last' },
          last: { type: 'say', content: [{ type: 'text', text: `wakes in ${version}` }] },
        },
      },
    ],
  });

describe.each(queuesHere())(
  'another version, published while a flow sleeps, with the queue on %s',
  (queue) => {
    let pipeline: Pipeline;

    beforeAll(async () => {
      pipeline = await startPipeline({ queue });
    });
    afterAll(() => pipeline?.close());

    const replies = async (thread: string): Promise<string[]> => {
      const { rows } = await pipeline.owner.query<{ text: string }>(
        `select m.content->0->>'text' as text from message m join conversation c on c.id = m.conversation_id
       where c.thread = $1 and m.direction = 'out' order by m.seq`,
        [thread],
      );
      return rows.map(({ text }) => text);
    };
    const publishAsleep = async (
      running: 'move' | 'finish',
    ): Promise<{ channel: LoadedChannel; botId: BotId; thread: string }> => {
      const thread = `${running}-${queue}`;
      const channel = await pipeline.addChannel({ bot: botOf('one') });
      const botId = channel.botId!;
      const bots = pipeline.get(Bots);
      await bots.update(channel.workspaceId, botId, { runningConversations: running, actor: 'system' });
      await say(pipeline, channel, thread, 'go');
      await until('the flow sleeps', async () => (await replies(thread)).length === 1);
      await bots.publish(channel.workspaceId, botId, { definition: botOf('two'), actor: 'system' });
      return { channel, botId, thread };
    };

    it('leaves a conversation with the version that it began with, where the bot asks for that', async () => {
      const { channel, botId, thread } = await publishAsleep('finish');
      await until('the flow has gone on', async () => (await replies(thread)).length === 2);
      expect(await replies(thread)).toEqual(['sleeps in one', 'wakes in one']);
      await say(pipeline, channel, `${thread}-new`, 'which');
      await until('somebody new is answered', async () => (await replies(`${thread}-new`)).length === 1);
      expect(await replies(`${thread}-new`)).toEqual(['version two']);

      // The talk is over: the hour since its last turn has passed.
      await pipeline.owner.query(
        `update conversation set bot_state = jsonb_set(bot_state, '{core,ran,atMs}', '0') where thread = $1`,
        [thread],
      );
      await say(pipeline, channel, thread, 'which');
      await until('it is answered', async () => (await replies(thread)).length === 3);
      expect((await replies(thread)).at(-1)).toBe('version two');
      const { rows } = await pipeline.owner.query<{ bot_version: number }>(
        `select t.bot_version from turn t join conversation c on c.id = t.conversation_id
       where c.thread = $1 order by t.started_at`,
        [thread],
      );
      expect(rows.map((row) => row.bot_version)).toEqual([1, 1, 2]);
      expect((await pipeline.get(Bots).get(channel.workspaceId, botId)).published_version).toBe(2);
    });

    it('takes the conversation over at its next turn, where the bot asks for nothing', async () => {
      const { thread } = await publishAsleep('move');
      await until('the flow has gone on', async () => (await replies(thread)).length === 2);
      expect((await replies(thread)).at(-1)).toBe('wakes in two');
    });
  },
);
