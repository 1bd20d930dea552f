import { type DynamicModule, Module } from '@nestjs/common';
import { Database } from '../database.js';
import { Deliveries } from '../pipeline/deliveries.js';
import { Inbox } from '../pipeline/inbox.js';
import { KnowledgeIndex } from '../pipeline/knowledge-index.js';
import { KnowledgeReadings } from '../pipeline/knowledge-readings.js';
import { Mailboxes } from '../pipeline/mailboxes.js';
import { Errands } from '../pipeline/errands.js';
import { MediaFetches } from '../pipeline/media-fetches.js';
import { WebhookDeliveries } from '../pipeline/webhook-deliveries.js';
import { type InstallationKeys, Keyring } from '../sealing/keyring.js';
import { MediaLinks } from '../sealing/media-links.js';
import { Sealer } from '../sealing/sealer.js';
import { WorkspaceArchive } from '../archive/workspace-archive.js';
import { Analytics } from './analytics.js';
import { Allowances } from './allowances.js';
import { ApiKeys } from './api-keys.js';
import { Approvals } from './approvals.js';
import { Handovers } from './handovers.js';
import { Offers } from './offers.js';
import { AuditLog } from './audit-log.js';
import { Backlog } from './backlog.js';
import { BotDrafts } from './bot-drafts.js';
import { BotProposals } from './bot-proposals.js';
import { BotTestSets } from './bot-test-sets.js';
import { BotVersions } from './bot-versions.js';
import { Bots } from './bots.js';
import { ChannelActivity } from './channel-activity.js';
import { ChannelCache } from './channel-cache.js';
import { Channels } from './channels.js';
import { Connections } from './connections.js';
import { ContactFacts } from './contact-facts.js';
import { ContactMerges } from './contact-merges.js';
import { Contacts } from './contacts.js';
import { Conversations } from './conversations.js';
import { DeadLetters } from './dead-letters.js';
import { EventLog } from './event-log.js';
import { Exports } from './exports.js';
import { FileKeys } from './file-keys.js';
import { Idempotency } from './idempotency.js';
import {
  CannedReplies,
  ConversationContexts,
  ConversationDesk,
  InboxList,
  InboxSearch,
  Labels,
  Notes,
  Operators,
} from './inbox/index.js';
import { Instance } from './instance.js';
import { Invitations } from './invitations.js';
import { KnowledgeBases } from './knowledge-bases.js';
import { KnowledgeGaps } from './knowledge-gaps.js';
import { KnowledgeSources } from './knowledge-sources.js';
import { LoginSessions } from './login-sessions.js';
import { Logins } from './logins.js';
import { Media } from './media.js';
import { Members } from './members.js';
import { MessageFeedbacks } from './message-feedback.js';
import { MessageRedactions } from './message-redactions.js';
import { OauthClients } from './oauth-clients.js';
import { Secrets } from './secrets.js';
import { PersonalData } from './personal-data.js';
import { RequestLog } from './request-log.js';
import { RetentionRules } from './retention-rules.js';
import { Sends } from './sends.js';
import { Sessions } from './sessions.js';
import { SetUps } from './set-ups.js';
import { Timelines } from './timelines.js';
import { Triggers } from './triggers.js';
import { VisitorKeys } from './visitor-keys.js';
import { WebhookEndpoints } from './webhook-endpoints.js';
import { WebhookLog } from './webhook-log.js';
import { Workspaces } from './workspaces.js';

const repositories = [
  Allowances,
  Analytics,
  ApiKeys,
  Approvals,
  Handovers,
  Offers,
  AuditLog,
  BotDrafts,
  BotProposals,
  BotTestSets,
  BotVersions,
  Bots,
  CannedReplies,
  ChannelActivity,
  ChannelCache,
  Channels,
  Connections,
  ContactFacts,
  ContactMerges,
  Contacts,
  ConversationContexts,
  ConversationDesk,
  Conversations,
  DeadLetters,
  Deliveries,
  EventLog,
  Exports,
  FileKeys,
  Idempotency,
  Inbox,
  InboxList,
  InboxSearch,
  Instance,
  Invitations,
  KnowledgeBases,
  KnowledgeGaps,
  KnowledgeIndex,
  KnowledgeReadings,
  KnowledgeSources,
  LoginSessions,
  Logins,
  Labels,
  Mailboxes,
  Media,
  MediaFetches,
  Errands,
  Members,
  MessageFeedbacks,
  MessageRedactions,
  OauthClients,
  Notes,
  Operators,
  Secrets,
  PersonalData,
  Backlog,
  RequestLog,
  RetentionRules,
  Sends,
  Sessions,
  SetUps,
  Timelines,
  Triggers,
  VisitorKeys,
  WebhookDeliveries,
  WebhookEndpoints,
  WebhookLog,
  WorkspaceArchive,
  Workspaces,
];

/** Gives the whole app its repositories, and the `Keyring` and `Sealer` of the installation's keys. Needs `StoreModule`. */
@Module({})
export class RepositoriesModule {
  /**
   * @param keys  the configuration's `secrets`
   * @param publicUrl  where the gateway is reached: links to files begin with it
   */
  static forRoot(keys: InstallationKeys, publicUrl = ''): DynamicModule {
    return {
      module: RepositoriesModule,
      global: true,
      providers: [
        { provide: Keyring, useFactory: () => new Keyring(keys) },
        {
          provide: Sealer,
          inject: [Database, Keyring],
          useFactory: (database: Database, keyring: Keyring) => new Sealer(database, keyring),
        },
        {
          provide: MediaLinks,
          inject: [Keyring],
          useFactory: (keyring: Keyring) => new MediaLinks(keyring, publicUrl),
        },
        ...repositories,
      ],
      exports: [Keyring, Sealer, ...repositories],
    };
  }
}
