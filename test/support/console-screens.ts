/**
 * The screens of the console as the tests look at them with axe: by the name of the picture, an address (`:name` stands for an
 * id) and words that are there when it is drawn. `test/contract/console-routes.test.ts` holds them against the routes.
 */
export type Screens = Readonly<Record<string, readonly [at: string, words: string]>>;

/** What console-tour.test.ts opens. */
export const tourScreens: Screens = {
  home: ['/', 'Lights'],
  channels: ['/channels', 'Where people write to you'],
  catalogue: ['/channels/new', 'Web chat'],
  'channel-new-slack': ['/channels/new/slack', 'Make the app'],
  channel: ['/channels/:channel', 'Put it on a page'],
  'channel-activity': ['/channels/:channel?tab=activity', 'Came in'],
  'dead-letters': ['/operations/dead-letters', 'What was given up'],
  'find-message': ['/operations/messages', 'Every hop'],
  audit: ['/operations/audit', 'Who did what'],
  keys: ['/developers', 'Make a key'],
  webhooks: ['/developers?tab=webhooks', 'CRM'],
  webhook: ['/developers/webhooks/:endpoint', 'Deliveries'],
  bots: ['/bots', 'Who answers first'],
  'bot-voice': ['/bots/:bot', 'Disclosure'],
  'bot-rules': ['/bots/:bot?tab=rules', 'Add a rule'],
  'bot-flows': ['/bots/:bot?tab=flows', 'Open the editor'],
  'bot-flow': ['/bots/:bot/flows/order', 'Which size?'],
  'bot-knowledge': ['/bots/:bot?tab=knowledge', 'Answer from knowledge'],
  'bot-guard': ['/bots/:bot?tab=guard', 'Never say'],
  'bot-try': ['/bots/:bot?tab=try', 'Why it answered so'],
  'bot-file': ['/bots/:bot?tab=file', 'Download'],
  knowledge: ['/knowledge', 'Handbook'],
  'knowledge-base': ['/knowledge/:base', 'Test search'],
  timeline: ['/operations/messages/:message', 'Why the bot answered so'],
  widget: ['/developers?tab=widget', 'Put it on a page'],
  api: ['/developers?tab=api', 'A first call'],
  welcome: ['/welcome', 'Talk to your bot'],
  settings: ['/settings', 'Second step at sign-in'],
  team: ['/settings?tab=team', 'Invite somebody'],
  workspace: ['/settings?tab=workspace', 'Id of the workspace'],
  'dead-events': ['/operations/dead-letters?kind=inbox_event', 'What was given up'],
  'channel-settings': ['/channels/:channel?tab=settings', 'Save changes'],
};

/**
 * What console-tour.test.ts opens on screens: by the name of the picture, an address, the button or the key that opens it, and
 * what it is then.
 */
export const tourDialogs: Readonly<
  Record<string, readonly [at: string, by: string, role: 'dialog' | 'menu']>
> = {
  'make-key': ['/developers', 'Make a key', 'dialog'],
  'make-client': ['/developers?tab=clients', 'Make a client', 'dialog'],
  'add-endpoint': ['/developers?tab=webhooks', 'Add an endpoint', 'dialog'],
  'send-missed': ['/developers/webhooks/:endpoint', 'Send what it missed', 'dialog'],
  'retry-many': ['/operations/dead-letters', 'Try many again', 'dialog'],
  'make-bot': ['/bots', 'Make a bot', 'dialog'],
  'make-base': ['/knowledge', 'Make a knowledge base', 'dialog'],
  'add-reply': ['/settings?tab=replies', 'Write a reply', 'dialog'],
  'merge-contact': ['/contacts/:contact', 'Merge', 'dialog'],
  'erase-contact': ['/contacts/:contact', 'Erase', 'dialog'],
  palette: ['/', 'Control+k', 'dialog'],
  shortcuts: ['/', '?', 'dialog'],
  'add-node': ['/bots/:bot/flows/order', 'Add a step', 'menu'],
};

/** What console-ops.test.ts opens, also from right to left. */
export const opsScreens: Screens = {
  home: ['/', 'Lights'],
  analytics: ['/analytics', 'Unanswered questions'],
  queues: ['/operations/queues', 'Inbound'],
  clients: ['/developers?tab=clients', 'A client gets tokens'],
  requests: ['/developers?tab=requests', 'What programs asked'],
  mcp: ['/developers?tab=mcp', 'What it can do'],
  replies: ['/settings?tab=replies', 'Answers for the next time'],
  labels: ['/settings?tab=labels', 'Add a label'],
  retention: ['/settings?tab=retention', 'Webhook deliveries'],
  visitors: ['/settings?tab=visitors', 'Add a key'],
  hours: ['/settings?tab=hours', 'Opening hours'],
};

/** What console-bots-looks.test.ts opens, most of them after something was done there. */
export const botScreens: Screens = {
  talk: ['/bots/:bot?tab=talk', 'Disclosure'],
  rules: ['/bots/:bot?tab=rules', 'Run the examples'],
  intents: ['/bots/:bot?tab=intents', 'Words that mean the same'],
  model: ['/bots/:bot?tab=model', 'Answer with a model'],
  tools: ['/bots/:bot?tab=tools', 'orders.find'],
  guard: ['/bots/:bot?tab=guard', 'Topics that it does not talk about'],
  people: ['/bots/:bot?tab=people', 'Opening times'],
  try: ['/bots/:bot?tab=try', 'Why it answered so'],
  tests: ['/bots/:bot?tab=tests', 'Parking'],
  learn: ['/bots/:bot?tab=learn', 'All of these'],
  live: ['/bots/:bot?tab=live', 'Why it answered so'],
  versions: ['/bots/:bot?tab=versions', 'Orders, refunds and a model'],
  file: ['/bots/:bot?tab=file', 'As a folder'],
  publish: ['/bots/:bot?tab=talk', 'Disclosure'],
};

/** What console-inbox.test.ts opens: with a conversation, and on a phone in both themes. */
export const inboxScreens = {
  inbox: '/inbox',
  contacts: '/contacts',
  contact: '/contacts/:contact',
} as const;

/** What console-front.test.ts opens, in each of their states: what people see who are not signed in. */
export const frontScreens = {
  setUp: '/set-up',
  signIn: '/sign-in',
  invitation: '/invitation',
} as const;
