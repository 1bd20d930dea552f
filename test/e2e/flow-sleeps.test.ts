import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BotDefinition } from '#libs/model';
import { Bots } from '#libs/store';
import { apiOf, boot, makeWorkspace, type Booted } from '../support/boot.js';
import { beginTalk, type Talk } from '../support/talk.js';
import { until } from '../support/until.js';

const checkout = path.resolve(import.meta.dirname, '../..');
const workerScript = path.join(checkout, 'dist/apps/worker/src/main.js');
const daysMs = 86_400_000;

const said = (text: string) => [{ type: 'text' as const, text }];
const definition = BotDefinition.parse({
  persona: { name: 'Ada' },
  rules: [
    { id: 'go', when: { words: ['order'] }, start_flow: 'main' },
    { id: 'hours', when: { words: ['open'] }, reply: said('From nine.') },
  ],
  flows: [
    {
      schema: 1,
      id: 'main',
      title: 'Main',
      start: 'what',
      nodes: {
        what: { type: 'ask', text: 'Which colour?', into: 'colour', expect: { kind: 'text' }, next: 'rest' },
        rest: { type: 'wait', seconds: 3 * 86_400, next: 'how' },
        how: {
          type: 'ask',
          text: 'How do you like it in {{ fields.colour }}?',
          into: 'stars',
          expect: { kind: 'number', min: 1, max: 5 },
          next: 'thanks',
        },
        thanks: { type: 'say', content: said('{{ fields.stars }} stars for {{ fields.colour }}.') },
      },
    },
  ],
});

/** A worker in a process of its own, which knows nothing but its settings. */
function startWorker({ env }: Booted): () => Promise<void> {
  const child = fork(workerScript, {
    cwd: checkout,
    env: { PATH: process.env['PATH'], ...env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = once(child, 'exit');
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}

/** Time passes for a conversation: everything that is to happen in it is so much nearer. */
async function pass({ owner }: Booted, ms: number): Promise<void> {
  const { rows } = await owner.query<{ id: string; state: unknown }>(
    'select id, bot_state as state from conversation',
  );
  for (const { id, state } of rows) {
    const nearer = JSON.stringify(state, (key, value: unknown) =>
      key === 'wakesAtMs' && typeof value === 'number' ? value - ms : value,
    );
    await owner.query('update conversation set bot_state = $2 where id = $1', [id, nearer]);
  }
  await owner.query("update errand set due_at = due_at - $1 * interval '1 ms' where kind = 'timer'", [ms]);
}

describe.runIf(existsSync(workerScript))('a flow that sleeps for days', () => {
  let booted: Booted;
  let talk: Talk;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    booted = await boot({ hasWorker: false, env: { PARLEY_LEASE: '2s' } });
    const home = await makeWorkspace(booted, 'Home');
    await booted.gateway.get(Bots).publish(home.workspaceId, home.botId, { definition, actor: 'system' });
    talk = await beginTalk(apiOf(booted, home.key), home.channelId);
    stop = startWorker(booted);
  });
  afterAll(async () => {
    await stop?.();
    await booted?.close();
  });

  const killAll = async (): Promise<void> => {
    await stop();
    stop = startWorker(booted);
  };
  const dueInMs = async (): Promise<number | null> => {
    const { rows } = await booted.owner.query<{ ms: string }>(
      "select extract(epoch from due_at - now()) * 1000 as ms from errand where kind = 'timer'",
    );
    return rows[0] ? Number(rows[0].ms) : null;
  };

  /** A worker that has just been started takes its time on a busy machine. */
  const hears = (words: string) =>
    until(
      `somebody says “${words}”`,
      async () => (await talk.lines()).some((line) => line.startsWith('bot: ') && line.includes(words)),
      120_000,
    );

  it('goes on with what it knew, whichever worker is there when it wakes, and is woken once', async () => {
    await talk.say('an order please');
    await hears('Which colour?');
    await talk.say('green');
    await until('it sleeps', async () => (await dueInMs()) !== null);
    expect(await dueInMs()).toBeGreaterThan(2.9 * daysMs);
    await killAll();

    await pass(booted, 2 * daysMs);
    await talk.say('when are you open');
    await hears('From nine.');
    expect((await talk.lines()).filter((line) => line.includes('How do you like'))).toEqual([]);

    await pass(booted, daysMs);
    await hears('How do you like it in green?');
    await killAll();

    await talk.say('four');
    await hears('4 stars for green.');
    expect(await dueInMs()).toBeNull();
    expect((await talk.lines()).filter((line) => line.startsWith('bot: '))).toEqual([
      'bot: Which colour?',
      'bot: From nine.',
      'bot: How do you like it in green?',
      'bot: 4 stars for green.',
    ]);
  }, 500_000);
});
