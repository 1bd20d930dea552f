import { idPrefixes, newId, type ConversationId } from '#libs/model';
import { Approvals, KnowledgeIndex } from '#libs/store';
import { apiOf, type Booted, type TestWorkspace } from './boot.js';
import type { DescribedOperation } from './document-checker.js';

/** A workspace with one of everything, so that any route has something to work on. */
export interface Stock {
  /** The token of a visitor. */
  token: string;
  /** Ids that exist, by their prefix; some kinds have several. */
  ids: Readonly<Record<string, readonly string[]>>;
  /** An operation's path and a body of it, with ids that exist in place of those that end in zeros. */
  putInto(operation: DescribedOperation, body: unknown): { path: string; body: unknown };
}

type Made = Record<string, unknown> & { id: string };

const ZEROS = /\b([a-z]+)_01jd0{22}\b/g;

/** Fills a workspace through the API; what the API cannot make, through the store. */
export async function stock(booted: Booted, home: TestWorkspace): Promise<Stock> {
  const api = apiOf(booted, home.key);
  const make = async (path: string, body?: object): Promise<Made> => {
    const answer = await api('POST', path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const settings = { url: 'https://127.0.0.1:1/', inbound_secret: secret, outbound_secret: secret };
  const hook = { connector: 'webhook', name: 'Hook', settings };
  const simulated = await make('/v1/channels', hook);
  const action = { kind: 'send', to: { contact_id: '{{ customer }}' }, text: 'x' };
  const trigger = await make('/v1/triggers', { name: 'Stock', action });
  const endpoint = await make('/v1/webhook-endpoints', { url: 'https://127.0.0.1:1/' });
  const delivery = await make(`/v1/webhook-endpoints/${endpoint.id}/test`);
  const session = await make('/v1/sessions', { contact: { name: 'Visitor' } });
  const conversationId = session['conversation_id'] as ConversationId;
  const people = [];
  for (const name of ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara'])
    people.push(await make('/v1/contacts', { name }));
  const identity = await make(`/v1/contacts/${people[0]!.id}/identities`, {
    kind: 'email',
    value: 'grace@example.com',
  });
  const merge = await make(`/v1/contacts/${people[2]!.id}/merge`, { contact_id: people[3]!.id });
  const later = { text: 'x', channels: [{ channel_id: home.channelId }], send_at: '2099-01-01T00:00:00Z' };
  const address = { kind: 'email', value: 'b@stock.example' };
  const send = await make('/v1/sends', { ...later, address });
  const batch = await make('/v1/send-batches', { ...later, to: [{ address }] });
  const spareKey = await make('/v1/api-keys', { name: 'spare', scopes: ['messages:read'] });
  const base = await make('/v1/knowledge-bases', { name: 'Stock' });
  const source = await make(`/v1/knowledge-bases/${base.id}/sources`, { kind: 'rows', title: 'Rows' });
  const gapId = newId('knowledgeGap');
  const gap = {
    gapId,
    botId: home.botId,
    words: 'x',
    example: 'x',
    language: null,
    messageId: newId('message'),
  };
  await booted.gateway.get(KnowledgeIndex).miss(home.workspaceId, gap);
  const approvals = booted.gateway.get(Approvals);
  const question = { callId: 'c', tool: 'x', input: {}, expiresAt: new Date(Date.now() + 600_000) };
  await approvals.ask(home.workspaceId, conversationId, [question]);
  const [approval] = (await approvals.list(home.workspaceId, { limit: 1, order: 'asc' })).data;
  const messages = await api('GET', `/v1/conversations/${session['conversation_id'] as string}/messages`);
  const label = await make('/v1/labels', { name: 'Stock' });
  const canned = await make('/v1/canned-replies', { shortcut: 'stock', title: 'Stock', text: 'Hello' });
  const proposal = await make(`/v1/bots/${home.botId}/proposals`, { text: 'Stock?', answer: 'Plenty.' });
  const note = await make(`/v1/conversations/${conversationId}/notes`, { text: 'Stock' });
  const contactIds = [people[0]!, people[1]!, people[2]!, people[4]!].map(({ id }) => id);
  const ids: Record<string, readonly string[]> = {
    [idPrefixes.webhookEndpoint]: [endpoint.id],
    [idPrefixes.webhookDelivery]: [delivery.id],
    [idPrefixes.session]: [session.id],
    [idPrefixes.conversation]: [session['conversation_id'] as string],
    [idPrefixes.contact]: contactIds,
    [idPrefixes.identity]: [identity.id],
    [idPrefixes.contactMerge]: [merge.id],
    [idPrefixes.send]: [send.id],
    [idPrefixes.sendBatch]: [batch.id],
    [idPrefixes.apiKey]: [spareKey.id],
    [idPrefixes.knowledgeBase]: [base.id],
    [idPrefixes.knowledgeSource]: [source.id],
    [idPrefixes.knowledgeGap]: [gapId],
    [idPrefixes.approval]: [approval!.approvalId],
    [idPrefixes.channel]: [simulated.id, home.channelId],
    [idPrefixes.trigger]: [trigger.id],
    [idPrefixes.bot]: [home.botId],
    [idPrefixes.botProposal]: [proposal.id],
    [idPrefixes.label]: [label.id],
    [idPrefixes.note]: [note.id],
    [idPrefixes.cannedReply]: [canned.id],
    [idPrefixes.message]: (messages.body.data as { id: string }[]).map(({ id }) => id),
  };
  return { token: session['client_token'] as string, ids, putInto: putter(ids) };
}

/** The first of a kind stands in the path, the second one, where there is one, in the body. */
function putter(ids: Stock['ids']): Stock['putInto'] {
  const at = (prefix: string, place: number, otherwise: string): string =>
    ids[prefix]?.[place] ?? ids[prefix]?.[0] ?? otherwise;
  return (operation, body) => ({
    path: operation.path
      .replace('{id}', () => at(prefixOf(operation.path), 0, 'x'))
      .replaceAll(/\{\w+\}/g, 'x'),
    body: JSON.parse(JSON.stringify(body).replaceAll(ZEROS, (whole, prefix: string) => at(prefix, 1, whole))),
  });
}

const prefixes: Readonly<Record<string, string>> = {
  'api-keys': idPrefixes.apiKey,
  approvals: idPrefixes.approval,
  'bot-proposals': idPrefixes.botProposal,
  bots: idPrefixes.bot,
  'canned-replies': idPrefixes.cannedReply,
  channels: idPrefixes.channel,
  'contact-merges': idPrefixes.contactMerge,
  contacts: idPrefixes.contact,
  conversations: idPrefixes.conversation,
  'dead-letters': idPrefixes.delivery,
  identities: idPrefixes.identity,
  'knowledge-bases': idPrefixes.knowledgeBase,
  'knowledge-gaps': idPrefixes.knowledgeGap,
  'knowledge-sources': idPrefixes.knowledgeSource,
  labels: idPrefixes.label,
  messages: idPrefixes.message,
  notes: idPrefixes.note,
  'send-batches': idPrefixes.sendBatch,
  sends: idPrefixes.send,
  sessions: idPrefixes.session,
  triggers: idPrefixes.trigger,
  'webhook-deliveries': idPrefixes.webhookDelivery,
  'webhook-endpoints': idPrefixes.webhookEndpoint,
};

/** The prefix of the ids that a path takes; empty when it takes none that is known here. */
export function prefixOf(path: string): string {
  return prefixes[path.split('/')[2] ?? ''] ?? '';
}
