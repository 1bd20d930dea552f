import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exampleBot } from '#libs/bot';
import { Bots } from '#libs/store';
import { findSlot } from '../../apps/launcher/src/demo-service/calendar.js';
import { startDemoService, type DemoService } from '../../apps/launcher/src/demo-service/demo-service.js';
import { apiOf, boot, makeWorkspace, queuesHere, type Api, type Booted } from '../support/boot.js';
import { beginTalk, type Talk } from '../support/talk.js';

const checkout = path.resolve(import.meta.dirname, '../..');
const workerScript = path.join(checkout, 'dist/apps/worker/src/main.js');

/** A free time of about a week from now. */
function aWeekFromNow(): string {
  const noon = `${new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)}T12:00`;
  return findSlot(noon, new Set()).nearest!;
}

interface World {
  booted: Booted;
  api: Api;
  channelId: string;
  service: DemoService;
}

/** A Parley that may call nothing on this machine but the service of the demo, by its name. */
async function begin(queue: 'postgres' | 'redis', hasWorker: boolean): Promise<World> {
  const service = await startDemoService();
  const env = { PARLEY_DEMO_SERVICE: service.url, PARLEY_EGRESS_ALLOW: '', PARLEY_LEASE: '2s' };
  const booted = await boot({ queue, hasWorker, env });
  const home = await makeWorkspace(booted, 'Shop');
  const definition = exampleBot();
  await booted.gateway.get(Bots).publish(home.workspaceId, home.botId, { definition, actor: 'system' });
  return { booted, service, api: apiOf(booted, home.key), channelId: home.channelId };
}

async function end({ booted, service }: World): Promise<void> {
  await booted.close();
  await service.close();
}

/** The shipped flows, each with what a person writes and what must be heard. */
const flows: Record<string, (talk: Talk) => Promise<void>> = {
  async lead(talk) {
    await talk.say("hi, I'd like a qoute");
    await talk.hears('What is your name?');
    await talk.say('Ann Miller');
    await talk.hears('Which e-mail address');
    await talk.say('ann@example.org');
    await talk.hears('How many people');
    await talk.say('more than 200');
    await talk.hears('When would you like');
    await talk.say('asap');
    await talk.hears('book a demo');
    await talk.say('not now');
    await talk.hears('Thank you, Ann Miller');
  },
  async booking(talk) {
    const slot = aWeekFromNow();
    await talk.say('Book a demo');
    await talk.hears('Which day and time');
    await talk.say(slot.replace('T', ' at '));
    await talk.hears('Which e-mail address');
    await talk.say('bo@example.org');
    await talk.hears(`Booked: **${slot.replace('T', ' at ')}**`);
  },
  async order(talk) {
    await talk.say('where is my parcel?');
    await talk.hears('order number');
    await talk.say('99');
    await talk.hears('cannot find order 99');
    await talk.say('try another');
    await talk.hears('order number');
    await talk.say('it is 1042');
    await talk.hears('Order 1042 is on its way');
  },
  async ticket(talk) {
    await talk.say('Something is broken');
    await talk.hears('What went wrong?');
    await talk.say('broken');
    await talk.hears('describe it');
    await talk.say('The cup has a crack.');
    await talk.hears('photo');
    await talk.say('I have none');
    await talk.hears('Which e-mail address');
    await talk.say('cy@example.org');
    await talk.hears('number **T-');
  },
};

/** What the service was told to keep, in numbers. */
const kept = ({ state }: DemoService) => ({
  leads: state.leads.length,
  bookings: state.bookings.length,
  tickets: state.tickets.length,
});

describe.each(queuesHere())('the shipped flows, with the queue on %s', (queue) => {
  let world: World;
  beforeAll(async () => {
    world = await begin(queue, true);
  });
  afterAll(() => end(world));

  it.each([
    ['lead', { leads: 1, bookings: 0, tickets: 0 }],
    ['booking', { leads: 0, bookings: 1, tickets: 0 }],
    ['order', { leads: 0, bookings: 0, tickets: 0 }],
    ['ticket', { leads: 0, bookings: 0, tickets: 1 }],
  ])('talk with the service: %s', async (name, more) => {
    const before = kept(world.service);
    await flows[name]!(await beginTalk(world.api, world.channelId));
    const after = kept(world.service);
    for (const [thing, count] of Object.entries(more)) {
      expect([thing, after[thing as keyof typeof after]]).toEqual([
        thing,
        before[thing as keyof typeof before] + count,
      ]);
    }
  });

  it('keep a lead with its score', () => {
    expect(world.service.state.leads).toEqual([
      { number: 'L-1', name: 'Ann Miller', email: 'ann@example.org', score: 100 },
    ]);
  });

  it('pass on to a person when the service is away', async () => {
    await world.service.close();
    const talk = await beginTalk(world.api, world.channelId);
    await talk.say('where is my parcel?');
    await talk.hears('order number');
    await talk.say('1042');
    await talk.hears('cannot look up orders');
    expect((await world.api('GET', `/v1/conversations/${talk.conversationId}`)).body.owner).toBe('queue');
  });
});

describe.runIf(existsSync(workerScript))('the shipped flows, while workers die', () => {
  let world: World;
  let stop: (() => Promise<void>) | undefined;
  beforeEach(async () => {
    world = await begin('postgres', false);
  });
  afterEach(async () => {
    await stop?.();
    await end(world);
  });

  /** A worker that kills itself behind its nth call of a tool, before anybody has heard what came of it. */
  function startWorker(dies: string): { ended: Promise<string | number>; stop: () => Promise<void> } {
    const child = fork(workerScript, {
      cwd: checkout,
      env: { PATH: process.env['PATH'], ...world.booted.env, PARLEY_CRASH_POINT: dies },
      execArgv: ['--import', './test/support/crash-hook.mjs'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as string | number);
    return {
      ended,
      stop: async () => {
        child.kill('SIGKILL');
        await ended;
      },
    };
  }

  it.each([
    ['lead', 'errand.before-signal:1', { leads: 1, bookings: 0, tickets: 0 }],
    ['booking', 'errand.before-signal:2', { leads: 0, bookings: 1, tickets: 0 }],
    ['order', 'errand.after-signal:1', { leads: 0, bookings: 0, tickets: 0 }],
    ['ticket', 'errand.after-signal:1', { leads: 0, bookings: 0, tickets: 1 }],
  ])('change the service once, and are answered once: %s', async (name, dies, once) => {
    const dying = startWorker(dies);
    stop = dying.stop;
    const talk = await beginTalk(world.api, world.channelId);
    const talked = flows[name]!(talk);
    talked.catch(() => undefined);
    expect(await dying.ended).toBe('SIGKILL');
    stop = startWorker('').stop;
    await talked;
    expect(kept(world.service)).toEqual(once);
    const said = (await talk.lines()).filter((line) => line.startsWith('bot: '));
    const twice = said.filter((line, at) => line === said[at - 1]);
    expect(twice).toEqual([]);
  });
});
