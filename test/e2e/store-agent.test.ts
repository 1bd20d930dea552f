import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, type ChannelId, type ContactId, type ConversationId, type WorkspaceId } from '#libs/model';
import { makeChannel, openTestStore, type TestStore } from '../support/test-store.js';

let store: TestStore;
let workspaceId: WorkspaceId;
let other: WorkspaceId;
let contactId: ContactId;
let conversationId: ConversationId;
let channelId: ChannelId;
const actor = 'system' as const;
const soon = (): Date => new Date(Date.now() + 60_000);
const past = (): Date => new Date(Date.now() - 60_000);
const page = { limit: 10, order: 'asc' } as const;

beforeAll(async () => {
  store = await openTestStore();
  const made = await makeChannel(store);
  ({ workspaceId, channelId } = made);
  other = (await makeChannel(store)).workspaceId;
  const input = { channelId: made.channelId, externalId: 'ada', ttlMs: 60_000 };
  ({ contactId, conversationId } = (await store.sessions.start(workspaceId, input)).session);
});
afterAll(() => store.close());

describe('secrets of a workspace', () => {
  it('are sealed where they lie, read by their name, and listed without their value', async () => {
    expect(await store.secrets.set(workspaceId, 'model_key', { value: 'sk-one', actor })).toBe(true);
    expect(await store.secrets.set(workspaceId, 'model_key', { value: 'sk-two', actor })).toBe(false);
    expect(await store.secrets.open(workspaceId, 'model_key')).toBe('sk-two');
    const { rows } = await store.owner.query<{ sealed: string }>('select sealed from secret');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('sk-');
    expect(JSON.stringify(await store.secrets.list(workspaceId, page))).not.toContain('sk-');
  });

  it('are not there for another workspace, nor after they were taken away', async () => {
    expect(await store.secrets.open(other, 'model_key')).toBeNull();
    await expect(store.secrets.delete(other, 'model_key', actor)).rejects.toMatchObject({
      code: 'state/not-found',
    });
    await store.secrets.delete(workspaceId, 'model_key', actor);
    expect(await store.secrets.open(workspaceId, 'model_key')).toBeNull();
  });

  it('cannot be moved to another name', async () => {
    await store.secrets.set(workspaceId, 'a', { value: 'one', actor });
    await store.secrets.set(workspaceId, 'b', { value: 'two', actor });
    await store.owner.query(
      `update secret set sealed = (select sealed from secret where name = 'a') where name = 'b'`,
    );
    await expect(store.secrets.open(workspaceId, 'b')).rejects.toMatchObject({ code: 'store/sealed' });
  });
});

describe('what is known of a contact', () => {
  const fact = (text: string, expiresAt = soon()) => ({ text, source: 'agent', conversationId, expiresAt });

  it('is kept once, newest first, with its source and its end', async () => {
    await store.contactFacts.keep(workspaceId, contactId, [fact('Rides to work.'), fact('Has a dog.')]);
    await store.contactFacts.keep(workspaceId, contactId, [fact('Rides to work.')]);
    const facts = await store.contactFacts.of(workspaceId, contactId, 10);
    expect(facts.map(({ text }) => text)).toEqual(['Rides to work.', 'Has a dog.']);
    expect(facts[0]).toMatchObject({ source: 'agent', expiresAt: expect.stringMatching(/Z$/) });
    expect(await store.contactFacts.of(workspaceId, contactId, 1)).toHaveLength(1);
  });

  it('is not known of another contact, nor to another workspace', async () => {
    expect(await store.contactFacts.of(workspaceId, newId('contact'), 10)).toEqual([]);
    expect(await store.contactFacts.of(other, contactId, 10)).toEqual([]);
    // A contact that is not there has nothing to be kept of: it was erased, or is of another workspace.
    await store.contactFacts.keep(other, contactId, [fact('Foreign.')]);
    expect((await store.owner.query(`select 1 from contact_fact where text = 'Foreign.'`)).rows).toEqual([]);
    const [known] = await store.contactFacts.of(workspaceId, contactId, 10);
    await expect(store.contactFacts.forget(other, contactId, known!.factId, actor)).rejects.toMatchObject({
      code: 'state/not-found',
    });
    expect(await store.contactFacts.forgetAll(other, contactId, actor)).toBe(0);
  });

  it('ends with its time, and is removed with the next one', async () => {
    await store.contactFacts.keep(workspaceId, contactId, [fact('Old news.')]);
    await store.owner.query(`update contact_fact set expires_at = $1 where text = 'Old news.'`, [past()]);
    expect((await store.contactFacts.of(workspaceId, contactId, 10)).map(({ text }) => text)).not.toContain(
      'Old news.',
    );
    await store.contactFacts.keep(workspaceId, contactId, [fact('Likes tea.')]);
    const { rows } = await store.owner.query(`select 1 from contact_fact where text = 'Old news.'`);
    expect(rows).toEqual([]);
  });

  it('never grows beyond 200', async () => {
    await store.contactFacts.keep(
      workspaceId,
      contactId,
      Array.from({ length: 230 }, (_, n) => fact(`Number ${n}.`)),
    );
    const facts = await store.contactFacts.of(workspaceId, contactId, 1_000);
    expect(facts).toHaveLength(200);
    expect(facts[0]?.text).toBe('Number 229.');
  });

  it('is forgotten one by one, all at once, and with the contact', async () => {
    const [one] = await store.contactFacts.of(workspaceId, contactId, 10);
    await store.contactFacts.forget(workspaceId, contactId, one!.factId, actor);
    expect(await store.contactFacts.forgetAll(workspaceId, contactId, actor)).toBe(199);
    expect(await store.contactFacts.of(workspaceId, contactId, 10)).toEqual([]);
  });
});

describe('what is known of two contacts who are one', () => {
  const textsOf = async (id: ContactId): Promise<string[]> =>
    (await store.contactFacts.of(workspaceId, id, 50)).map(({ text }) => text).toSorted();
  const begin = async (externalId: string) => {
    const input = { channelId, externalId, ttlMs: 60_000 };
    return (await store.sessions.start(workspaceId, input)).session;
  };
  const known = (text: string, conversation: ConversationId | null, expiresAt = soon()) => ({
    text,
    source: 'agent',
    conversationId: conversation,
    expiresAt,
  });

  it('goes to the one who is kept, once, and back when they are parted', async () => {
    const [kept, merged] = [await begin('kept'), await begin('merged')];
    const late = new Date(Date.now() + 600_000);
    await store.contactFacts.keep(workspaceId, kept.contactId, [
      known('Has a dog.', null),
      known('Is tall.', null),
    ]);
    await store.contactFacts.keep(workspaceId, merged.contactId, [
      known('Has a dog.', null, late),
      known('Likes tea.', merged.conversationId),
    ]);
    const { id } = await store.contactMerges.merge(workspaceId, kept.contactId, merged.contactId, actor);
    expect(await textsOf(kept.contactId)).toEqual(['Has a dog.', 'Is tall.', 'Likes tea.']);
    expect(await textsOf(merged.contactId)).toEqual([]);
    const dog = (await store.contactFacts.of(workspaceId, kept.contactId, 50)).find(({ text }) =>
      /dog/.test(text),
    );
    expect(dog?.expiresAt).toBe(late.toISOString());
    // A turn that began before the merge keeps what it learned with the one who is there now.
    await store.contactFacts.keep(workspaceId, merged.contactId, [known('Sings.', merged.conversationId)]);
    expect(await textsOf(kept.contactId)).toContain('Sings.');
    await store.contactMerges.undo(workspaceId, id, actor);
    expect(await textsOf(merged.contactId)).toEqual(['Likes tea.', 'Sings.']);
    expect(await textsOf(kept.contactId)).toEqual(['Has a dog.', 'Is tall.']);
  });

  it('is gone for good once it was forgotten: parting brings nothing back', async () => {
    const [kept, merged] = [await begin('kept-2'), await begin('merged-2')];
    for (const { contactId: each } of [kept, merged]) {
      await store.contactFacts.keep(workspaceId, each, [known('Has a cat.', null)]);
    }
    const { id } = await store.contactMerges.merge(workspaceId, kept.contactId, merged.contactId, actor);
    expect(await store.contactFacts.forgetAll(workspaceId, kept.contactId, actor)).toBe(1);
    await store.contactMerges.undo(workspaceId, id, actor);
    expect([await textsOf(kept.contactId), await textsOf(merged.contactId)]).toEqual([[], []]);
  });
});

describe('tools that wait for an operator', () => {
  const question = (callId: string, expiresAt = soon()) => ({
    callId,
    tool: 'create_ticket',
    input: { a: 1 },
    expiresAt,
  });

  it('are asked once, and decided once', async () => {
    await store.approvals.ask(workspaceId, conversationId, [question('c1')]);
    await store.approvals.ask(workspaceId, conversationId, [question('c1')]);
    const { data } = await store.approvals.list(workspaceId, page, { isWaiting: true });
    expect(data).toMatchObject([{ callId: 'c1', status: 'waiting', input: { a: 1 }, conversationId }]);
    const { approvalId } = data[0]!;
    const decisions = await Promise.allSettled(
      [true, false, true].map((isApproved) =>
        store.approvals.decide(workspaceId, approvalId, { isApproved, actor }),
      ),
    );
    expect(decisions.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await store.approvals.list(workspaceId, page, { isWaiting: true })).data).toEqual([]);
    expect((await store.approvals.list(workspaceId, page)).data).toHaveLength(1);
  });

  it('cannot be decided too late, nor by another workspace', async () => {
    await store.approvals.ask(workspaceId, conversationId, [question('c2'), question('c3', past())]);
    const { data } = await store.approvals.list(workspaceId, page);
    const of = (callId: string) => data.find((each) => each.callId === callId)!;
    expect(of('c3').status).toBe('expired');
    const decide = (workspace: WorkspaceId, callId: string) =>
      store.approvals.decide(workspace, of(callId).approvalId, { isApproved: true, actor });
    await expect(decide(workspaceId, 'c3')).rejects.toMatchObject({ code: 'state/gone' });
    await expect(decide(other, 'c2')).rejects.toMatchObject({ code: 'state/not-found' });
    expect((await store.approvals.list(other, page)).data).toEqual([]);
  });
});
