import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BotDefinition, uuidOf } from '#libs/model';
import { Bots } from '#libs/store';
import { makePrng } from '../support/prng.js';
import { apiOf, boot, makeWorkspace, type Api, type Booted } from '../support/boot.js';
import { beginTalk, type Talk } from '../support/talk.js';
import { until } from '../support/until.js';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

const text = (said: string) => [{ type: 'text', text: said }];

/** Collects an order number, hands over, and goes on when it has the conversation again. */
const definitionWith = (handoff: unknown) =>
  BotDefinition.parse({
    persona: { name: 'Ada' },
    rules: [{ id: 'help', when: { words: ['help'] }, start_flow: 'help' }],
    menus: [
      {
        id: 'instead',
        text: 'What else?',
        options: [{ id: 'ticket', label: 'A ticket', reply: text('A ticket it is.') }],
      },
    ],
    flows: [
      {
        schema: 1,
        id: 'help',
        title: 'Help',
        start: 'order',
        nodes: {
          order: {
            type: 'ask',
            text: 'Which order?',
            into: 'order',
            expect: { kind: 'number', integer: true },
            next: 'over',
          },
          over: { type: 'hand_over', reason: 'Wants help', department: 'returns', next: 'back' },
          back: { type: 'say', content: text('I am back with order {{ fields.order }}.') },
        },
      },
    ],
    ...(handoff !== undefined && { handoff }),
    fallback: text('answer'),
  });

interface Logged {
  type: string;
  author: string | null;
  data: Record<string, unknown>;
}

let booted: Booted;
let api: Api;
let home: Awaited<ReturnType<typeof makeWorkspace>>;
let desk: WebhookReceiver;

beforeAll(async () => {
  [booted, desk] = await Promise.all([boot(), startReceiver()]);
});
afterAll(async () => {
  await booted?.close();
  await desk?.close();
});

/** A workspace whose channel is answered so. */
async function useBot(handoff?: unknown): Promise<void> {
  home = await makeWorkspace(booted, 'Handoff');
  api = apiOf(booted, home.key);
  const definition = definitionWith(handoff);
  await booted.gateway.get(Bots).publish(home.workspaceId, home.botId, { definition, actor: 'system' });
}
const ownerOf = async ({ conversationId }: Talk): Promise<string> =>
  (await api('GET', `/v1/conversations/${conversationId}`)).body.owner as string;
async function log({ conversationId }: Talk): Promise<Logged[]> {
  const { rows } = await booted.owner.query<Logged>(
    `select e.type, e.data, m.author from event e left join message m on m.id = (e.data->>'message')::uuid
     where e.conversation_id = $1 order by e.seq`,
    [uuidOf(conversationId)],
  );
  return rows;
}
/** A conversation that waits in the queue. */
async function inQueue(): Promise<Talk> {
  const talk = await beginTalk(api, home.channelId, { external_id: crypto.randomUUID(), name: 'Ann Miller' });
  await talk.say('help me');
  await talk.hears('Which order?');
  await talk.say('1042');
  await until('it is in the queue', async () => (await ownerOf(talk)) === 'queue');
  return talk;
}
const offer = ({ conversationId }: Talk, operators: string[], seconds = 60) =>
  api('POST', `/v1/conversations/${conversationId}/offers`, { operators, timeout_s: seconds });
const answer = ({ conversationId }: Talk, operator: string, what: string, reason?: string) =>
  api('POST', `/v1/conversations/${conversationId}/offers/answer`, {
    operator,
    answer: what,
    ...(reason !== undefined && { reason }),
  });
const pass = ({ conversationId }: Talk, to: string, more: object = {}) =>
  api('POST', `/v1/conversations/${conversationId}/control`, { to, ...more });
const offersOf = async ({ conversationId }: Talk): Promise<string[]> =>
  (
    (await api('GET', `/v1/conversations/${conversationId}/offers`)).body.data as {
      operator: string;
      status: string;
    }[]
  ).map(({ operator, status }) => `${operator}: ${status}`);

describe('an offer', () => {
  beforeAll(() => useBot());

  it('goes to the next one who is asked when it is declined or not answered, and is accepted by one', async () => {
    const talk = await inQueue();
    expect((await answer(talk, 'ann', 'accept')).body.code).toBe('state/conflict');
    const made = await offer(talk, ['ann', 'bo', 'cy', 'bo']);
    expect(made.body.data).toMatchObject([
      { operator: 'ann', status: 'offered' },
      { operator: 'bo', status: 'waiting' },
      { operator: 'cy', status: 'waiting' },
    ]);
    expect((await answer(talk, 'bo', 'accept')).status).toBe(409);
    expect((await answer(talk, 'ann', 'decline', 'At lunch')).body.owner).toBe('queue');
    // Bo says nothing until the time is over: a worker asks Cy.
    await booted.owner.query("update offer set ends_at = now() where operator = 'bo' and status = 'offered'");
    await booted.owner.query("update errand set due_at = now() where kind = 'offer'");
    await until('Cy is asked', async () => (await offersOf(talk)).includes('cy: offered'));
    const accepted = await Promise.all(Array.from({ length: 5 }, () => answer(talk, 'cy', 'accept')));
    expect(accepted.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409]);
    expect(await ownerOf(talk)).toBe('operator');
    expect(await offersOf(talk)).toEqual(['ann: declined', 'bo: lapsed', 'cy: accepted']);
    const told = (await log(talk))
      .filter(({ type }) => type.startsWith('handoff.') || type === 'control.changed')
      .map(({ type, data }) => `${type} ${String(data['operator'] ?? data['to'])}`);
    expect(told).toEqual([
      'handoff.requested queue',
      'handoff.offered ann',
      'handoff.declined ann',
      'handoff.offered bo',
      'handoff.declined bo',
      'handoff.offered cy',
      'control.changed cy',
    ]);
  });

  it('that nobody takes leaves the conversation in the queue, and says so', async () => {
    const talk = await inQueue();
    await offer(talk, ['ann']);
    await answer(talk, 'ann', 'decline');
    expect(await ownerOf(talk)).toBe('queue');
    expect((await log(talk)).at(-1)).toMatchObject({ type: 'handoff.unanswered' });
    const waiting = await api('GET', '/v1/conversations?owner=queue&limit=100');
    expect(waiting.body.data.map(({ id }: { id: string }) => id)).toContain(talk.conversationId);
  });

  it('is of no use when somebody else took the conversation, and only of one in the queue', async () => {
    const talk = await inQueue();
    await offer(talk, ['ann', 'bo'], 1);
    await pass(talk, 'operator');
    expect((await answer(talk, 'ann', 'accept')).status).toBe(409);
    expect((await offer(talk, ['bo'])).body.code).toBe('state/conflict');
    await until('nobody is asked any more', async () =>
      (await offersOf(talk)).every((line) => !line.endsWith('offered')),
    );
    expect(await offersOf(talk)).toEqual(['ann: withdrawn', 'bo: waiting']);
    expect(
      (await offer({ ...talk, conversationId: 'conv_01jd7z3q9ve8g8kq0w2m5n6p7r' }, ['ann'])).status,
    ).toBe(404);
  });
});

describe('whoever takes over', () => {
  beforeAll(() => useBot());

  it('has the reason, a summary, the person, what was collected, what was said, and why', async () => {
    const talk = await inQueue();
    const { body } = await api('GET', `/v1/conversations/${talk.conversationId}/handover`);
    expect(body).toMatchObject({
      owner: 'queue',
      reason: 'Wants help',
      department: 'returns',
      contact: { name: 'Ann Miller' },
      fields: { order: 1042 },
    });
    expect(body.summary).toBe(
      'Ann Miller has written 2 messages. Handed over: Wants help. Last: “1042”. Collected: order 1042.',
    );
    expect(body.transcript.map(({ author }: { author: string }) => author)).toEqual([
      'contact',
      'bot',
      'contact',
    ]);
    expect(body.turns.at(-1).trace.map(({ responder }: { responder: string }) => responder)).toContain(
      'flows',
    );
    const other = await makeWorkspace(booted, 'Other');
    const theirs = await apiOf(booted, other.key)('GET', `/v1/conversations/${talk.conversationId}/handover`);
    expect(theirs.status).toBe(404);
  });

  it('is silent company to nobody: after a release with its reason the flow goes on', async () => {
    const talk = await inQueue();
    await offer(talk, ['ann']);
    await answer(talk, 'ann', 'accept');
    await talk.say('are you there?');
    await pass(talk, 'bot', { reason: 'Solved' });
    await talk.hears('I am back with order 1042.');
    const released = (await log(talk)).find(({ data }) => data['to'] === 'bot');
    expect(released?.data).toMatchObject({ from: 'operator', to: 'bot', reason: 'Solved' });
  });
});

describe('an external desk', () => {
  beforeAll(() => useBot({ to: 'desk' }));

  it('hears of it with everything it needs, answers over the API, and gives the conversation back', async () => {
    const made = await api('POST', '/v1/webhook-endpoints', {
      url: `${desk.url}/desk`,
      types: ['handoff.requested', 'message.created'],
      include: ['handover'],
    });
    expect(made.status).toBe(201);
    const talk = await beginTalk(api, home.channelId, { external_id: 'desk', name: 'Dora' });
    await talk.say('help');
    await talk.hears('Which order?');
    await talk.say('7');
    const told = await until('the desk has heard of it', () => desk.on('/desk', 'handoff.requested')[0]);
    expect(told.body.data).toMatchObject({
      conversation_id: talk.conversationId,
      to: 'desk',
      handover: {
        owner: 'desk',
        reason: 'Wants help',
        fields: { order: 7 },
        contact: { name: 'Dora' },
        transcript: [{ author: 'contact' }, { author: 'bot' }, { author: 'contact' }],
      },
    });
    expect(await ownerOf(talk)).toBe('desk');
    await talk.say('hello?');
    await api('POST', `/v1/conversations/${talk.conversationId}/messages`, { text: 'This is the desk.' });
    await talk.hears('This is the desk.');
    await pass(talk, 'bot', { reason: 'Done', expected_owner: 'desk' });
    await talk.hears('I am back with order 7.');
    expect((await talk.lines()).filter((line) => line.startsWith('bot: '))).toHaveLength(2);
  });
});

describe('an external desk with a time to wait', () => {
  beforeAll(() => useBot({ to: 'desk', wait_s: 600, no_one: { reply: text('The desk is not there.') } }));

  async function atDesk(): Promise<Talk> {
    const talk = await beginTalk(api, home.channelId, { external_id: crypto.randomUUID(), name: 'Dora' });
    await talk.say('help');
    await talk.hears('Which order?');
    await talk.say('7');
    await until('it is at the desk', async () => (await ownerOf(talk)) === 'desk');
    return talk;
  }
  /** Ten minutes pass. */
  async function wait({ conversationId }: Talk): Promise<void> {
    const place = `kind = 'queue' and conversation_id = $1`;
    await booted.owner.query(`update errand set due_at = now() where ${place}`, [uuidOf(conversationId)]);
    await until('the wait is over', async () => {
      const { rows } = await booted.owner.query(`select 1 from errand where ${place}`, [
        uuidOf(conversationId),
      ]);
      return rows.length === 0;
    });
  }

  it('that does not react has not taken the conversation: the bot goes on', async () => {
    const talk = await atDesk();
    await wait(talk);
    await talk.hears('The desk is not there.');
    expect(await ownerOf(talk)).toBe('bot');
    expect(
      (await log(talk)).map(({ type, data }) => [type, data['from'] ?? null, data['reason'] ?? null]),
    ).toEqual(
      expect.arrayContaining([
        ['handoff.unanswered', null, 'Nobody took it in time'],
        ['control.changed', 'desk', 'Nobody took it in time'],
      ]),
    );
  });

  it('that has answered keeps it', async () => {
    const talk = await atDesk();
    await api('POST', `/v1/conversations/${talk.conversationId}/messages`, { text: 'This is the desk.' });
    await talk.hears('This is the desk.');
    await wait(talk);
    expect(await ownerOf(talk)).toBe('desk');
    expect((await talk.lines()).join()).not.toContain('not there');
  });

  it('that has passed it on, for a reason, has done with it', async () => {
    const talk = await atDesk();
    expect((await pass(talk, 'queue', { reason: 'Needs a lawyer', expected_owner: 'desk' })).status).toBe(
      200,
    );
    await wait(talk);
    expect(await ownerOf(talk)).toBe('queue');
    expect((await log(talk)).at(-1)).toMatchObject({
      type: 'control.changed',
      data: { from: 'desk', to: 'queue', reason: 'Needs a lawyer' },
    });
  });

  it('hears of everything that happens to it over webhooks, with who and why', async () => {
    const types = ['handoff.requested', 'handoff.offered', 'handoff.declined', 'control.changed'];
    await api('POST', '/v1/webhook-endpoints', { url: `${desk.url}/all`, types });
    const talk = await atDesk();
    await pass(talk, 'queue', { reason: 'Not ours' });
    await offer(talk, ['ann', 'bo']);
    await answer(talk, 'ann', 'decline', 'At lunch');
    await answer(talk, 'bo', 'accept');
    await pass(talk, 'bot', { reason: 'Solved' });
    const heard = (type: string) =>
      desk.on('/all', type).filter(({ body }) => body.data.conversation_id === talk.conversationId);
    await until(
      'all was told',
      () => heard('control.changed').length >= 3 && heard('handoff.offered').length >= 2,
    );
    const told = types.flatMap((type) => heard(type).map(({ body: { data } }) => ({ type, ...data })));
    expect(told).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'handoff.requested', to: 'desk', reason: 'Wants help' }),
        expect.objectContaining({ type: 'control.changed', from: 'desk', to: 'queue', reason: 'Not ours' }),
        expect.objectContaining({ type: 'handoff.offered', operator: 'ann' }),
        expect.objectContaining({ type: 'handoff.declined', operator: 'ann', reason: 'At lunch' }),
        expect.objectContaining({ type: 'handoff.offered', operator: 'bo' }),
        expect.objectContaining({ type: 'control.changed', to: 'operator', operator: 'bo' }),
        expect.objectContaining({ type: 'control.changed', to: 'bot', reason: 'Solved' }),
      ]),
    );
  });
});

describe('a queue in which nobody answers', () => {
  beforeAll(() =>
    useBot({ wait_s: 1, no_one: { reply: text('Sorry, nobody is free.'), open_menu: 'instead' } }),
  );

  it('gives the conversation back to the bot, which says what else there is', async () => {
    const talk = await inQueue();
    await offer(talk, ['ann']);
    await talk.hears('Sorry, nobody is free.');
    expect(await ownerOf(talk)).toBe('bot');
    expect(await offersOf(talk)).toEqual(['ann: withdrawn']);
    await talk.say('a ticket');
    await talk.hears('A ticket it is.');
  });
});

describe('the bot', () => {
  beforeAll(() => useBot({ wait_s: 2, no_one: { reply: text('Nobody is free.') } }));

  it.each([1, 2, 3])(
    'says nothing that it does not own, however everything falls together: seed %i',
    async (seed) => {
      const random = makePrng(seed);
      const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
      const talks = await Promise.all(
        Array.from({ length: 6 }, () => beginTalk(api, home.channelId, { external_id: crypto.randomUUID() })),
      );
      const acts: ((talk: Talk) => Promise<unknown>)[] = [
        (talk) => talk.say('help'),
        (talk) => talk.say(String(Math.floor(random() * 1_000))),
        (talk) => talk.say('hello'),
        (talk) => pass(talk, pick(['bot', 'queue', 'operator', 'desk'])),
        (talk) => offer(talk, ['ann', 'bo'], 1),
        (talk) => answer(talk, pick(['ann', 'bo']), pick(['accept', 'decline'])),
        (talk) => api('POST', `/v1/conversations/${talk.conversationId}/messages`, { text: 'by a person' }),
      ];
      await Promise.all(
        talks.map(async (talk) => {
          for (let step = 0; step < 10; step++) {
            // Two at once, and sometimes one behind the other.
            await Promise.all([pick(acts)(talk), ...(random() < 0.6 ? [pick(acts)(talk)] : [])]);
          }
        }),
      );
      await until(
        'all is handled',
        async () => {
          // Offers of other workspaces may be open for a minute.
          const { rows } = await booted.owner.query<{ n: string }>(
            `select (select count(*) from inbox_event where status = 'pending' and workspace_id = $1) +
           (select count(*) from errand where kind in ('offer', 'queue') and workspace_id = $1) as n`,
            [uuidOf(home.workspaceId)],
          );
          return Number(rows[0]!.n) === 0;
        },
        60_000,
      );
      for (const talk of talks) {
        let owner = 'bot';
        for (const { type, author, data } of await log(talk)) {
          if (type === 'message.created' && author === 'bot') expect([owner, data]).toEqual(['bot', data]);
          if (type === 'handoff.requested' || type === 'control.changed') {
            if (type === 'control.changed') expect(data['from']).toBe(owner);
            owner = data['to'] as string;
          }
        }
        expect(await ownerOf(talk)).toBe(owner);
      }
    },
    120_000,
  );
});
