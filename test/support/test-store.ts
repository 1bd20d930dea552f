import { createSecretKey, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { type ChannelId, type WorkspaceId } from '#libs/model';
import {
  Analytics,
  Allowances,
  ApiKeys,
  Approvals,
  AuditLog,
  Bots,
  CannedReplies,
  Channels,
  ContactFacts,
  ContactMerges,
  Contacts,
  ConversationContexts,
  ConversationDesk,
  Conversations,
  Database,
  DeadLetters,
  EventLog,
  Exports,
  FileKeys,
  Idempotency,
  InboxList,
  InboxSearch,
  Instance,
  type InstallationKeys,
  Invitations,
  Keyring,
  Logins,
  LoginSessions,
  Labels,
  Media,
  MediaLinks,
  Members,
  Notes,
  Operators,
  OauthClients,
  PersonalData,
  RetentionRules,
  Sealer,
  Secrets,
  Sends,
  Sessions,
  SetUps,
  Timelines,
  VisitorKeys,
  Triggers,
  WebhookDeliveries,
  WebhookEndpoints,
  WebhookLog,
  Workspaces,
} from '#libs/store';

/** A database of its own for a test file, with everything that reads and writes it. */
export interface TestStore extends Repositories {
  url: string;
  database: Database;
  keyring: Keyring;
  /** A connection as the owner of the tables, whom no policy holds. */
  owner: Client;
  /** Ends all connections and removes the database. */
  close(): Promise<void>;
}

/** All repositories over one database. */
export type Repositories = ReturnType<typeof repositoriesOf>;

/** Copies the migrated template; about 50 ms. */
export async function openTestStore(options: { poolMax?: number } = {}): Promise<TestStore> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const admin = new Client({ connectionString: inject('adminUrl') });
  await admin.connect();
  await admin.query(`create database ${name} template parley_template`);
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${name}`;
  const database = new Database({ url: url.href, poolMax: options.poolMax ?? 8, name: 'test' });
  const keyring = new Keyring(installationKeys(1));
  const owner = new Client({ connectionString: url.href });
  await owner.connect();
  return {
    ...repositoriesOf(database, keyring),
    url: url.href,
    database,
    keyring,
    owner,
    async close() {
      await database.close();
      await owner.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

/** Makes all repositories, as the module does. */
export function repositoriesOf(database: Database, keyring: Keyring, sealer = new Sealer(database, keyring)) {
  const logins = new Logins(database);
  const media = new Media(database, new MediaLinks(keyring, 'https://parley.example'));
  const fileKeys = new FileKeys(database, sealer);
  return {
    sealer,
    media,
    allowances: new Allowances(database),
    analytics: new Analytics(database),
    apiKeys: new ApiKeys(database),
    approvals: new Approvals(database),
    auditLog: new AuditLog(database),
    bots: new Bots(database),
    channels: new Channels(database, sealer),
    contactFacts: new ContactFacts(database),
    contactMerges: new ContactMerges(database),
    contacts: new Contacts(database),
    conversations: new Conversations(database, media),
    deadLetters: new DeadLetters(database),
    eventLog: new EventLog(database, media),
    exports: new Exports(database),
    idempotency: new Idempotency(database),
    instance: new Instance(database),
    invitations: new Invitations(database),
    logins,
    loginSessions: new LoginSessions(database, logins),
    members: new Members(database),
    cannedReplies: new CannedReplies(database),
    conversationContexts: new ConversationContexts(database),
    conversationDesk: new ConversationDesk(database),
    inboxList: new InboxList(database),
    inboxSearch: new InboxSearch(database),
    labels: new Labels(database),
    notes: new Notes(database),
    operators: new Operators(database),
    secrets: new Secrets(database, sealer),
    oauthClients: new OauthClients(database),
    fileKeys,
    personalData: new PersonalData(database, fileKeys),
    retentionRules: new RetentionRules(database),
    sends: new Sends(database),
    sessions: new Sessions(database),
    setUps: new SetUps(database, new Instance(database)),
    timelines: new Timelines(database),
    visitorKeys: new VisitorKeys(database, sealer),
    triggers: new Triggers(database, sealer),
    webhookDeliveries: new WebhookDeliveries(database, sealer),
    webhookEndpoints: new WebhookEndpoints(database, sealer),
    webhookLog: new WebhookLog(database),
    workspaces: new Workspaces(database, sealer),
  };
}

/** Fresh keys of an installation; `old` open only. */
export function installationKeys(version: number, old: InstallationKeys['old'] = []): InstallationKeys {
  return { current: { version, key: createSecretKey(randomBytes(32)) }, old };
}

/** A workspace with a bot and a channel that it answers. */
export async function makeChannel(
  store: TestStore,
  name = 'Test',
): Promise<{ workspaceId: WorkspaceId; channelId: ChannelId }> {
  const actor = 'system';
  const { workspaceId } = await store.workspaces.create({ name, actor });
  const definition = { persona: { name: 'Ada' }, rules: [], fallback_hands_over: false };
  const bot = await store.bots.create(workspaceId, { name: 'Bot', definition, actor });
  const channel = await store.channels.create(workspaceId, {
    connector: 'web',
    name: 'Chat',
    botId: bot.id,
    settings: { title: 'Hello', visitor_secret: `secret of ${name}` },
    secrets: ['visitor_secret'],
    pacing: { account: 'web', perAccount: { ratePerSecond: 20, burst: 5 } },
    actor,
  });
  return { workspaceId, channelId: channel.id };
}
