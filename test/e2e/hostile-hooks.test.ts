import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectorOf, parseSettings, registry, type HookRequest } from '#libs/connectors';
import type { ChannelId } from '#libs/model';
import { Channels } from '#libs/store';
import { apiOf, boot, makeWorkspace, type Booted, type TestWorkspace } from '../support/boot.js';

const twilio = createRequire(import.meta.url)('twilio/lib/webhooks/webhooks') as {
  getExpectedTwilioSignature(token: string, url: string, params: Record<string, string>): string;
};
const folders = path.join(import.meta.dirname, '../../libs/connectors/src');
const connectors = [...registry.values()]
  .filter(({ webhook, simulate }) => webhook && simulate)
  .map(({ manifest }) => manifest.id);

let booted: Booted;
let home: TestWorkspace;
beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  home = await makeWorkspace(booted);
});
afterAll(() => booted?.close());

describe('the connectors with webhooks', () => {
  it('are all tried here', () => {
    const withWebhook = [...registry.values()].filter(({ webhook }) => webhook);
    expect(withWebhook.map(({ manifest }) => manifest.id)).toEqual(connectors);
    expect(connectors.length).toBeGreaterThan(6);
  });
});

describe.each(connectors)('what comes to a channel of %s', (id) => {
  const connector = connectorOf(id);
  let channelId: ChannelId;
  let webhookUrl: string;
  let genuine: HookRequest;

  beforeAll(async () => {
    const sample = JSON.parse(readFileSync(path.join(folders, id, 'sample-settings.json'), 'utf8')) as object;
    const made = await apiOf(booted, home.key)('POST', '/v1/channels', {
      connector: id,
      name: id,
      settings: sample,
    });
    expect(made.status).toBe(201);
    channelId = made.body.id as ChannelId;
    webhookUrl = made.body.webhook_url as string;
  });
  beforeEach(async () => {
    const channel = (await booted.gateway.get(Channels).load(channelId))!;
    const settings = parseSettings(connector, channel.settings);
    const said = { from: '+4915112345678', text: `hello ${Math.random()}` };
    genuine = connector.simulate!(said, settings, Date.now());
    // Twilio signs the address that it calls, which is another one than that of a simulated request.
    if (id === 'twilio-sms') genuine = signedForTwilio(genuine, webhookUrl);
  });

  async function send(request: Partial<HookRequest>, channel: string = channelId): Promise<number> {
    const { method, headers, body, url } = { ...genuine, ...request };
    const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
    const answer = await fetch(`${booted.url}/hooks/${id}/${channel}${query}`, {
      method,
      headers,
      ...(method === 'POST' && { body }),
    });
    await answer.arrayBuffer();
    return answer.status;
  }
  async function rows(): Promise<number> {
    const { rows: found } = await booted.owner.query<{ n: number }>(
      'select count(*)::int as n from inbox_event e join channel c on c.id = e.channel_id where c.connector = $1',
      [id],
    );
    return found[0]!.n;
  }

  it('is stored when it is genuine, and once when it is replayed', async () => {
    const before = await rows();
    expect(await send({})).toBe(200);
    expect(await send({})).toBe(200);
    expect(await rows()).toBe(before + 1);
  });

  it('leaves no row when it is not genuine, and never an error of ours', async () => {
    const before = await rows();
    const isGet = genuine.method === 'GET';
    const altered = isGet
      ? { url: genuine.url.replace(/secret=[^&]*/, 'secret=another') }
      : { body: Buffer.concat([genuine.body, Buffer.from(' ')]) };
    // Signatures stand in headers, or among the fields of the query or the form.
    const bare = {
      url: isGet ? genuine.url.split('?')[0]! : genuine.url,
      body: Buffer.from(
        Buffer.from(genuine.body)
          .toString('utf8')
          .replace(/&sig=[^&]*/, ''),
      ),
    };
    const type = genuine.headers['content-type'] ?? 'application/json';
    const statuses = {
      altered: await send(altered),
      unsigned: await send({ ...bare, headers: { 'content-type': type } }),
      empty: await send({ ...bare, headers: {}, body: Buffer.alloc(0) }),
      garbage: await send({
        ...bare,
        method: 'POST',
        headers: { 'content-type': type },
        body: Buffer.from('\0{['),
      }),
      'of another type': await send({
        ...bare,
        method: 'POST',
        headers: { ...(isGet ? {} : genuine.headers), 'content-type': 'image/png' },
        body: Buffer.from('\u0089PNG'),
      }),
      'to nobody': await send({}, 'chan_01jd7z3q9ve8g8kq0w2m5n6p7r'),
    };
    for (const [what, status] of Object.entries(statuses)) {
      expect([400, 401, 404, 415], `${what} was answered ${status}`).toContain(status);
    }
    expect(statuses['to nobody']).toBe(404);
    expect(statuses.altered).toBe(401);
    expect(await rows()).toBe(before);
  });
});

function signedForTwilio(request: HookRequest, url: string): HookRequest {
  const params = Object.fromEntries(new URLSearchParams(Buffer.from(request.body).toString('utf8')));
  return {
    ...request,
    headers: {
      ...request.headers,
      'x-twilio-signature': twilio.getExpectedTwilioSignature('token', url, params),
    },
  };
}
