import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelId } from '#libs/model';
import { Bell } from '#libs/queue';
import { addHeldConnector } from '../support/held-connector.js';
import { apiOf, boot, makeWorkspace, type Api, type Booted, type TestWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';

const world = addHeldConnector();
let booted: Booted;
let home: TestWorkspace;
let api: Api;

beforeAll(async () => {
  booted = await boot();
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
});
afterAll(() => booted?.close());

async function channelOf(connector: string, settings: Record<string, unknown>): Promise<ChannelId> {
  const made = await api('POST', '/v1/channels', { connector, name: connector, settings });
  expect(made.status).toBe(201);
  return made.body.id as ChannelId;
}
const whatsapp = {
  phone_number_id: '1122334455667',
  access_token: 'EAAG-token-0123456789',
  app_secret: 'app-secret-0123456789',
};

describe('a dry run', () => {
  it('says exactly what would be sent, what is lost, and why it could not go out', async () => {
    const id = await channelOf('whatsapp-cloud', whatsapp);
    const parts = [
      { type: 'text', text: '**Hello**' },
      { type: 'form', title: 'Address', fields: [{ id: 'street', label: 'Street', kind: 'text' }] },
    ];
    const { status, body } = await api('POST', `/v1/channels/${id}/dry-run`, { parts });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      parts: [
        {
          rendering: 'text',
          body: { message: { type: 'text', text: { body: '*Hello*', preview_url: false } } },
          refused: { code: 'outside-window' },
        },
        { rendering: 'text' },
      ],
      lost: ['form → text'],
    });
  });

  it('refuses what no message can hold', async () => {
    const answer = await api('POST', `/v1/channels/${home.channelId}/dry-run`, { parts: [{ type: 'odd' }] });
    expect([answer.status, answer.body.code]).toEqual([422, 'input/invalid']);
  });
});

describe('a simulated message', () => {
  it('goes the way of a real one: signed, stored, answered', async () => {
    const id = await channelOf('whatsapp-cloud', whatsapp);
    const said = { from: '+4915112345678', text: 'hours' };
    const { status, body } = await api('POST', `/v1/channels/${id}/simulate`, said);
    expect([status, body]).toEqual([202, { status: 200 }]);
    const conversation = await until('it is a conversation', async () => {
      const { body: list } = await api('GET', `/v1/conversations?channel_id=${id}`);
      return list.data[0];
    });
    const first = await until('the message is there', async () => {
      const { body: list } = await api('GET', `/v1/conversations/${conversation.id}/messages?order=asc`);
      return list.data[0];
    });
    expect(first).toMatchObject({ direction: 'in', parts: [{ type: 'text', text: 'hours' }] });
  });

  it('is signed for the address that its signature covers', async () => {
    const id = await channelOf('twilio-sms', {
      account_sid: `AC${'0'.repeat(32)}`,
      auth_token: '0123456789abcdef0123456789abcdef',
      from: '+15005550006',
    });
    const answer = await api('POST', `/v1/channels/${id}/simulate`, { from: '+4915112345678', text: 'hi' });
    expect([answer.status, answer.body]).toEqual([202, { status: 200 }]);
  });

  it('is a conflict where the kind of channel has no webhook', async () => {
    const answer = await api('POST', `/v1/channels/${home.channelId}/simulate`, { from: 'x', text: 'y' });
    expect([answer.status, answer.body.code]).toEqual([409, 'state/conflict']);
  });
});

describe('a held connection', () => {
  it('shows its state and its code to those who may change the channel, and takes commands', async () => {
    const id = await channelOf('held', {});
    await until('it is open', () => world.open === 1);
    const shown = await until('it says so', async () => {
      const answer = await api('GET', `/v1/channels/${id}/connection`);
      return answer.status === 200 && answer.body.state === 'open' ? answer : null;
    });
    expect(shown.body).toMatchObject({
      reason: 'Connected.',
      set_up: { kind: 'code', value: 'SECRET-1234', expires_at: null },
    });
    const heard: string[] = [];
    const stop = booted.gateway.get(Bell).listen('connection', ({ command }) => void heard.push(command));
    // A bell is rung for those who hear at that moment, and whoever begins to hear needs one first.
    await until('the holder hears it', async () => {
      expect((await api('POST', `/v1/channels/${id}/connection/logout`)).status).toBe(202);
      return heard.includes('logout');
    });
    stop();
    expect((await api('POST', `/v1/channels/${id}/connection/..%2f`)).status).toBe(404);
  });

  it('is not there for a channel that holds none', async () => {
    const answer = await api('GET', `/v1/channels/${home.channelId}/connection`);
    expect([answer.status, answer.body.code]).toEqual([404, 'state/not-found']);
  });

  it('is registered by itself only where that can be done', async () => {
    const answer = await api('POST', `/v1/channels/${home.channelId}/install`);
    expect([answer.status, answer.body.code]).toEqual([409, 'state/conflict']);
  });
});
