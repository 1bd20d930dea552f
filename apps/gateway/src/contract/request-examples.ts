/** One example of a request body. */
export interface RequestExample {
  /** What it shows, in a few words. */
  readonly summary: string;
  /** The body. Ids in it end in zeros; who runs it puts ids of the same kind there. */
  readonly value: Readonly<Record<string, unknown>>;
}

const id = (prefix: string): string => `${prefix}_01jd0000000000000000000000`;
const one = (summary: string, value: RequestExample['value']): RequestExample[] => [{ summary, value }];

const definition = {
  persona: { name: 'Ada' },
  rules: [
    { id: 'hours', when: { words: ['open'] }, reply: [{ type: 'text', text: 'We are open from 9 to 5.' }] },
  ],
  fallback: [{ type: 'text', text: 'A person will answer.' }],
};
const text = 'Your parcel is here.';
const address = { kind: 'phone', value: '+4915112345678' };

/** Examples of request bodies by the id of their operation: each operation that takes JSON has one. */
export const requestExamples: Readonly<Record<string, readonly RequestExample[]>> = {
  ApiKeys_create: one('A key that reads', {
    name: 'Reports',
    scopes: ['conversations:read', 'messages:read'],
  }),
  ApiKeys_rotate: one('Both secrets hold for an hour', { overlap_seconds: 3600 }),
  ApiKeys_update: one('Only from these networks', { allowed_ips: ['127.0.0.0/8', '::1/128'] }),
  Approvals_decide: one('Run it', { decision: 'approve' }),
  BotKnowledge_search: one('As a visitor asks', { query: 'When are you open?' }),
  Bots_create: one('A bot with one rule', { name: 'Ada', definition }),
  Bots_publish: one('A new version', { definition }),
  Channels_create: one('A web chat', { connector: 'web', name: 'Chat on the shop' }),
  Channels_update: one('Another name', { name: 'Chat' }),
  Contacts_addIdentity: one('A proven address', {
    kind: 'email',
    value: 'ada@example.com',
    proof: 'verified',
  }),
  Contacts_create: one('A person with an address', {
    name: 'Grace',
    attributes: { plan: 'gold' },
    identities: [{ kind: 'email', value: 'grace@example.com' }],
  }),
  Contacts_erase: one('What would be erased', { dry_run: true }),
  Contacts_merge: one('The other one becomes part of this one', { contact_id: id('cont') }),
  Contacts_setConsent: one('Nothing more by mail', {
    channel_id: id('chan'),
    kind: 'email',
    value: 'grace@example.com',
    state: 'opted-out',
  }),
  Contacts_update: one('An attribute', { attributes: { plan: 'silver' } }),
  Conversations_pass: one('To an operator', { to: 'queue', reason: 'asks for a person' }),
  Conversations_send: [
    { summary: 'A text', value: { text, expires_in_seconds: 3600 } },
    {
      summary: 'Choices, shown only',
      value: {
        parts: [{ type: 'choices', text: 'When?', options: [{ id: 'today', label: 'Today' }] }],
        dry_run: true,
      },
    },
  ],
  KnowledgeBases_addSource: one('Rows of your own', { kind: 'rows', title: 'Prices' }),
  KnowledgeBases_create: one('With synonyms', { name: 'Shop', synonyms: [['parcel', 'package']] }),
  KnowledgeBases_search: one('A question', { query: 'What does delivery cost?' }),
  KnowledgeBases_update: one('Another name', { name: 'Shop and parcels' }),
  KnowledgeSources_deleteRows: one('By key', { keys: ['delivery'] }),
  KnowledgeSources_putRows: one('One row', { rows: [{ key: 'delivery', text: 'Delivery costs 4 euros.' }] }),
  KnowledgeSources_update: one('Another title', { title: 'Prices of this year' }),
  Messages_create: [
    { summary: 'Stored, answered later', value: { session_id: id('sess'), text: 'Hi', respond: 'async' } },
    {
      summary: 'Sent once, however often repeated',
      value: { session_id: id('sess'), text: 'When are you open?', client_id: 'm-1', respond: 'async' },
    },
  ],
  Secrets_set: one('For a tool of a bot', { name: 'shop_token', value: 'a-long-secret' }),
  SendBatches_create: one('To two people, in the future', {
    to: [{ address }, { contact_id: id('cont') }],
    text,
    channels: [{ channel_id: id('chan') }],
    send_at: '2099-01-01T09:00:00Z',
  }),
  Sends_create: one('What would go where', {
    address,
    text,
    channels: [{ channel_id: id('chan'), success: 'delivered', wait_seconds: 120 }],
    dry_run: true,
  }),
  Sessions_create: one('A known person', { contact: { external_id: 'u_42', name: 'Ada' } }),
  Trying_dryRun: one('How it would look', { parts: [{ type: 'text', text: '**Hello**' }] }),
  Trying_simulate: one('As if somebody wrote', { from: 'visitor-1', text: 'Hello' }),
  WebhookEndpoints_create: one('Everything about messages', {
    url: 'https://hooks.example.com/parley',
    types: ['message.created', 'message.status'],
  }),
  WebhookEndpoints_recover: one('What would be sent again', { since: '2026-11-21T12:00:00Z', dry_run: true }),
  WebhookEndpoints_rotate: one('Both secrets sign for a day', { overlap_seconds: 86_400 }),
  WebhookEndpoints_update: one('Off', { state: 'disabled' }),
  WidgetSessions_open: one('A page opens the chat', {
    channel_id: id('chan'),
    page_url: 'https://shop.example.com/',
    locale: 'en',
  }),
  Widget_events: one('The visitor types', { type: 'typing.started' }),
  Widget_say: one('The visitor writes', { client_id: 'w-1', text: 'Hello' }),
};
