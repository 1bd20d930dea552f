import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '#libs/model';
import { AuditLog } from '#libs/store';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';
import { isGenuine, startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let receiver: WebhookReceiver;
let next = 0;

beforeAll(async () => {
  booted = await boot();
  receiver = await startReceiver();
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
  // Its first check is an event too.
  await until('the channel was checked', async () => {
    return (await api('GET', `/v1/channels/${home.channelId}`)).body.health.state !== 'unknown';
  });
});
afterAll(async () => {
  await booted?.close();
  await receiver?.close();
});
/** Each test has endpoints of its own, which nothing of another test reaches. */
afterEach(async () => {
  receiver.answer = () => ({ status: 204 });
  await booted.owner.query('delete from webhook_endpoint');
});

/** Subscribes a path of its own. */
async function subscribe(body: object = {}): Promise<{ id: string; secret: string; path: string }> {
  const path = `/hook-${next++}`;
  const made = await api('POST', '/v1/webhook-endpoints', { url: receiver.url + path, ...body });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return { id: made.body.id, secret: made.body.secret, path };
}

async function talk(text = 'hello'): Promise<{ id: string; conversation_id: string }> {
  const contact = { name: 'Ann', attributes: { plan: 'gold' } };
  const metadata = { page_url: 'https://shop.example/cart?utm_source=news' };
  const session = (await api('POST', '/v1/sessions', { contact, metadata })).body;
  const said = await api('POST', '/v1/messages', { session_id: session.id, text });
  expect(said.status).toBe(200);
  return session;
}

/** Lets an attempt that waits for its time happen now. */
const hurry = () =>
  booted.owner.query('update webhook_delivery set due_at = now() where due_at > now() and leased_by is null');
const deliveriesOf = async (id: string, query = '') =>
  (await api('GET', `/v1/webhook-endpoints/${id}/deliveries?limit=100${query}`)).body.data;
const arrived = (path: string, type: string, count = 1) =>
  until(`${count} of ${type} came`, () => receiver.on(path, type).length >= count);

describe('a webhook endpoint', () => {
  it('hears of everything that happens in a conversation, signed, once and with its place in the log', async () => {
    const { id, secret, path } = await subscribe({ channel_ids: [home.channelId] });
    const { conversation_id } = await talk();
    await arrived(path, 'turn.completed');
    await until('all are delivered', async () => {
      const { rows: all } = await booted.owner.query('select 1 from event where conversation_id = $1', [
        uuidOf(conversation_id),
      ]);
      const told = (await deliveriesOf(id)).filter((one: { status: string }) => one.status === 'delivered');
      return told.length === all.length && receiver.on(path).length >= all.length;
    });
    const hooks = receiver.on(path);
    for (const hook of hooks) {
      expect(isGenuine(hook, secret)).toBe(true);
      expect(isGenuine({ ...hook, text: `${hook.text} ` }, secret)).toBe(false);
      expect(hook.body.data.conversation_id).toBe(conversation_id);
      expect(hook.body.data.channel_id).toBe(home.channelId);
    }
    const { rows } = await booted.owner.query<{ seq: number; type: string }>(
      'select seq, type from event where conversation_id = $1 order by seq',
      [uuidOf(conversation_id)],
    );
    const told = hooks.map(({ body }) => ({ seq: body.data.seq, type: body.type }));
    expect(told.sort((a, b) => a.seq - b.seq)).toEqual(rows);
    expect(new Set(hooks.map((hook) => hook.id)).size).toBe(hooks.length);
  });

  it('hears of the types and channels that it chose, and of nothing else', async () => {
    const some = await subscribe({ types: ['message.created'] });
    const here = await subscribe({ channel_ids: [home.channelId] });
    const elsewhere = await subscribe({ channel_ids: [home.botId.replace('bot_', 'chan_')] });
    await talk();
    await arrived(here.path, 'turn.completed');
    await arrived(some.path, 'message.created', 2);
    expect(new Set(receiver.on(some.path).map(({ body }) => body.type))).toEqual(
      new Set(['message.created']),
    );
    expect(await deliveriesOf(elsewhere.id)).toEqual([]);
  });

  it('gets the person, the page and the transcript when it asks', async () => {
    const { path } = await subscribe({
      types: ['turn.completed'],
      include: ['contact', 'metadata', 'transcript'],
    });
    await talk('when are you open?');
    await arrived(path, 'turn.completed');
    const { data } = receiver.on(path)[0]!.body;
    expect(data.contact).toMatchObject({ name: 'Ann', attributes: { plan: 'gold' } });
    expect(data.metadata).toEqual({ page_url: 'https://shop.example/cart?utm_source=news' });
    const said = data.transcript.map((one: { parts: { text: string }[] }) => one.parts[0]?.text);
    expect(said.slice(-2)).toEqual(['when are you open?', 'From nine to five.']);
  });

  it('can change over to a new secret: for a while both sign', async () => {
    const { id, secret, path } = await subscribe();
    const rotated = (await api('POST', `/v1/webhook-endpoints/${id}/rotate-secret`, {})).body;
    expect(rotated.secret).not.toBe(secret);
    await api('POST', `/v1/webhook-endpoints/${id}/test`);
    await arrived(path, 'webhook.test');
    const [both] = receiver.on(path);
    expect([isGenuine(both!, secret), isGenuine(both!, rotated.secret)]).toEqual([true, true]);
    const again = await api('POST', `/v1/webhook-endpoints/${id}/rotate-secret`, { overlap_seconds: 0 });
    await api('POST', `/v1/webhook-endpoints/${id}/test`);
    await arrived(path, 'webhook.test', 2);
    const last = receiver.on(path)[1]!;
    expect([isGenuine(last, rotated.secret), isGenuine(last, again.body.secret)]).toEqual([false, true]);
    expect(JSON.stringify((await api('GET', `/v1/webhook-endpoints/${id}`)).body)).not.toContain('whsec_');
    const { rows } = await booted.owner.query('select * from webhook_endpoint');
    expect(JSON.stringify(rows)).not.toContain('whsec_');
  });

  it('is made once, with one secret, however often its making is repeated', async () => {
    const key = { 'idempotency-key': 'make-one' };
    const body = { url: `${receiver.url}/once` };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => api('POST', '/v1/webhook-endpoints', body, key)),
    );
    expect(new Set(answers.map(({ body: { id, secret } }) => `${id} ${secret}`)).size).toBe(1);
    const rotate = () =>
      api(
        'POST',
        `/v1/webhook-endpoints/${answers[0]!.body.id}/rotate-secret`,
        {},
        {
          'idempotency-key': 'rotate-one',
        },
      );
    const rotated = [await rotate(), await rotate()];
    expect(new Set(rotated.map(({ body: { secret } }) => secret)).size).toBe(1);
  });

  it('leads nowhere inside, and to no other place', async () => {
    for (const url of ['http://10.0.0.1/', 'https://169.254.169.254/latest', 'https://[::ffff:10.1.2.3]/']) {
      const refused = await api('POST', '/v1/webhook-endpoints', { url });
      expect([url, refused.status, refused.body.errors?.[0]?.pointer]).toEqual([url, 422, '/url']);
    }
    for (const url of ['ftp://x.example', 'https://u:p@x.example/', 'javascript:alert(1)']) {
      expect((await api('POST', '/v1/webhook-endpoints', { url })).status).toBe(422);
    }
    // One that was stored by an earlier rule, or whose name leads elsewhere now, is not called either.
    const { id, path } = await subscribe();
    await booted.owner.query("update webhook_endpoint set url = 'http://10.0.0.1/'");
    await api('POST', `/v1/webhook-endpoints/${id}/test`);
    await until('it was tried', async () => (await deliveriesOf(id))[0].attempts === 1);
    const [{ id: delivery }] = await deliveriesOf(id);
    const { log } = (await api('GET', `/v1/webhook-deliveries/${delivery}`)).body;
    expect(log[0]).toMatchObject({ status: null, error: expect.stringMatching(/does not call/) });
    // A redirection is a failure, and is not followed.
    const to = await subscribe();
    receiver.answer = () => ({ status: 302, headers: { location: `${receiver.url}${path}` } });
    await api('POST', `/v1/webhook-endpoints/${to.id}/test`);
    await until('it was tried', async () => (await deliveriesOf(to.id))[0].attempts === 1);
    expect(receiver.on(path)).toEqual([]);
  });
});

describe('a webhook that is not taken', () => {
  it('is sent again under the same id with the same bytes, and its log shows each attempt', async () => {
    receiver.answer = () => ({ status: 500, text: `no: ${'x'.repeat(5_000)}` });
    const { id, secret, path } = await subscribe({ types: ['turn.completed'] });
    await talk();
    await arrived(path, 'turn.completed');
    await until('it was recorded', async () => (await deliveriesOf(id))[0]?.attempts === 1);
    const [waiting] = await deliveriesOf(id);
    expect(waiting).toMatchObject({ status: 'pending', next_attempt_at: expect.any(String) });
    receiver.answer = () => ({ status: 200, text: 'thanks' });
    await hurry();
    await until('it is delivered', async () => (await deliveriesOf(id))[0].status === 'delivered');
    const [first, second] = receiver.on(path);
    expect([second?.id, second?.text]).toEqual([first?.id, first?.text]);
    expect(isGenuine(second!, secret)).toBe(true);
    const detail = (await api('GET', `/v1/webhook-deliveries/${waiting.id}`)).body;
    expect(detail).toMatchObject({ id: first?.id, request: first?.text, attempts: 2 });
    expect(detail.log).toMatchObject([
      { status: 500, error: 'It answered 500, not 2xx.' },
      { status: 200, error: null, answer: 'thanks' },
    ]);
    expect(detail.log[0].answer).toHaveLength(1_000);
  });

  it('has failed after ten attempts, and a person can send it again', async () => {
    receiver.answer = () => ({ status: 400 });
    const { id, path } = await subscribe();
    await api('POST', `/v1/webhook-endpoints/${id}/test`);
    await until('it has failed', async () => {
      await hurry();
      return (await deliveriesOf(id))[0].status === 'failed';
    });
    expect(receiver.on(path)).toHaveLength(10);
    receiver.answer = () => ({ status: 204 });
    const [{ id: delivery }] = await deliveriesOf(id);
    expect((await api('POST', `/v1/webhook-deliveries/${delivery}/retry`)).status).toBe(202);
    await until('it is delivered', async () => (await deliveriesOf(id))[0].status === 'delivered');
    expect(new Set(receiver.on(path).map((hook) => hook.id))).toEqual(new Set([delivery]));
  });

  it('waits with all others while its receiver asks for time', async () => {
    const { id, path } = await subscribe();
    // The other one takes everything: asked to wait as well, it would hear only what was under way before its answer.
    receiver.answer = (hook) =>
      hook.path === path ? { status: 429, headers: { 'retry-after': '600' } } : { status: 204 };
    await api('POST', `/v1/webhook-endpoints/${id}/test`);
    await until('it is paused', async () => {
      return (await api('GET', `/v1/webhook-endpoints/${id}`)).body.paused_until !== null;
    });
    const other = await subscribe();
    await talk();
    await arrived(other.path, 'turn.completed');
    expect(receiver.on(path)).toHaveLength(1);
  });
});

describe('an endpoint is disabled', () => {
  const disabled = (id: string) =>
    until(`${id} is disabled`, async () => {
      return (await api('GET', `/v1/webhook-endpoints/${id}`)).body.state === 'disabled';
    });

  it('at once when its receiver answers 410; the others hear of it, and the audit log has a line', async () => {
    const witness = await subscribe({ types: ['webhook.disabled'] });
    const gone = await subscribe({ types: ['message.created'] });
    receiver.answer = ({ path }) => ({ status: path === gone.path ? 410 : 204 });
    await talk();
    await disabled(gone.id);
    expect((await api('GET', `/v1/webhook-endpoints/${gone.id}`)).body).toMatchObject({
      disabled_reason: 'The receiver answered 410 Gone.',
    });
    await arrived(witness.path, 'webhook.disabled');
    expect(receiver.on(witness.path)[0]!.body.data).toEqual({
      endpoint_id: gone.id,
      reason: 'The receiver answered 410 Gone.',
    });
    await until('nothing waits for it', async () => {
      return (await deliveriesOf(gone.id, '&status=pending')).length === 0;
    });
    const { rows } = await booted.owner.query(
      "select actor from audit where action = 'webhook_endpoint.disable' and target = $1",
      [gone.id],
    );
    expect(rows).toEqual([{ actor: 'system' }]);
    expect(await booted.gateway.get(AuditLog).verify(home.workspaceId)).toMatchObject({ intact: true });
  });

  it('after five days without success, and not before', async () => {
    receiver.answer = () => ({ status: 500 });
    const { id } = await subscribe();
    const since = (age: string) =>
      booted.owner.query(`update webhook_endpoint set failing_since = now() - interval '${age}'`);
    await since('4 days 23 hours');
    await api('POST', `/v1/webhook-endpoints/${id}/test`);
    await until('it was tried', async () => (await deliveriesOf(id))[0].attempts === 1);
    expect((await api('GET', `/v1/webhook-endpoints/${id}`)).body.state).toBe('enabled');
    await since('5 days');
    await hurry();
    await disabled(id);
    const { body } = await api('GET', `/v1/webhook-endpoints/${id}`);
    expect(body.disabled_reason).toBe('Nothing was taken for 5 days.');
  });

  it('never while something is taken now and then', async () => {
    const { id } = await subscribe();
    await booted.owner.query(`update webhook_endpoint set failing_since = now() - interval '6 days'`);
    await api('POST', `/v1/webhook-endpoints/${id}/test`);
    await until('it is delivered', async () => (await deliveriesOf(id))[0].status === 'delivered');
    const { body } = await api('GET', `/v1/webhook-endpoints/${id}`);
    expect(body).toMatchObject({ state: 'enabled', failing_since: null });
  });
});

describe('endpoints that come and go while webhooks are under way', () => {
  it('stand in nobody’s way', async () => {
    const failed = () => booted.log.filter((line) => /deadlock|store\/conflict/.test(line));
    receiver.answer = ({ path }) => ({ status: path.endsWith('0') ? 410 : 500 });
    for (let round = 0; round < 8; round++) {
      const made = [await subscribe(), await subscribe()];
      await Promise.all(Array.from({ length: 4 }, () => api('POST', '/v1/sessions', {})));
      const changes = made.flatMap(({ id }) => [
        api('PATCH', `/v1/webhook-endpoints/${id}`, { state: 'disabled' }),
        api('POST', `/v1/webhook-endpoints/${id}/rotate-secret`, {}),
        api('DELETE', `/v1/webhook-endpoints/${id}`),
      ]);
      for (const { status } of await Promise.all(changes)) expect([200, 204, 404]).toContain(status);
    }
    expect(failed()).toEqual([]);
  });
});

describe('what an endpoint missed', () => {
  it('is told from the log once it is enabled again, and only that', async () => {
    const { id, path } = await subscribe({ types: ['message.created'] });
    const since = new Date(Date.now() - 60_000).toISOString();
    await talk('heard');
    await arrived(path, 'message.created', 2);
    await until('all are recorded', async () =>
      (await deliveriesOf(id)).every((one: { status: string }) => one.status === 'delivered'),
    );
    const heard = receiver.on(path).length;
    await api('PATCH', `/v1/webhook-endpoints/${id}`, { state: 'disabled' });
    const { conversation_id: missed } = await talk('missed');
    const at = `/v1/webhook-endpoints/${id}/recover`;
    expect((await api('POST', at, { since })).body.code).toBe('state/conflict');
    await api('PATCH', `/v1/webhook-endpoints/${id}`, { state: 'enabled' });
    // Earlier tests talked in this minute too: what was never told to this endpoint counts as missed.
    const dry = (await api('POST', at, { since, dry_run: true })).body;
    expect(dry.count).toBeGreaterThanOrEqual(2);
    expect(receiver.on(path)).toHaveLength(heard);
    expect((await api('POST', at, { since })).body).toEqual({ count: dry.count, next_since: null });
    await arrived(path, 'message.created', heard + dry.count);
    const texts = receiver
      .on(path)
      .filter(({ body }) => body.data.conversation_id === missed)
      .map(({ body }) => body.data.message.parts[0].text);
    expect(texts).toContain('missed');
    const ids = receiver.on(path).map((hook) => hook.id);
    expect(new Set(ids).size).toBe(heard + dry.count);
  });

  it('is told with what it had, under the same ids, when it asks for everything', async () => {
    const before = new Date().toISOString();
    const { id, path } = await subscribe({ types: ['turn.completed'] });
    await talk();
    await arrived(path, 'turn.completed');
    await until('it is recorded', async () => (await deliveriesOf(id))[0].status === 'delivered');
    const again = { since: before, only_failed: false };
    const { body } = await api('POST', `/v1/webhook-endpoints/${id}/recover`, again);
    expect(body).toEqual({ count: 1, next_since: null });
    await arrived(path, 'turn.completed', 2);
    const [one, two] = receiver.on(path);
    expect([two?.id, two?.text]).toEqual([one?.id, one?.text]);
  });
});

describe('events of no conversation', () => {
  it('are told too: a channel that stops working', async () => {
    const { path } = await subscribe({ types: ['channel.health_changed'] });
    const change = (state: string) =>
      booted.owner.query('update channel set health_state = $2, health_reason = $3 where id = $1', [
        uuidOf(home.channelId),
        state,
        'The token was revoked.',
      ]);
    await change('down');
    await change('down');
    await arrived(path, 'channel.health_changed');
    expect(receiver.on(path)[0]!.body.data).toMatchObject({
      channel_id: home.channelId,
      state: 'down',
      reason: 'The token was revoked.',
    });
    const { rows } = await booted.owner.query("select 1 from webhook_delivery where data->>'state' = 'down'");
    expect(rows).toHaveLength(1);
  });
});
