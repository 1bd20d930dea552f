import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  newId,
  uuidOf,
  type ChannelId,
  type ConversationId,
  type DeliveryId,
  type WorkspaceId,
} from '#libs/model';
import { Deliveries, Mailboxes, type OpenDelivery } from '#libs/store';
import { makeChannel, openTestStore, type TestStore } from '../support/test-store.js';

type Status = 'queued' | 'sending' | 'sent' | 'unknown' | 'dead';
interface Row {
  id: DeliveryId;
  status: Status;
  attempts: number;
  isDue: boolean;
  /** The claim whose word counts. */
  holder: Claim | null;
}
interface Claim {
  worker: number;
  delivery: OpenDelivery;
}
const WORKERS = 3;
const CONVERSATIONS = 2;
const LEASE_MS = 600_000;
const open: readonly Status[] = ['queued', 'sending'];
const ended: readonly Status[] = ['unknown', 'dead'];

let store: TestStore;
let workspaceId: WorkspaceId;
let channelId: ChannelId;
let mailboxes: Mailboxes;
let workers: Deliveries[];

beforeAll(async () => {
  store = await openTestStore({ poolMax: 12 });
  ({ workspaceId, channelId } = await makeChannel(store));
  mailboxes = new Mailboxes(store.database);
  workers = Array.from({ length: WORKERS }, () => new Deliveries(store.database));
});
afterAll(() => store?.close());

/** What should go out in each conversation, in order. */
class Model {
  readonly claims: Claim[] = [];
  constructor(readonly conversations: { id: ConversationId; rows: Row[] }[]) {}

  get all(): Row[] {
    return this.conversations.flatMap(({ rows }) => rows);
  }
  rowOf(id: DeliveryId): Row {
    return this.all.find((row) => row.id === id)!;
  }
  /** The first that is open may go, and no other. */
  next(): void {
    for (const { rows } of this.conversations) {
      const head = rows.find(({ status }) => open.includes(status));
      if (head?.status === 'queued') head.isDue = true;
    }
  }
}

type Command = fc.AsyncCommand<Model, object>;

/** Somebody on our side says something in several parts. */
const say = (at: number, parts: number): Command => ({
  check: () => true,
  toString: () => `say(${at}, ${parts})`,
  async run(model) {
    const { id, rows } = model.conversations[at]!;
    const messageId = newId('message');
    const deliveries = Array.from({ length: parts }, (_, part) => ({
      deliveryId: newId('delivery'),
      messageId,
      channelId,
      part,
      parts,
      body: { n: part },
      class: 'look-up' as const,
      account: 'unpaced',
      destination: 'x',
      ttlMs: 86_400_000,
    }));
    await mailboxes.commit('', {
      workspaceId,
      conversation: { conversationId: id, isAnswered: false, hasReplies: true },
      messages: [{ messageId, direction: 'out', author: 'api', content: [], status: 'queued' }],
      deliveries,
      edits: [],
      reactions: [],
      done: [],
      log: [],
    });
    for (const { deliveryId } of deliveries)
      rows.push({ id: deliveryId, status: 'queued', attempts: 0, isDue: false, holder: null });
    model.next();
  },
});

/** A worker takes what is due: the first of its conversation, and it is told when an earlier attempt vanished. */
const claim = (worker: number): Command => ({
  check: () => true,
  toString: () => `claim(${worker})`,
  async run(model) {
    const [delivery] = await workers[worker]!.open(`w${worker}`, 1, LEASE_MS);
    expect(delivery !== undefined).toBe(model.all.some(({ isDue }) => isDue));
    if (!delivery) return;
    const row = model.rowOf(delivery.deliveryId);
    expect(row.isDue).toBe(true);
    expect(delivery.isLapsed).toBe(row.status === 'sending');
    expect(delivery.attempts).toBe(row.attempts);
    const taken = { worker, delivery };
    Object.assign(row, { status: 'sending', isDue: false, holder: taken });
    model.claims.push(taken);
  },
});

/** A worker tells what became of what it once claimed. */
const record = (which: number, status: 'sent' | 'queued' | 'unknown' | 'dead'): Command => ({
  check: ({ claims }) => claims.length > 0,
  toString: () => `record(${which}, ${status})`,
  async run(model) {
    const taken = model.claims[which % model.claims.length]!;
    const row = model.rowOf(taken.delivery.deliveryId);
    const isHolder = row.holder === taken;
    const at = '2026-11-21T10:00:00.000Z';
    const outcome = ({ sent: 'sent', queued: 'retry', unknown: 'unknown', dead: 'dead' } as const)[status];
    const isRecorded = await workers[taken.worker]!.record(`w${taken.worker}`, {
      delivery: taken.delivery,
      status,
      waitMs: 0,
      spent: 1,
      entry: { at, ended_at: at, outcome } as never,
    });
    expect(isRecorded).toBe(isHolder);
    if (!isHolder) return;
    Object.assign(row, { status, holder: null, attempts: row.attempts + 1, isDue: status === 'queued' });
    model.next();
  },
});

/** The lease of what is being sent ends before its worker has said anything. */
const lapse = (which: number): Command => ({
  check: ({ all }) => all.some(({ status }) => status === 'sending'),
  toString: () => `lapse(${which})`,
  async run(model) {
    const sending = model.all.filter(({ status }) => status === 'sending');
    const row = sending[which % sending.length]!;
    await store.owner.query(`update delivery set due_at = now() - interval '1 s' where id = $1`, [
      uuidOf(row.id),
    ]);
    row.isDue = true;
  },
});

/** A person sends again what was given up, or says that it went out after all. */
const takeUp = (which: number, how: 'replay' | 'mark-sent'): Command => ({
  check: ({ all }) =>
    all.some(({ status }) => (how === 'replay' ? ended.includes(status) : status === 'unknown')),
  toString: () => `takeUp(${which}, ${how})`,
  async run(model) {
    const found = model.all.filter(({ status }) =>
      how === 'replay' ? ended.includes(status) : status === 'unknown',
    );
    const row = found[which % found.length]!;
    if (how === 'replay') await store.deadLetters.replayDelivery(workspaceId, row.id, 'system');
    else await store.deadLetters.markSent(workspaceId, row.id, 'system');
    if (how === 'replay') Object.assign(row, { status: 'queued', attempts: 0, holder: null });
    else row.status = 'sent';
    model.next();
  },
});

const worker = fc.nat(WORKERS - 1);
const commands = [
  fc.tuple(fc.nat(CONVERSATIONS - 1), fc.integer({ min: 1, max: 3 })).map(([at, parts]) => say(at, parts)),
  worker.map(claim),
  worker.map(claim),
  fc
    .tuple(fc.nat(), fc.constantFrom('sent', 'sent', 'queued', 'unknown', 'dead'))
    .map(([at, status]) => record(at, status)),
  fc.nat().map(lapse),
  fc.tuple(fc.nat(), fc.constantFrom('replay', 'mark-sent')).map(([at, how]) => takeUp(at, how)),
];

describe('deliveries, against their model', () => {
  it('go out one at a time and in order, and only the word of the last holder counts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: 'max' }), async (plan) => {
        const model = new Model(await Promise.all(Array.from({ length: CONVERSATIONS }, newConversation)));
        await fc.asyncModelRun(() => ({ model, real: {} }), plan);
        await compare(model);
        await store.owner.query(
          `update delivery set status = 'sent', due_at = null where status in ('queued', 'sending')`,
        );
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

async function newConversation(): Promise<{ id: ConversationId; rows: Row[] }> {
  const thread = randomUUID();
  const from = { kind: 'external', value: thread };
  const { conversationId } = await mailboxes.openConversation({ workspaceId, channelId, thread, from });
  return { id: conversationId, rows: [] };
}

async function compare(model: Model): Promise<void> {
  for (const { rows } of model.conversations) {
    const ids = rows.map(({ id }) => uuidOf(id));
    const found = await store.owner.query(
      `select status, attempts, due_at is not null as waits from delivery where id = any ($1) order by seq, part`,
      [ids],
    );
    expect(found.rows).toEqual(
      rows.map(({ status, attempts, isDue }) => ({ status, attempts, waits: isDue || status === 'sending' })),
    );
  }
}
