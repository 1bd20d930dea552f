import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InboundDoor } from '#libs/inbound';
import { BotDefinition } from '#libs/model';
import { queuesHere } from '../support/boot.js';
import { say, startPipeline, type Pipeline } from '../support/pipeline.js';
import { until } from '../support/until.js';

interface Called {
  key: string | undefined;
  path: string;
  body: Record<string, unknown>;
}

describe.each(queuesHere())('what a turn leaves to be done, with the queue on %s', (queue) => {
  let folder: string;
  let pipeline: Pipeline;
  let shop: Server;
  let shopUrl: string;
  const called: Called[] = [];
  let answer: (request: IncomingMessage) => { status: number; body: unknown } = () => ({
    status: 200,
    body: {},
  });

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'parley-errands-'));
    mkdirSync(path.join(folder, 'hooks'));
    writeFileSync(
      path.join(folder, 'hooks/greeting.mjs'),
      `export default ({ name }, { callId }) => ({ words: 'Dear ' + name.toUpperCase(), keyed: callId.length > 0, env: Object.keys(process.env).length });`,
    );
    writeFileSync(path.join(folder, 'hooks/stuck.mjs'), 'export default () => { for (;;); }');
    shop = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      request.on('end', () => {
        const key = request.headers['idempotency-key'];
        called.push({ key: String(key), path: request.url!, body: text ? JSON.parse(text) : {} });
        const { status, body } = answer(request);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
    pipeline = await startPipeline({ queue, env: { PARLEY_DATA_DIR: folder } });
  });
  afterAll(async () => {
    await pipeline?.close();
    shop?.close();
    rmSync(folder, { recursive: true });
  });

  type Nodes = Record<string, Record<string, unknown>>;
  const botOf = (start: string, nodes: Nodes): BotDefinition =>
    BotDefinition.parse({
      persona: { name: 'Ada' },
      rules: [{ id: 'go', when: { words: ['go'] }, start_flow: 'main' }],
      flows: [{ schema: 1, id: 'main', title: 'Main', start, nodes }],
      tools: [
        {
          name: 'orders.find',
          description: 'Finds an order',
          method: 'POST',
          url: `${shopUrl}/orders`,
          input: { type: 'object', properties: { number: { type: 'string' } }, required: ['number'] },
        },
      ],
    });
  const sayNode = (text: string, next?: string) => ({
    type: 'say',
    content: [{ type: 'text', text }],
    ...(next && { next }),
  });
  const call = {
    type: 'call',
    tool: 'orders.find',
    input: { number: '"1042"' },
    into: 'order',
    failed: 'sorry',
    next: 'found',
  };
  const replies = async (thread: string): Promise<string[]> => {
    const { rows } = await pipeline.owner.query<{ text: string }>(
      `select m.content->0->>'text' as text from message m join conversation c on c.id = m.conversation_id
       where c.thread = $1 and m.direction = 'out' order by m.seq`,
      [thread],
    );
    return rows.map(({ text }) => text);
  };
  const errandsLeft = async (): Promise<number> =>
    (await pipeline.owner.query<{ n: number }>('select count(*)::int as n from errand')).rows[0]!.n;

  it('is a tool that is called once, and whose answer the bot goes on with', async () => {
    called.length = 0;
    answer = () => ({ status: 200, body: { state: 'on its way' } });
    const bot = botOf('wait', {
      wait: sayNode('Let me look.', 'call'),
      call,
      found: sayNode('It is {{ fields.order.state }}.'),
      sorry: sayNode('I cannot look now.'),
    });
    const channel = await pipeline.addChannel({ bot });
    await say(pipeline, channel, `tool-${queue}`, 'go');
    await until('the answer', async () => (await replies(`tool-${queue}`)).length === 2);
    expect(await replies(`tool-${queue}`)).toEqual(['Let me look.', 'It is on its way.']);
    expect(called).toMatchObject([{ path: '/orders', body: { number: '1042' } }]);
    expect(called[0]!.key).toMatch(/.+\..+/);
    await until('nothing is left, no timer either', async () => (await errandsLeft()) === 0);
  });

  it('is tried again under the same key when the other side is away, and given up with a code', async () => {
    called.length = 0;
    answer = () => ({ status: called.length < 2 ? 503 : 200, body: { state: 'here' } });
    const nodes = {
      call,
      found: sayNode('It is {{ fields.order.state }}.'),
      sorry: sayNode('I cannot look now.'),
    };
    const channel = await pipeline.addChannel({ bot: botOf('call', nodes) });
    await say(pipeline, channel, `away-${queue}`, 'go');
    await until('the answer', async () => (await replies(`away-${queue}`)).length === 1);
    expect(await replies(`away-${queue}`)).toEqual(['It is here.']);
    expect(new Set(called.map(({ key }) => key)).size).toBe(1);
    expect(called.length).toBe(2);

    answer = () => ({ status: 404, body: {} });
    await say(pipeline, channel, `gone-${queue}`, 'go');
    await until('the failure', async () => (await replies(`gone-${queue}`)).length === 1);
    expect(await replies(`gone-${queue}`)).toEqual(['I cannot look now.']);
  });

  it('is waking up later, on whatever worker there is', async () => {
    const nodes = {
      first: sayNode('One moment.', 'rest'),
      rest: { type: 'wait', seconds: 1, next: 'later' },
      later: sayNode('Here I am again.'),
    };
    const channel = await pipeline.addChannel({ bot: botOf('first', nodes) });
    await say(pipeline, channel, `timer-${queue}`, 'go');
    await until('it woke', async () => (await replies(`timer-${queue}`)).length === 2);
    expect(await replies(`timer-${queue}`)).toEqual(['One moment.', 'Here I am again.']);
  });

  it('is a function of the installation, in a thread that sees no secret and cannot get stuck', async () => {
    const hook = (name: string, more = {}) => ({
      type: 'hook',
      hook: name,
      input: { name: '"Ann"' },
      into: 'made',
      next: 'found',
      failed: 'sorry',
      ...more,
    });
    const found = sayNode('{{ fields.made.words }}, {{ fields.made.keyed }}, {{ fields.made.env }}');
    const sorry = sayNode('That took too long.');
    const channel = await pipeline.addChannel({
      bot: botOf('run', { run: hook('greeting'), found, sorry }),
    });
    await say(pipeline, channel, `hook-${queue}`, 'go');
    await until('it ran', async () => (await replies(`hook-${queue}`)).length === 1);
    expect(await replies(`hook-${queue}`)).toEqual(['Dear ANN, true, 0']);

    const stuck = await pipeline.addChannel({
      bot: botOf('run', { run: hook('stuck', { timeout_s: 1 }), found, sorry }),
    });
    await say(pipeline, stuck, `stuck-${queue}`, 'go');
    await until('it ended', async () => (await replies(`stuck-${queue}`)).length === 1);
    expect(await replies(`stuck-${queue}`)).toEqual(['That took too long.']);
  });

  it('is known of the contact, and counted as a goal', async () => {
    const nodes = {
      set: { type: 'set', values: { city: '"Berlin"' }, contact: ['city'], next: 'goal' },
      goal: { type: 'goal', goal: 'lead', data: { score: '42' }, next: 'end' },
      end: sayNode('Thanks.'),
    };
    const channel = await pipeline.addChannel({ bot: botOf('set', nodes) });
    await say(pipeline, channel, `known-${queue}`, 'go');
    await until('it is said', async () => (await replies(`known-${queue}`)).length === 1);
    const { rows } = await pipeline.owner.query<{ city: string; goal: unknown }>(
      `select k.attributes->>'city' as city, (select e.data from event e where e.conversation_id = c.id and e.type = 'goal.reached') as goal
       from conversation c join contact k on k.id = c.contact_id where c.thread = $1`,
      [`known-${queue}`],
    );
    expect(rows).toEqual([{ city: 'Berlin', goal: { goal: 'lead', data: { score: 42 } } }]);
  });

  it('comes back once, however often its signal is put in', async () => {
    const nodes = {
      first: sayNode('Waiting.', 'paid'),
      paid: { type: 'wait_event', event: 'paid', timeout_s: 600, next: 'later', failed: 'later' },
      later: sayNode('Thank you for paying.'),
    };
    const channel = await pipeline.addChannel({ bot: botOf('first', nodes) });
    const thread = `event-${queue}`;
    await say(pipeline, channel, thread, 'go');
    await until('it waits', async () => (await replies(thread)).length === 1);
    const paid = { kind: 'event', name: 'paid', data: {} } as const;
    const door = pipeline.get(InboundDoor);
    await Promise.all(['p1', 'p1', 'p1', 'p2'].map((key) => door.signal(channel, thread, key, paid)));
    await until('it went on', async () => (await replies(thread)).length > 1);
    await say(pipeline, channel, thread, 'anything else');
    await until('all is handled', async () => {
      const { rows } = await pipeline.owner.query<{ n: number }>(
        "select count(*)::int as n from inbox_event where status = 'pending'",
      );
      return rows[0]!.n === 0;
    });
    expect((await replies(thread)).slice(0, 2)).toEqual(['Waiting.', 'Thank you for paying.']);
    expect((await replies(thread)).filter((text) => text === 'Thank you for paying.')).toHaveLength(1);
  });
});
