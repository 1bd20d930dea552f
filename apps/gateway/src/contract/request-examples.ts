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
  Auth_acceptInvitation: one('A new colleague', {
    token: 'the-token-of-the-invitation',
    name: 'Grace',
    password: 'a long sentence',
  }),
  Auth_secondFactor: one('From the app', { code: '123456' }),
  Auth_setUp: one('The first owner', {
    token: 'the-token-of-the-first-start',
    workspace_name: 'Shop',
    name: 'Ada',
    email: 'ada@example.com',
    password: 'a long sentence',
  }),
  Auth_signIn: one('With a password', { email: 'ada@example.com', password: 'a long sentence' }),
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
    name: 'Alan',
    attributes: { plan: 'gold' },
    identities: [{ kind: 'email', value: 'alan@example.com' }],
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
  Exports_create: one('Without files', { include_media: false }),
  Invitations_create: one('An operator', { email: 'alan@example.com', role: 'operator' }),
  KnowledgeBases_addSource: one('Rows of your own', { kind: 'rows', title: 'Prices' }),
  KnowledgeBases_create: one('With synonyms', { name: 'Shop', synonyms: [['parcel', 'package']] }),
  KnowledgeBases_search: one('A question', { query: 'What does delivery cost?' }),
  KnowledgeBases_update: one('Another name', { name: 'Shop and parcels' }),
  KnowledgeSources_deleteRows: one('By key', { keys: ['delivery'] }),
  KnowledgeSources_putRows: one('One row', { rows: [{ key: 'delivery', text: 'Delivery costs 4 euros.' }] }),
  KnowledgeSources_update: one('Another title', { title: 'Prices of this year' }),
  Members_create: one('A viewer', {
    email: 'barbara@example.com',
    name: 'Barbara',
    password: 'a long sentence',
    role: 'viewer',
  }),
  Members_update: one('More to do', { role: 'operator' }),
  Messages_create: [
    { summary: 'Stored, answered later', value: { session_id: id('sess'), text: 'Hi', respond: 'async' } },
    {
      summary: 'Sent once, however often repeated',
      value: { session_id: id('sess'), text: 'When are you open?', client_id: 'm-1', respond: 'async' },
    },
  ],
  OauthClients_create: one('A program that reads', { name: 'Reports', scopes: ['conversations:read'] }),
  OauthClients_rotate: one('Both secrets hold for an hour', { overlap_seconds: 3600 }),
  OauthClients_update: one('Another name', { name: 'Reports of the week' }),
  OwnLogin_changePassword: one('A longer one', { current: 'a long sentence', new: 'a longer sentence' }),
  OwnLogin_confirmTotp: one('From the app', { code: '123456' }),
  OwnLogin_removeTotp: one('Asked for again', { password: 'a long sentence' }),
  Retention_set: one('Traces for a month', { kind: 'traces', days: 30 }),
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
  Sessions_refresh: one('For two hours from now', { ttl_seconds: 7200 }),
  Sessions_create: one('A known person', { contact: { external_id: 'u_42', name: 'Ada' } }),
  Triggers_create: one('A parcel leaves', {
    name: 'Parcel',
    action: {
      kind: 'send',
      to: { contact_id: '{{ customer }}' },
      text: 'Parcel {{ number }} is on its way.',
    },
  }),
  Triggers_fire: one('What the text needs', { customer: id('cont'), number: '42' }),
  Triggers_rotate: one('Both secrets hold for an hour', { overlap_seconds: 3600 }),
  Triggers_update: one('Off', { state: 'disabled' }),
  Trying_dryRun: one('How it would look', { parts: [{ type: 'text', text: '**Hello**' }] }),
  Trying_simulate: one('As if somebody wrote', { from: 'visitor-1', text: 'Hello' }),
  VisitorKeys_create: one('A secret that both sides know', { algorithm: 'HS256' }),
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
  Messages_giveFeedback: one('It was no help', {
    rating: 'down',
    reason: 'outdated',
    comment: 'You close at four on Fridays.',
  }),
  Widget_feedback: one('A good answer', { rating: 'up' }),
  Widget_transcript: one('To an address of the visitor', {
    email: 'ada@example.com',
    locale: 'en',
    time_zone: 'Europe/Vienna',
  }),
  Widget_say: one('The visitor writes', { client_id: 'w-1', text: 'Hello' }),
  BotFiles_import: one('A bot as files', {
    format: 'parley-bot/1',
    files: {
      'bot.json': JSON.stringify({
        format: 'parley-bot/1',
        name: 'Ada',
        running_conversations: 'move',
        definition: { persona: { name: 'Ada' } },
        files: {},
      }),
    },
  }),
  BotProposals_propose: one('What should have been said', {
    text: 'Are you open on Sundays?',
    answer: 'No, from Monday to Friday.',
  }),
  BotProposals_approve: one('As proposed', {}),
  BotTests_put: one('One conversation with what is expected', {
    conversations: [
      {
        title: 'Opening hours',
        steps: [{ says: 'When are you open?', expect: { replies: ['We are open from 9 to 5.'] } }],
      },
    ],
  }),
  BotTests_run: one('The draft, beside what answers now', { version: 'draft', compare_with: 'published' }),
  BotTests_simulate: one('The first turn of a conversation', { says: 'When are you open?' }),
  BotVersions_putDraft: one('Work in progress', { definition }),
  BotVersions_publish: one('After its tests', { note: 'New opening hours', run_tests: true }),
  BotVersions_rollBack: one('What the first version said', { version: 1, note: 'The new one was wrong' }),
  BotChecks_check: one('Before it is published', { definition }),
  Bots_update: one('What is under way ends as it began', { running_conversations: 'finish' }),
  CannedReplies_create: one('With the name of the person', {
    shortcut: 'hello',
    title: 'Hello',
    text: 'Hello {{ contact.name }}!',
  }),
  CannedReplies_update: one('Another title', { title: 'Greeting' }),
  CannedReplies_render: one('For one conversation', { conversation_id: id('conv') }),
  ConversationDesk_update: one('Done', { state: 'closed' }),
  ConversationDesk_label: one('No change', { add: [], remove: [] }),
  ConversationDesk_read: one('Up to the first message', { seq: 1 }),
  ConversationDesk_typing: one('An operator types', { type: 'typing.started' }),
  ConversationDesk_note: one('For colleagues only', { text: 'A regular: be kind.' }),
  DeadLetters_replayMany: one('What would be tried again', { kind: 'delivery', dry_run: true }),
  Handoff_offer: one('To two operators, one after the other', { operators: ['ann', 'bo'], timeout_s: 30 }),
  Handoff_answer: one('Takes it', { operator: 'ann', answer: 'accept' }),
  Inbox_presence: one('Looks at nothing in particular', { tab: 'tab-of-ada' }),
  Labels_create: one('A label', { name: 'Refund', colour: 'red' }),
  Labels_update: one('Another colour', { colour: 'blue' }),
  Widget_form: one('Who somebody is', { fields: { name: 'Ada', email: 'ada@example.com' } }),
};
