import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf, Timeline, uuidOf } from '#libs/model';
import { fillWorkspace, type FilledWorkspace } from '../support/fill-workspace.js';
import { openTestStore, type TestStore } from '../support/test-store.js';

let store: TestStore;
let filled: FilledWorkspace;
const actor = 'member:mem_1' as const;

beforeAll(async () => {
  store = await openTestStore();
});
/** Nobody has two log-ins: every workspace has people of its own. */
let count = 0;
beforeEach(async () => {
  filled = await fillWorkspace(store, `W${++count}`);
});
afterAll(() => store.close());

const rowOf = async (table: string, id: string): Promise<Record<string, unknown>> =>
  (await store.owner.query(`select * from ${table} where id = $1`, [uuidOf(id)])).rows[0] as Record<
    string,
    unknown
  >;
const actions = async (): Promise<string[]> =>
  (
    await store.owner.query('select action from audit where workspace_id = $1 order by seq', [
      uuidOf(filled.workspaceId),
    ])
  ).rows.map((row: { action: string }) => row.action);

describe('a dead delivery', () => {
  it('is queued again under its id, due at once, and its message and the log say so', async () => {
    const { workspaceId, deliveryId, messageId, conversationId } = filled;
    await store.deadLetters.replayDelivery(workspaceId, deliveryId, actor);
    const row = await rowOf('delivery', deliveryId);
    expect(row).toMatchObject({ status: 'queued', attempts: 0, error: null, leased_by: null });
    expect(row['due_at']).toBeInstanceOf(Date);
    expect((row['expires_at'] as Date).getTime()).toBeGreaterThan(Date.now() + 3_600_000);
    expect((await store.conversations.messageById(workspaceId, messageId)).status).toBe('queued');
    const events = await store.conversations.eventsAfter(workspaceId, conversationId, 1, 10);
    expect(events).toMatchObject([
      { seq: 2, type: 'message.status', data: { message_id: messageId, status: 'queued' } },
    ]);
    expect(await actions()).toContain('delivery.replay');
    expect((await store.deadLetters.deliveries(workspaceId, { limit: 5, order: 'asc' })).data).toEqual([]);
  });

  it('waits for an earlier open one of its conversation', async () => {
    const { workspaceId, deliveryId } = filled;
    await store.owner.query(`insert into delivery select ($1::delivery).*`, [
      await earlierOpenDelivery(deliveryId),
    ]);
    await store.deadLetters.replayDelivery(workspaceId, deliveryId, actor);
    expect(await rowOf('delivery', deliveryId)).toMatchObject({ status: 'queued', due_at: null });
  });

  it('is replayed once, however many ask at the same time', async () => {
    const { workspaceId, deliveryId } = filled;
    const asked = await Promise.allSettled(
      Array.from({ length: 8 }, () => store.deadLetters.replayDelivery(workspaceId, deliveryId, actor)),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(asked.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'state/conflict' },
    });
    expect((await actions()).filter((action) => action === 'delivery.replay')).toHaveLength(1);
  });
});

describe('a delivery of which nobody knows', () => {
  it('counts as sent once a person says so, and not when its outcome is known', async () => {
    const { workspaceId, deliveryId, messageId } = filled;
    const mark = (): Promise<void> => store.deadLetters.markSent(workspaceId, deliveryId, actor);
    await expect(mark()).rejects.toMatchObject({ code: 'state/conflict' });
    await store.owner.query(`update delivery set status = 'unknown' where id = $1`, [uuidOf(deliveryId)]);
    await mark();
    expect(await rowOf('delivery', deliveryId)).toMatchObject({ status: 'sent', error: null, due_at: null });
    expect((await store.conversations.messageById(workspaceId, messageId)).status).toBe('sent');
    expect(await actions()).toContain('delivery.mark-sent');
    await expect(mark()).rejects.toMatchObject({ code: 'state/conflict' });
  });
});

describe('a dead inbox event', () => {
  it('is pending again, and its mailbox is due', async () => {
    const { workspaceId, inboxEventId } = filled;
    await store.deadLetters.replayInboxEvent(workspaceId, inboxEventId, actor);
    const row = await rowOf('inbox_event', inboxEventId);
    expect(row).toMatchObject({ status: 'pending', attempts: 0, reason: null, done_at: null, seq: 1 });
    const { rows } = await store.owner.query('select due_at, failures from mailbox where id = $1', [
      row['mailbox_id'],
    ]);
    expect(rows[0]).toMatchObject({ due_at: expect.any(Date) as Date, failures: 0 });
    await expect(store.deadLetters.replayInboxEvent(workspaceId, inboxEventId, actor)).rejects.toMatchObject({
      code: 'state/conflict',
    });
  });

  it('leaves the lease of a mailbox that somebody holds', async () => {
    const { workspaceId, inboxEventId } = filled;
    const { mailbox_id } = await rowOf('inbox_event', inboxEventId);
    await store.owner.query(
      `update mailbox set leased_by = 'w1', epoch = 4, due_at = now() + interval '1 hour' where id = $1`,
      [mailbox_id],
    );
    await store.deadLetters.replayInboxEvent(workspaceId, inboxEventId, actor);
    const { rows } = await store.owner.query(
      "select leased_by, epoch, due_at > now() + interval '50 minutes' as kept from mailbox where id = $1",
      [mailbox_id],
    );
    expect(rows).toEqual([{ leased_by: 'w1', epoch: 4, kept: true }]);
  });

  it('cannot be replayed when it was never understood', async () => {
    const { workspaceId, inboxEventId } = filled;
    await store.owner.query(
      `update inbox_event set status = 'quarantined', mailbox_id = null, seq = null where id = $1`,
      [uuidOf(inboxEventId)],
    );
    await expect(store.deadLetters.replayInboxEvent(workspaceId, inboxEventId, actor)).rejects.toMatchObject({
      code: 'state/conflict',
    });
  });
});

describe('a timeline', () => {
  it('tells the way of what came in, up to the replies', async () => {
    const { workspaceId, inboxEventId, messageId, turnId } = filled;
    const questionId = idOf('message', uuidOf(inboxEventId));
    const timeline = await store.timelines.of(workspaceId, questionId);
    Timeline.parse(timeline);
    expect(timeline).toMatchObject({
      direction: 'in',
      replies: [messageId],
      turn: { id: turnId, outcome: 'answered' },
    });
    expect(timeline.steps.map(({ step }) => step).sort()).toEqual([
      'failed',
      'received',
      'recorded',
      'turn-ended',
      'turn-started',
    ]);
  });

  it('tells the way of what we say: its turn, each attempt, and what became of it', async () => {
    const { workspaceId, deliveryId, messageId, conversationId } = filled;
    const log = [
      {
        n: 1,
        started_at: '2026-11-21T10:00:00.000Z',
        ended_at: '2026-11-21T10:00:00.120Z',
        outcome: 'throttled',
        code: 'channel/throttled',
        text: 'slow down',
      },
      { n: 2, started_at: '2026-11-21T10:00:05.000Z', ended_at: '2026-11-21T10:00:05.080Z', outcome: 'sent' },
    ];
    await store.owner.query('update delivery set log = $2 where id = $1', [
      uuidOf(deliveryId),
      JSON.stringify(log),
    ]);
    await store.owner.query(
      `insert into event (workspace_id, conversation_id, seq, type, data, occurred_at) values ($1, $2, 2, 'message.status', $3, '2026-11-21T10:00:06Z')`,
      [
        uuidOf(workspaceId),
        uuidOf(conversationId),
        JSON.stringify({ message: uuidOf(messageId), status: 'delivered' }),
      ],
    );
    const timeline = await store.timelines.of(workspaceId, messageId);
    Timeline.parse(timeline);
    const told = timeline.steps.filter(({ step }) => ['attempt', 'delivered'].includes(step));
    expect(told.map(({ text }) => text)).toEqual([
      'A call took 120 ms and ended as throttled: slow down.',
      'Attempt 2 took 80 ms and ended as sent.',
      'The provider says that it arrived.',
    ]);
    expect(told[1]?.after_ms).toBe(4_960);
  });

  it('tells of what came in and is no message yet', async () => {
    const { workspaceId, inboxEventId, conversationId } = filled;
    await store.owner.query('delete from message where id = $1', [uuidOf(inboxEventId)]);
    await store.owner.query(
      `update mailbox set key = 't:' || (select thread from conversation where id = $2) where id = (select mailbox_id from inbox_event where id = $1)`,
      [uuidOf(inboxEventId), uuidOf(conversationId)],
    );
    const questionId = idOf('message', uuidOf(inboxEventId));
    const timeline = await store.timelines.of(workspaceId, questionId);
    expect(timeline).toMatchObject({ status: 'received', conversation_id: conversationId, turn: null });
    expect(timeline.steps.map(({ step }) => step)).toEqual(['received', 'failed']);
    expect(timeline.steps[1]?.text).toBe(
      'It was given up after 3 attempts: internal/bug. It can be replayed.',
    );
  });
});

/** A copy of a delivery as an earlier one that is on its way; as PostgreSQL writes a composite value. */
async function earlierOpenDelivery(deliveryId: string): Promise<string> {
  const { rows } = await store.owner.query(
    `select (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'seq', 1, 'part', 9, 'status', 'sending',
       'due_at', now() + interval '1 minute')))::text as copy from delivery d where id = $1`,
    [uuidOf(deliveryId)],
  );
  return (rows[0] as { copy: string }).copy;
}
