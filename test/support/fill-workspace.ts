import {
  newId,
  uuidOf,
  type ApiKeyId,
  type BotId,
  type ChannelId,
  type ContactId,
  type ContactMergeId,
  type ConversationId,
  type DeliveryId,
  type ExportId,
  type IdentityId,
  type InboxEventId,
  type InvitationId,
  type MemberId,
  type MessageId,
  type OauthClientId,
  type OauthTokenId,
  type SendBatchId,
  type SendId,
  type SessionId,
  type TriggerId,
  type TurnId,
  type VisitorKeyId,
  type WebhookDeliveryId,
  type WebhookEndpointId,
  type WorkspaceId,
} from '#libs/model';
import type { OperationId } from '#libs/store';
import { makeChannel, type TestStore } from './test-store.js';

/** A workspace with at least one row in every table, and the ids of what is in it. */
export interface FilledWorkspace {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  botId: BotId;
  apiKeyId: ApiKeyId;
  oauthClientId: OauthClientId;
  oauthTokenId: OauthTokenId;
  visitorKeyId: VisitorKeyId;
  memberId: MemberId;
  invitationId: InvitationId;
  contactId: ContactId;
  identityId: IdentityId;
  /** Of a second contact into the first. */
  contactMergeId: ContactMergeId;
  /** Of one send, which is done. */
  sendBatchId: SendBatchId;
  sendId: SendId;
  conversationId: ConversationId;
  sessionId: SessionId;
  /** Dead, and the message it once became. */
  inboxEventId: InboxEventId;
  messageId: MessageId;
  turnId: TurnId;
  /** Dead. */
  deliveryId: DeliveryId;
  operationId: OperationId;
  triggerId: TriggerId;
  exportId: ExportId;
  webhookEndpointId: WebhookEndpointId;
  webhookDeliveryId: WebhookDeliveryId;
}

/** Fills every table for a new workspace. */
export async function fillWorkspace(store: TestStore, name: string): Promise<FilledWorkspace> {
  const actor = 'system' as const;
  const { workspaceId, channelId } = await makeChannel(store, name);
  const { bot_id } = await store.channels.get(workspaceId, channelId);
  const apiKeyId = newId('apiKey');
  await store.apiKeys.create(workspaceId, {
    apiKeyId,
    name,
    secretHash: 'x',
    scopes: ['messages:read'],
    expiresAt: null,
    actor,
  });
  const email = `owner@${name.toLowerCase()}.example`;
  const oauthClientId = newId('oauthClient');
  const client = { clientId: oauthClientId, name, secretHash: 'x', scopes: [], actor };
  await store.oauthClients.create(workspaceId, client);
  const oauthTokenId = newId('oauthToken');
  const expiresAt = new Date(Date.now() + 60_000);
  const token = { workspaceId, clientId: oauthClientId, tokenId: oauthTokenId, scopes: [], expiresAt };
  await store.oauthClients.issue({ ...token, tokenHash: Buffer.from(name) });
  const visitorKeyId = newId('visitorKey');
  const visitorKey = { visitorKeyId, channelId, algorithm: 'HS256', material: name, actor } as const;
  await store.visitorKeys.create(workspaceId, visitorKey);
  const member = { email, name, role: 'owner', passwordHash: 'x', actor } as const;
  const { memberId } = await store.members.create(workspaceId, member);
  const invitationId = newId('invitation');
  await store.invitations.create(workspaceId, {
    invitationId,
    email: `guest@${name.toLowerCase()}.example`,
    role: 'viewer',
    tokenHash: Buffer.from(name),
    expiresAt: new Date(Date.now() + 60_000),
    actor,
  });
  const { session } = await store.sessions.start(workspaceId, {
    channelId,
    externalId: name,
    ttlMs: 3_600_000,
  });
  const twin = await store.contacts.create(
    workspaceId,
    {
      name: `Twin of ${name}`,
      attributes: {},
      identities: [{ kind: 'email', value: name, proof: 'claimed' }],
    },
    actor,
  );
  const merge = await store.contactMerges.merge(workspaceId, session.contactId, twin.id, actor);
  const sent = await store.sends.createBatch(workspaceId, [
    {
      to: session.contactId,
      contents: [{ type: 'text', text: `sent in ${workspaceId}` }],
      metadata: {},
      steps: [{ channelId, success: 'sent', waitMs: 1_000 }],
      sendAt: new Date(),
      expiresAt: new Date(),
    },
  ]);
  const { data: sends } = await store.sends.list(workspaceId, { limit: 1, order: 'asc' });
  await store.owner.query("update send set state = 'failed', due_at = null where workspace_id = $1", [
    uuidOf(workspaceId),
  ]);
  const begun = await store.idempotency.begin(workspaceId, apiKeyId, name, 'h');
  const { conversationId, contactId, sessionId } = session;
  const talk = await fillConversation(store, {
    workspaceId,
    channelId,
    conversationId,
    botId: bot_id as BotId,
  });
  const made = await store.webhookEndpoints.create(workspaceId, {
    url: `https://${name.toLowerCase()}.example/hook`,
    description: '',
    types: [],
    channel_ids: [],
    include: [],
    secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    actor,
  });
  const webhookEndpointId = made.endpoint.id;
  const { id: webhookDeliveryId } = await store.webhookLog.test(workspaceId, webhookEndpointId);
  const operationId = (begun.state === 'new' ? begun.operationId : '') as OperationId;
  return {
    workspaceId,
    channelId,
    botId: bot_id as BotId,
    apiKeyId,
    oauthClientId,
    oauthTokenId,
    visitorKeyId,
    memberId,
    invitationId,
    contactId,
    identityId: twin.identities[0]!.id,
    contactMergeId: merge.id,
    sendBatchId: sent.id,
    sendId: sends[0]!.id,
    conversationId,
    sessionId,
    operationId,
    webhookEndpointId,
    webhookDeliveryId,
    ...talk,
  };
}

/** A question, its turn, its answer, and everything around them, written as the owner of the tables. */
async function fillConversation(
  store: TestStore,
  at: { workspaceId: WorkspaceId; channelId: ChannelId; conversationId: ConversationId; botId: BotId },
): Promise<
  Pick<FilledWorkspace, 'inboxEventId' | 'messageId' | 'turnId' | 'deliveryId' | 'triggerId' | 'exportId'>
> {
  const ids = {
    inboxEventId: newId('inboxEvent'),
    messageId: newId('message'),
    turnId: newId('turn'),
    deliveryId: newId('delivery'),
    triggerId: newId('trigger'),
    exportId: newId('export'),
  };
  const [w, ch, c, bot] = [at.workspaceId, at.channelId, at.conversationId, at.botId].map(uuidOf);
  const [question, answer, turn, delivery] = [
    ids.inboxEventId,
    ids.messageId,
    ids.turnId,
    ids.deliveryId,
  ].map(uuidOf);
  const mailbox = uuidOf(newId('mailbox'));
  const proposal = uuidOf(newId('botProposal'));
  const text = JSON.stringify([{ type: 'text', text: `said in ${at.workspaceId}` }]);
  const insert = (sql: string, values: unknown[]) => store.owner.query(`insert into ${sql}`, values);
  await insert(`bot_draft (workspace_id, bot_id, revision) values ($1, $2, 1)`, [w, bot]);
  await insert(`bot_test_set (workspace_id, bot_id, conversations) values ($1, $2, '[]')`, [w, bot]);
  await insert(
    `bot_proposal (workspace_id, id, bot_id, kind, text, words, source)
     values ($1, $2, $3, 'answer', 'x', 'x', 'unanswered')`,
    [w, proposal, bot],
  );
  await insert(`mailbox (workspace_id, id, channel_id, key, last_seq) values ($1, $2, $3, 't:x', 1)`, [
    w,
    mailbox,
    ch,
  ]);
  await insert(
    `inbox_event (workspace_id, id, channel_id, event_key, mailbox_id, seq, kind, event, raw, status, reason, attempts, done_at)
     values ($1, $2, $3, 'k', $4, 1, 'message', '{}', '\\x00', 'dead', 'internal/bug', 3, now())`,
    [w, question, ch, mailbox],
  );
  await insert(
    `message (workspace_id, id, conversation_id, seq, direction, author, content, status)
     values ($1, $2, $3, 1, 'in', 'contact', $4, 'received')`,
    [w, question, c, text],
  );
  await insert(
    `turn (workspace_id, id, conversation_id, bot_id, bot_version, from_seq, through_seq, outcome, trace, started_at, ended_at)
     values ($1, $2, $3, $4, 1, 1, 1, 'answered', '[]', now(), now())`,
    [w, turn, c, bot],
  );
  await insert(
    `message (workspace_id, id, conversation_id, seq, direction, author, content, status, turn_id)
     values ($1, $2, $3, 2, 'out', 'bot', $4, 'failed', $5)`,
    [w, answer, c, text, turn],
  );
  await insert(
    `delivery (workspace_id, id, conversation_id, message_id, channel_id, seq, part, parts, body, class, account, destination,
       status, attempts, expires_at)
     values ($1, $2, $3, $4, $5, 2, 0, 1, '{}', 'blind', 'web', 'x', 'dead', 12, now())`,
    [w, delivery, c, answer, ch],
  );
  await insert(
    `early_receipt (workspace_id, id, channel_id, provider_ref, status) values ($1, $2, $3, 'r', 'sent')`,
    [w, uuidOf(newId('delivery')), ch],
  );
  await insert(
    `media (workspace_id, id, channel_id, conversation_id, message_id, source) values ($1, $2, $3, $4, $5, 'media:1')`,
    [w, uuidOf(newId('media')), ch, c, question],
  );
  await insert(
    `errand (workspace_id, id, conversation_id, channel_id, key, kind, due_at)
     values ($1, $2, $3, $4, 'timer', 'timer', now() + interval '1 year')`,
    [w, uuidOf(newId('errand')), c, ch],
  );
  await insert(
    `message_feedback (workspace_id, message_id, author, rating) values ($1, $2, 'contact', 'up')`,
    [w, question],
  );
  await insert(`secret (workspace_id, name, sealed) values ($1, 'x', 'x')`, [w]);
  await insert(
    `contact_fact (workspace_id, id, contact_id, text, source, expires_at)
     select $1, $2, contact_id, 'x', 'agent', now() + interval '1 day' from conversation where id = $3`,
    [w, uuidOf(newId('fact')), c],
  );
  await insert(
    `contact_key (workspace_id, contact_id, sealed) select $1, contact_id, 'x' from conversation where id = $2`,
    [w, c],
  );
  await insert(
    `file_key (workspace_id, sha256, contact_id, sealed) select $1, 'x', contact_id, 'x' from conversation where id = $2`,
    [w, c],
  );
  await insert(
    `approval (workspace_id, id, conversation_id, call_id, tool, input, expires_at) values ($1, $2, $3, 'c', 'x', '{}', now())`,
    [w, uuidOf(newId('approval')), c],
  );
  await insert(
    `offer (workspace_id, id, conversation_id, control_version, operator, place, timeout_ms)
     values ($1, $2, $3, 1, 'x', 1, 1000)`,
    [w, uuidOf(newId('offer')), c],
  );
  const [base, source] = [uuidOf(newId('knowledgeBase')), uuidOf(newId('knowledgeSource'))];
  await insert(`knowledge_base (workspace_id, id, name) values ($1, $2, 'x')`, [w, base]);
  await insert(`knowledge_source (workspace_id, id, base_id, kind, title) values ($1, $2, $3, 'text', 'x')`, [
    w,
    source,
    base,
  ]);
  // Its trigger fills knowledge_word.
  await insert(
    `knowledge_passage (workspace_id, id, base_id, source_id, ord, title, label, heading, body, is_answer, words)
     values ($1, $2, $3, $4, 1, 'x', 'x', 'x', $5, false, to_tsvector('simple', $5))`,
    [w, uuidOf(newId('passage')), base, source, `secret of ${at.workspaceId}`],
  );
  await insert(
    `knowledge_gap (workspace_id, id, bot_id, words, example, last_message) values ($1, $2, $3, 'x', 'x', $2)`,
    [w, uuidOf(newId('knowledgeGap')), bot],
  );
  await store.owner.query('update conversation set last_message_seq = 2, answered_seq = 2 where id = $1', [
    c,
  ]);
  const [label, read] = [uuidOf(newId('label')), 'api_key:x'];
  await insert(`label (workspace_id, id, name) values ($1, $2, 'x')`, [w, label]);
  await insert('conversation_label (workspace_id, conversation_id, label_id) values ($1, $2, $3)', [
    w,
    c,
    label,
  ]);
  await insert(`note (workspace_id, id, conversation_id, author, text) values ($1, $2, $3, 'system', 'x')`, [
    w,
    uuidOf(newId('note')),
    c,
  ]);
  await insert(`canned_reply (workspace_id, id, shortcut, title, text) values ($1, $2, 'x', 'x', 'x')`, [
    w,
    uuidOf(newId('cannedReply')),
  ]);
  await insert('conversation_read (workspace_id, conversation_id, reader, seq) values ($1, $2, $3, 1)', [
    w,
    c,
    read,
  ]);
  await insert(`presence (workspace_id, tab, operator, conversation_id) values ($1, 'x', $2, $3)`, [
    w,
    read,
    c,
  ]);
  await insert(
    `request_log (workspace_id, id, at, actor, method, path, status, ms, request_id) values ($1, gen_random_uuid(), now(), 'x', 'GET', '/', 200, 1, 'x')`,
    [w],
  );
  await insert(`channel_health (workspace_id, channel_id, state, reason) values ($1, $2, 'healthy', 'x')`, [
    w,
    ch,
  ]);
  await insert('channel_connection (workspace_id, channel_id) values ($1, $2)', [w, ch]);
  await insert(`channel_memory (workspace_id, channel_id, name, value) values ($1, $2, 'x', '1')`, [w, ch]);
  await insert(
    `consent (workspace_id, channel_id, address_kind, address_value, state) values ($1, $2, 'phone', '+1', 'opted-out')`,
    [w, ch],
  );
  await insert(`inbound_trigger (workspace_id, id, name, action, secret) values ($1, $2, 'x', '{}', 'x')`, [
    w,
    uuidOf(ids.triggerId),
  ]);
  await insert(`export (workspace_id, id, asked_by) values ($1, $2, 'system')`, [w, uuidOf(ids.exportId)]);
  await insert(`retention (workspace_id, id, kind, channel_id, days) values ($1, $2, 'messages', $3, 30)`, [
    w,
    uuidOf(newId('request')),
    ch,
  ]);
  await store.owner.query('update conversation set last_message_seq = 2, answered_seq = 2 where id = $1', [
    c,
  ]);
  return ids;
}
