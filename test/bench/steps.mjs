import { readFileSync } from 'node:fs';
import { idOf, newId, uuidOf } from '#libs/model';
import { Database, Deliveries, Inbox, Mailboxes } from '#libs/store';

// What each step of the way of a message costs PostgreSQL, in batches of a set size: processor time of the one connection over
// which all of it goes, as the kernel counts it. The size of a batch does not depend on what else the machine is doing, and
// the figure depends on it little.

const worker = 'bench';
const LEASE_MS = 600_000;
const THREADS = 1_000;
const CONNECTION = `
  select pid from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`;

/** @returns a row for each step and size of batch */
export async function steps({ house, length }) {
  const isQuick = length.rounds === 1;
  const rows = [];
  for (const size of [5, 40]) {
    const way = await Way.open(house, size);
    try {
      await way.go(Math.ceil((isQuick ? 40 : 2_000) / size));
      await way.analyze();
      way.forget();
      await way.go(Math.ceil((isQuick ? 40 : 3_000) / size));
      rows.push(...way.rows());
    } finally {
      await way.close();
    }
  }
  return rows;
}

class Way {
  #costs = new Map();
  #messages = 0;
  #at = 0;

  static async open(house, size) {
    const way = new Way();
    way.size = size;
    way.tenant = await house.tenant();
    way.database = new Database({ url: way.tenant.env.DATABASE_URL, poolMax: 1, name: 'bench' });
    way.inbox = new Inbox(way.database);
    way.mailboxes = new Mailboxes(way.database);
    way.deliveries = new Deliveries(way.database);
    const client = await house.client(way.tenant);
    const { rows } = await client.query('select workspace_id, id, bot_id from channel');
    [way.ids] = rows;
    way.client = client;
    return way;
  }

  async close() {
    await this.client.end();
    await this.database.close();
  }

  forget() {
    this.#costs.clear();
    this.#messages = 0;
  }

  /** Statistics as autovacuum makes them. */
  analyze() {
    return this.client.query('analyze');
  }

  rows() {
    const each = (ns) => ns / 1_000 / this.#messages;
    const all = [...this.#costs.values()].reduce((sum, ns) => sum + ns, 0);
    return [...this.#costs, ['all', all]].map(([name, ns]) => ({
      what: `${name}, batches of ${this.size}`,
      unit: 'µs of PostgreSQL a message',
      ours: each(ns),
    }));
  }

  async go(batches) {
    for (let batch = 0; batch < batches; batch++) {
      await this.#once();
      this.#messages += this.size;
    }
  }

  /** One batch all the way: as the gateway, the drain and the sender write it. */
  async #once() {
    const events = Array.from({ length: this.size }, () => this.#event());
    await this.#step('inbox_accept', () => Promise.all(events.map((event) => this.inbox.accept([event]))));
    const boxes = await this.#step('mailbox_open', () => this.mailboxes.open(worker, this.size, LEASE_MS));
    await this.#step('conversation_open', () =>
      Promise.all(
        boxes.map(async (box) => {
          const { from } = box.events[0].event;
          const wanted = {
            workspaceId: box.workspaceId,
            channelId: box.channelId,
            thread: box.thread,
            from,
          };
          box.conversation ??= await this.mailboxes.openConversation(wanted);
        }),
      ),
    );
    await this.#step('mailbox_commit', () =>
      Promise.all(boxes.map((box) => this.mailboxes.commit(worker, this.#item(box)))),
    );
    const claimed = await this.#step('delivery_open', () => this.deliveries.open(worker, 64, LEASE_MS));
    if (claimed.length !== this.size) throw new Error(`${claimed.length} deliveries instead of ${this.size}`);
    await this.#step('delivery_record', () =>
      Promise.all(claimed.map((one) => this.deliveries.record(worker, outcomeOf(one)))),
    );
  }

  #event() {
    const at = this.#at++;
    const thread = `t${at % THREADS}`;
    const event = {
      kind: 'message',
      event_id: `e${at}`,
      thread,
      from: { kind: 'external', value: thread },
      content: [
        { type: 'text', text: `Hello, is order ${at} on its way? I have been waiting for some days now.` },
      ],
      sent_at: new Date().toISOString(),
    };
    return {
      workspaceId: idOf('workspace', this.ids.workspace_id),
      channelId: idOf('channel', this.ids.id),
      kind: 'message',
      eventKey: `e${at}`,
      event,
      raw: Buffer.from(JSON.stringify(event)),
    };
  }

  /** What `MailboxDrain` writes for one message that the bot answers at once. */
  #item(box) {
    const { conversationId } = box.conversation;
    const [{ inboxEventId, event }] = box.events;
    const messageId = newId('message');
    const replyId = newId('message');
    const turnId = newId('turn');
    const botId = idOf('bot', this.ids.bot_id);
    const now = new Date().toISOString();
    const text = 'Hello, is anybody there?';
    return {
      workspaceId: box.workspaceId,
      mailbox: { mailboxId: box.mailboxId, epoch: box.epoch },
      conversation: {
        conversationId,
        controlVersion: box.conversation.controlVersion,
        isAnswered: true,
        botState: {},
        hasReplies: true,
      },
      messages: [
        {
          messageId,
          direction: 'in',
          author: 'contact',
          content: event.content,
          status: 'received',
          providerId: event.event_id,
          sentAt: event.sent_at,
        },
        {
          messageId: replyId,
          direction: 'out',
          author: 'bot',
          content: [{ type: 'text', text }],
          status: 'queued',
          turnId,
        },
      ],
      edits: [],
      reactions: [],
      done: [{ inboxEventId, status: 'done', messageId }],
      turn: {
        turnId,
        botId,
        botVersion: 1,
        fromSeq: box.conversation.lastMessageSeq + 1,
        outcome: 'fallback',
        trace: ['control', 'guardrails', 'flow', 'rules', 'fallback'].map((responder) => ({
          responder,
          decision: responder === 'fallback' ? 'answered' : 'passed',
          reason: 'Nothing here is about this message.',
          detail: {},
          took_ms: 0.1,
        })),
        startedAt: now,
        endedAt: now,
      },
      deliveries: [
        {
          deliveryId: newId('delivery'),
          messageId: replyId,
          channelId: box.channelId,
          part: 0,
          parts: 1,
          body: { thread: box.thread, content: { type: 'text', text } },
          class: 'idempotent',
          account: `channel:${uuidOf(box.channelId)}`,
          destination: box.thread,
          ttlMs: 86_400_000,
        },
      ],
      log: [
        { type: 'message.created', data: { message: uuidOf(messageId), by: 'contact' } },
        { type: 'message.created', data: { message: uuidOf(replyId), by: 'bot', bot: this.ids.bot_id } },
        { type: 'turn.completed', data: { turn: uuidOf(turnId), outcome: 'fallback', bot: this.ids.bot_id } },
      ],
    };
  }

  async #step(name, work) {
    const before = await this.#ns();
    const result = await work();
    this.#costs.set(name, (this.#costs.get(name) ?? 0) + (await this.#ns()) - before);
    return result;
  }

  /** Time of the connection on a processor, in nanoseconds; 0 before there is one, NaN where the system does not count it. */
  async #ns() {
    this.pid ??= (await this.client.query(CONNECTION)).rows[0]?.pid;
    if (this.pid === undefined) return 0;
    try {
      return Number(readFileSync(`/proc/${this.pid}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      return Number.NaN;
    }
  }
}

const outcomeOf = (delivery) => ({
  delivery,
  status: 'sent',
  providerRef: `r${uuidOf(delivery.deliveryId)}`,
  spent: 1,
  entry: {
    n: 1,
    started_at: new Date().toISOString(),
    ended_at: new Date().toISOString(),
    outcome: 'sent',
  },
});
